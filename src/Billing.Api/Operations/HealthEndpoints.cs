using Billing.Api.Attention;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Gateway.Breaking;
using Npgsql;

namespace Billing.Api.Operations;

/// <summary>/health/live, /health/ready, and in sandbox mode /sandbox/idle.</summary>
public static class HealthEndpoints
{
    public static void MapHealth(this WebApplication app)
    {
        var health = app.MapGroup("/health").WithTags("Health");
        health.MapGet("/live", () => Results.Ok(new { status = "live" })).WithSummary("The process answers");
        health.MapGet("/ready", ReadyAsync).WithSummary("The database can be written; and what waits for a person")
            .Produces<Readiness>(200).Produces(503);

        if (app.Services.GetRequiredService<Settings>().IsSandbox)
        {
            app.MapGet("/sandbox/idle", IdleAsync).WithTags("Sandbox")
                .WithSummary("True when nothing due is undecided, waiting or being sent");
        }
    }

    private static async Task<IResult> ReadyAsync(
        NpgsqlDataSource dataSource, Database database, Breakers breakers, NodeHealth node, Watchdog watchdog,
        AttentionList attention, CancellationToken ct)
    {
        if (node.IsClockOff)
        {
            return NotReady(
                "This node's clock differs from the database's by more than 60 seconds. "
                + "It decides nothing until they agree.");
        }

        try
        {
            var overdue = await watchdog.AskAsync(ct);
            var ready = await Readiness.AskAsync(
                dataSource, database, breakers, await attention.CountAsync(ct), ct);

            return Results.Json(
                ready with { Overdue = overdue.IsNothing ? null : overdue }, OperationsJsonContext.Default.Readiness);
        }
        catch (Exception e) when (e is NpgsqlException || DatabaseErrors.IsTransient(e))
        {
            return NotReady("The database does not answer.");
        }
    }

    private static IResult NotReady(string reason) =>
        Results.Json(new { status = "not_ready", reason }, statusCode: StatusCodes.Status503ServiceUnavailable);

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
