using Billing.Sandbox.Clock;
using Billing.Sandbox.Settings;

namespace Billing.Sandbox.Timing;

/// <summary>GET and POST /sandbox/clock: the one clock that sandbox and API share.</summary>
internal static class ClockEndpoints
{
    public static void MapClock(this IEndpointRouteBuilder tools)
    {
        tools.MapGet("/clock", (SandboxClock clock) => Shown(clock));
        tools.MapPost("/clock", (Move move, SandboxClock clock, DueWork due, Lock gate) =>
        {
            lock (gate)
            {
                var now = clock.Now;
                var target = move switch
                {
                    { Now: { } instantText, Advance: null } => Instant.Parse(instantText),
                    { Now: null, Advance: { } advance } => IsoDuration.After(now, advance),
                    _ => null,
                };
                if (target is not { } instant)
                {
                    return Problem("Give either \"now\", an RFC 3339 instant, or \"advance\", an ISO 8601 duration "
                        + "such as P1M, P3D or PT6H.");
                }

                if (!clock.TryAdvance(instant - now))
                {
                    return Problem($"The clock is at {now:O} and does not move backwards.");
                }
            }

            due.Signal();
            return Results.Json(Shown(clock));
        });
    }

    private static ClockShown Shown(SandboxClock clock) => new(clock.Now, clock.Offset.TotalSeconds);

    private static IResult Problem(string message) =>
        Results.Json(new { Message = message }, statusCode: StatusCodes.Status400BadRequest);

    private sealed record Move(string? Now, string? Advance);

    private sealed record ClockShown(DateTimeOffset Now, double OffsetSeconds);
}
