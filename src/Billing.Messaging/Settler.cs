using Billing.EventStore;
using Microsoft.Extensions.Logging;

namespace Billing.Messaging;

/// <summary>Ends messages: what they decide, what they send and the end of their rows, many in one commit.</summary>
/// <remarks>Lock order: own message rows, then streams, then inserts. A batch that fails is halved until what is poisonous has fallen out alone.</remarks>
internal sealed class Settler(MessageBus bus, RetryLadder ladder, Outage outage, ILogger logger)
{
    private const int MaxConflicts = 5;

    /// <summary>Waits while PostgreSQL is away; what cannot be settled otherwise is logged and stays where it is.</summary>
    public async Task SettleAsync(IReadOnlyList<Settlement> work, CancellationToken ct)
    {
        if (work.Count == 1)
        {
            await SettleOneAsync(work[0], ct);
        }
        else if (work.Count > 1 && !await TogetherAsync(work, () => outage.RideOutAsync(() => CommitAsync(work, ct), Faults.IsDatabaseAway, ct), ct))
        {
            await SettleAsync([.. work.Take(work.Count / 2)], ct);
            await SettleAsync([.. work.Skip(work.Count / 2)], ct);
        }
    }

    /// <summary>Settles in the transaction that has locked all these rows.</summary>
    /// <returns>False: it cannot be committed, and is to be rolled back.</returns>
    public Task<bool> TrySettleTakenAsync(Session session, IReadOnlyList<Settlement> work, CancellationToken ct) =>
        TogetherAsync(work, () => CommitAsync(session, work, Held.Taken(work), ct), ct);

    private async Task<bool> TogetherAsync(IReadOnlyList<Settlement> work, Func<Task> commit, CancellationToken ct)
    {
        try
        {
            await commit();
            return true;
        }
        catch (Exception exception) when (!Faults.IsStop(exception, ct) && !Faults.IsDatabaseAway(exception))
        {
            Log.Halved(logger, work.Count, Faults.Reason(exception, isFinal: false));
            return false;
        }
    }

    private async Task SettleOneAsync(Settlement one, CancellationToken ct)
    {
        try
        {
            await outage.RideOutAsync(() => SettleAloneAsync(one, ct), Faults.IsDatabaseAway, ct);
        }
        catch (Exception exception) when (!Faults.IsStop(exception, ct))
        {
            Log.NotSettled(logger, one.Message.Name, one.Message.Id, Faults.Reason(exception, isFinal: false));
        }
    }

    private async Task SettleAloneAsync(Settlement one, CancellationToken ct)
    {
        try
        {
            await Faults.FromTheTopAsync(MaxConflicts, () => CommitAsync([one], ct));
        }
        catch (Exception exception) when (!Faults.IsStop(exception, ct) && !Faults.IsDatabaseAway(exception))
        {
            await SettleFailedAsync(one, exception, ct);
        }
    }

    private Task SettleFailedAsync(Settlement one, Exception exception, CancellationToken ct)
    {
        if (one.Ending is Ending.Died { TellStream: true } died)
        {
            Log.StreamNotTold(logger, one.Message.Name, one.Message.Id, Faults.Reason(exception, bus.Handlers.IsFinal(exception)));
            return CommitAsync([one with { Ending = died with { TellStream = false } }], ct);
        }

        var failed = ladder.Failed(one.Message, exception);
        return failed.Ending is Ending.Died ? SettleAloneAsync(failed, ct) : CommitAsync([failed], ct);
    }

    private async Task CommitAsync(IReadOnlyList<Settlement> work, CancellationToken ct)
    {
        await using var session = await bus.Store.OpenSessionAsync(ct);
        await CommitAsync(session, work, await Held.LockAsync(session.Connection, work, ct), ct);
    }

    private async Task CommitAsync(Session session, IReadOnlyList<Settlement> work, Held held, CancellationToken ct)
    {
        foreach (var lost in work.Where(s => !held.Has(s)))
        {
            Log.LeaseLost(logger, lost.Message.Name, lost.Message.Id);
            bus.Options.Failpoint?.Invoke($"{lost.Message.Name}:lease_lost");
        }

        var kept = work.Where(s => s.IsEvidence || held.Has(s)).Select(s => s.WithLastWords(bus.Handlers, held.DatabaseNow)).ToArray();
        if (kept.Length == 0)
        {
            return;
        }

        var decisions = new Decisions(bus.Handlers, session, bus.BusinessClock.GetUtcNow());
        await decisions.LoadAsync(kept.Select(s => s.Command).OfType<object>(), ct);
        foreach (var settlement in kept.Where(s => s.Command is not null))
        {
            decisions.Apply(settlement.Command!, settlement.Message.Causing(settlement.Evidence));
        }

        bus.Outbox.Write(session, decisions.Outgoing);
        Endings.Write(session.Also, [.. kept.Where(held.Has)], held.DatabaseNow);
        foreach (var settlement in kept)
        {
            bus.Options.Failpoint?.Invoke($"{settlement.Message.Name}:committing");
        }

        await session.CommitAsync(ct);

        foreach (var settlement in kept)
        {
            if (settlement.Ending is Ending.Died died)
            {
                Log.Died(logger, settlement.Message.Name, settlement.Message.Id, died.Reason);
            }

            bus.Options.Failpoint?.Invoke($"{settlement.Message.Name}:committed");
        }
    }
}
