using System.Net.Mime;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Billing.Api.Operations;

/// <summary>/health/live, /health/ready, and in sandbox mode /sandbox/idle.</summary>
public static class HealthEndpoints
{
    public static void MapHealth(this WebApplication app)
    {
        var health = app.MapGroup("/health").WithTags("Health");
        health.MapHealthChecks("/live", new() { Predicate = _ => false, ResponseWriter = SayLiveAsync })
            .Describe("The process answers", new ProducesResponseTypeMetadata(200));
        health.MapHealthChecks("/ready", new() { ResponseWriter = SayReadyAsync })
            .Describe(
                "The database can be written; and what waits for a person",
                new ProducesResponseTypeMetadata(200, typeof(Readiness), [MediaTypeNames.Application.Json]),
                new ProducesResponseTypeMetadata(503));

        if (app.Services.GetRequiredService<SandboxOptions>().Enabled)
        {
            app.MapGet("/sandbox/idle", IdleAsync).WithTags("Sandbox")
                .WithSummary("True when nothing due is undecided, waiting or being sent");
        }
    }

    // A health check is not in the OpenAPI document unless it has a method.
    private static void Describe(
        this IEndpointConventionBuilder route, string summary, params ProducesResponseTypeMetadata[] answers) =>
        route.WithSummary(summary).WithMetadata(
            [new HttpMethodMetadata([HttpMethods.Get]), ((Delegate)SayReadyAsync).Method, .. answers]);

    private static Task SayLiveAsync(HttpContext http, HealthReport report) =>
        http.Response.WriteAsJsonAsync(new { status = "live" });

    private static Task SayReadyAsync(HttpContext http, HealthReport report) =>
        report.Entries[ReadinessCheck.Name] is var entry && entry.Data.TryGetValue(ReadinessCheck.Name, out var ready)
            ? http.Response.WriteAsJsonAsync((Readiness)ready, OperationsJsonContext.Default.Readiness)
            : http.Response.WriteAsJsonAsync(new
            {
                status = "not_ready",
                reason = entry.Exception is null ? entry.Description : "The check failed. The log has its trace.",
            });

    private static async Task<IResult> IdleAsync(
        NpgsqlDataSource dataSource, Database database, BusinessClock clock, SandboxClock sandbox, CancellationToken ct)
    {
        var isCaughtUp = await sandbox.FollowAsync(ct);
        var now = clock.GetUtcNow();
        var work = await OpenWork.AskAsync(dataSource, database, now, ct);

        return Results.Ok(new
        {
            idle = isCaughtUp && work.IsNothing,
            now,
            isCaughtUp,
            due = work.Due,
            unknown = work.Unknown,
            waiting = work.Waiting,
            sending = work.Sending,
            dead = work.DeadLetters,
        });
    }
}
