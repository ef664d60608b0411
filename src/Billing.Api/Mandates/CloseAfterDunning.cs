using Billing.Api.Charges;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Outbound;
using Billing.Api.Hosting.Streams;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using Marten;

namespace Billing.Api.Mandates;

/// <summary>Closes a preapproval because a period stayed unpaid, if its schedule says so.</summary>
/// <param name="Attempts">The last attempt at the period, as in <see cref="DunningEnded"/>.</param>
public sealed record CloseAfterDunning(string Site, Guid PreapprovalId, DateOnly DueOn, int Attempts);

/// <summary>Which events ask for a close: committed with them, so that a crash does not lose it.</summary>
public static class DunningFollowUps
{
    public static IEnumerable<object> Of(string site, Guid preapprovalId, IReadOnlyList<PreapprovalEvent> events) =>
        events.OfType<DunningEnded>().Where(ended => ended.Action is AfterRetries.Close)
            .Select(ended => new CloseAfterDunning(site, preapprovalId, ended.Period.DueOn, ended.Attempts));
}

public static class CloseAfterDunningHandler
{
    private static readonly EventSource Source = new(PreapprovalDecider.Dunning);

    /// <remarks>A close cannot be undone, so every attempt at the period is looked up once more before.</remarks>
    /// <exception cref="TimeoutException">
    /// The gateway could not be asked or called; the message is handled again, and in the end is a dead letter.
    /// </exception>
    public static async Task Handle(
        CloseAfterDunning command, IDocumentStore store, PreapprovalDecisions decisions, EarlierAttempts attempts,
        MandateCalls mandates, OutboundGate gate, BusinessClock clock, TimeProvider realTime, CancellationToken ct)
    {
        var period = new Period(command.DueOn);

        if (await IsToCloseAsync(store, command, period, ct) is not { } state)
        {
            return;
        }

        if (!await attempts.HaveFailedAsync(command.Site, state, period, command.Attempts + 1))
        {
            // What has succeeded is recorded by then, and nothing is left to close.
            if (await IsToCloseAsync(store, command, period, ct) is null)
            {
                return;
            }

            throw new TimeoutException("The gateway did not confirm that every attempt at the period has failed.");
        }

        if (!await gate.EnterAsync(command.Site, ct))
        {
            throw new TimeoutException("The gateway cannot be called now.");
        }

        var window = SendWindow.Open(realTime);
        var decided = await decisions.DecideAsync(
            command.Site, command.PreapprovalId, Source,
            now => PreapprovalDecider.CloseAfterDunning(
                now!, period, command.Attempts, clock.GetUtcNow(), window.Start),
            "close_after_dunning");

        if (decided.Events.OfType<CloseRequested>().Any())
        {
            await mandates.SendAsync(command.Site, command.PreapprovalId, window);
        }
    }

    private static async Task<Preapproval?> IsToCloseAsync(
        IDocumentStore store, CloseAfterDunning command, Period period, CancellationToken ct)
    {
        await using var session = store.QuerySession(command.Site);

        return await PreapprovalStreams.FindAsync(session, command.PreapprovalId, ct) is { } state
            && PreapprovalDecider.IsToClose(state, period, command.Attempts)
            ? state
            : null;
    }
}
