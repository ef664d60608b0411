using Microsoft.Extensions.Logging;
using Npgsql;

namespace Billing.Messaging;

/// <summary>Ends claimed messages: what they decide, what they send and the end of their rows, many in one commit.</summary>
/// <remarks>Lock order: own message rows by token, then streams, then inserts. When a batch fails it is taken apart, so that a poison row falls out alone.</remarks>
internal sealed class Settler(MessageBus bus, RetryLadder ladder, Outage outage, ILogger logger)
{
    private const int MaxConflicts = 5;

    /// <summary>Waits while PostgreSQL is away; what cannot be settled otherwise is logged and comes back when its lease runs out.</summary>
    public async Task SettleAsync(IReadOnlyList<Settlement> work, CancellationToken ct)
    {
        if (work.Count > 1 && await TryTogetherAsync(work, ct))
        {
            return;
        }

        foreach (var one in work)
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
    }

    private async Task<bool> TryTogetherAsync(IReadOnlyList<Settlement> work, CancellationToken ct)
    {
        try
        {
            await outage.RideOutAsync(() => CommitAsync(work, ct), Faults.IsDatabaseAway, ct);
            return true;
        }
        catch (Exception exception) when (!Faults.IsStop(exception, ct))
        {
            Log.OneByOne(logger, work.Count, Faults.Reason(exception, isFinal: false));
            return false;
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
        var (own, databaseNow) = await LockOwnAsync(session.Connection, work, ct);
        var ours = work.ToLookup(s => own.Contains((s.Message.Id, s.Message.Token)));
        foreach (var lost in ours[false])
        {
            Log.LeaseLost(logger, lost.Message.Name, lost.Message.Id);
        }

        var kept = work.Where(s => s.IsEvidence || own.Contains((s.Message.Id, s.Message.Token))).Select(s => s.WithLastWords(bus.Handlers, databaseNow)).ToArray();
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

        bus.Outbox.Write(session.Also, decisions.Outgoing);
        Endings.Write(session.Also, [.. ours[true]], databaseNow);
        await session.CommitAsync(ct);

        bus.Outbox.Wake(decisions.Outgoing.Select(o => o.Message));
        foreach (var settlement in kept)
        {
            if (settlement.Ending is Ending.Died died)
            {
                Log.Died(logger, settlement.Message.Name, settlement.Message.Id, died.Reason);
            }

            bus.Options.Failpoint?.Invoke($"{settlement.Message.Name}:committed");
        }
    }

    private static async Task<(HashSet<(Guid Id, Guid Token)> Own, DateTimeOffset DatabaseNow)> LockOwnAsync(
        NpgsqlConnection connection, IReadOnlyList<Settlement> work, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Sql.LockOwn, connection).With(
            work.Select(s => s.Message.Id).ToArray(), work.Select(s => s.Message.Token).Distinct().ToArray());
        await using var row = await command.ExecuteReaderAsync(ct);
        HashSet<(Guid, Guid)> own = [];
        var databaseNow = DateTimeOffset.UnixEpoch;
        while (await row.ReadAsync(ct))
        {
            own.Add((row.GetGuid(0), row.GetGuid(1)));
            databaseNow = row.Instant(2);
        }

        return (own, databaseNow);
    }
}
