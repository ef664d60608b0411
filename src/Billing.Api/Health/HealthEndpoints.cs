using Billing.Api.Clock;
using Billing.Gateway.Breaking;
using Billing.Messaging;
using Npgsql;

namespace Billing.Api.Health;

/// <summary>/health/live, /health/ready, and in sandbox mode /sandbox/idle.</summary>
public static class HealthEndpoints
{
    public static void MapHealth(this WebApplication app)
    {
        var health = app.MapGroup("/health").WithTags("Health");
        health.MapGet("/live", () => Results.Ok(new { status = "live" })).WithSummary("The process answers");
        health.MapGet("/ready", ReadyAsync).WithSummary("The books can be written; and what waits for a person").Produces<Readiness>(200).Produces(503);

        if (app.Services.GetRequiredService<Settings>().IsSandbox)
        {
            app.MapGet("/sandbox/idle", IdleAsync).WithTags("Sandbox").WithSummary("True when nothing due is undecided, waiting or being sent");
        }
    }

    private static async Task<IResult> ReadyAsync(NpgsqlDataSource books, MessageBus bus, Breakers breakers, TimeProvider clock, Watchdog watchdog, CancellationToken ct)
    {
        try
        {
            var overdue = await watchdog.AskAsync(ct);

            return Results.Ok(await Readiness.AskAsync(books, bus, breakers, clock.GetUtcNow(), ct) with { Overdue = overdue.IsNothing ? null : overdue });
        }
        catch (NpgsqlException)
        {
            return Results.Json(new { status = "not_ready", reason = "The database does not answer." }, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static async Task<IResult> IdleAsync(NpgsqlDataSource books, MessageBus bus, BusinessClock clock, SandboxClock sandbox, CancellationToken ct)
    {
        var isCaughtUp = await sandbox.FollowAsync(ct);
        var now = clock.GetUtcNow();

        await using var command = books.CreateCommand(
            """
            select (select count(*) from subscriptions where next_due_at <= $1),
                (select count(*) from payment_history where next_look_up_at <= $1) + (select count(*) from subscriptions where next_look_up_at <= $1)
                    + (select count(*) from refunds where next_look_up_at <= $1)
            """);
        command.Parameters.Add(new() { Value = now });
        long due, unknown;

        await using (var row = await command.ExecuteReaderAsync(ct))
        {
            await row.ReadAsync(ct);
            (due, unknown) = (row.GetInt64(0), row.GetInt64(1));
        }

        // Asked last: what was decided before is a message by now.
        var messages = await bus.StatusAsync(now, ct);

        return Results.Ok(new
        {
            idle = isCaughtUp && due + unknown + messages.WaitingDue + messages.Sending == 0,
            now,
            isCaughtUp,
            due,
            unknown,
            waiting = messages.WaitingDue,
            sending = messages.Sending,
            dead = messages.Dead,
        });
    }
}
