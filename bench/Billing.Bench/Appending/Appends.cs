using Billing.Bench.Harness;
using Billing.EventStore;

namespace Billing.Bench.Appending;

/// <summary>Events on their way into the books, with everything that is written beside them.</summary>
internal static class Appends
{
    private const int Connections = 8;

    /// <summary>A stream is loaded, its version checked, one event decided and written.</summary>
    public static async Task<Measured> ExistingAsync(BenchRun run)
    {
        var ledger = await Ledger.CreateAsync(run, Connections);
        var streams = await OpenAsync(ledger, run, 4_000);
        var (turns, appended, each) = (new int[Connections], 0, streams.Count / Connections);
        var rounds = await run.ByTurnsAsync(
            () => Load.PerSecondAsync(Connections, run.RoundTime, async caller =>
            {
                // Each caller has streams of its own, and so knows their versions.
                var turn = turns[caller]++;
                var (key, lookUps) = (streams[(caller * each) + (turn % each)], turn / each);
                await ledger.Store.WriteAsync(
                    key,
                    (session, stream) =>
                    {
                        Expect(stream, 5 + lookUps);
                        session.Append(stream, [Customers.StillPending(key, lookUps)], Customers.By);
                        return true;
                    },
                    default);
                Interlocked.Increment(ref appended);
                return 1;
            }),
            () => ledger.OneRowCommitsAsync(Connections, run.RoundTime),
            warm: 4);

        return new Measured(rounds, Wrong: await WrongAsync(ledger, ledger.Store, (5 * streams.Count) + appended));
    }

    /// <summary>A customer subscribes: two events, sealed, reserved and shown.</summary>
    public static async Task<Measured> NewAsync(BenchRun run)
    {
        var ledger = await Ledger.CreateAsync(run, Connections);
        var streams = 0;
        var rounds = await run.ByTurnsAsync(
            () => Load.PerSecondAsync(Connections, run.RoundTime, async _ =>
            {
                var key = Customers.NewKey();
                await ledger.Store.WriteAsync(
                    key,
                    (session, stream) =>
                    {
                        Expect(stream, 0);
                        session.Append(stream, Customers.Subscribing(key), Customers.By);
                        return true;
                    },
                    default);
                Interlocked.Increment(ref streams);
                return 1;
            }),
            () => ledger.OneRowCommitsAsync(Connections, run.RoundTime),
            warm: 4);

        return new Measured(rounds, Wrong: await WrongAsync(ledger, ledger.Store, 2 * streams));
    }

    /// <summary>One event to each of two hundred streams per call, from one caller: versions checked, chained, no views.</summary>
    public static async Task<Measured> ManyAsync(BenchRun run)
    {
        const int PerCall = 200;
        var ledger = await Ledger.CreateAsync(run, 1);
        var store = ledger.Bare();
        List<StreamKey> streams = [.. Enumerable.Range(0, 20 * PerCall).Select(_ => Customers.NewKey())];
        await AppendAsync(store, streams, key => [.. Customers.Subscribing(key), .. Customers.Opening(key)]);
        await FloorEvents.CreateAsync(ledger);
        var (turn, appended) = (0, 0);
        var rounds = await run.ByTurnsAsync(
            () => Load.PerSecondAsync(1, run.RoundTime, async _ =>
            {
                var (from, lookUps) = (turn % (streams.Count / PerCall) * PerCall, turn / (streams.Count / PerCall));
                turn++;
                var results = await store.AppendManyAsync(
                    [.. streams.GetRange(from, PerCall).Select(key => new StreamAppend(key, 5 + lookUps, [Customers.StillPending(key, lookUps)], Customers.By))], default);
                appended += results.Count(result => result.IsAppended);
                return PerCall;
            }),
            () => FloorEvents.PerSecondAsync(ledger, run.RoundTime),
            warm: 4);

        return new Measured(rounds, Wrong: await WrongAsync(ledger, store, (5 * streams.Count) + appended));
    }

    /// <summary>Streams that are open and have a first charge, five events each.</summary>
    private static async Task<List<StreamKey>> OpenAsync(Ledger ledger, BenchRun run, int count)
    {
        run.Say($"opening {count:N0} subscriptions");
        List<StreamKey> keys = [.. Enumerable.Range(0, count).Select(_ => Customers.NewKey())];
        await AppendAsync(ledger.Store, keys, key => [.. Customers.Subscribing(key), .. Customers.Opening(key)]);
        await Ledger.ExecuteAsync(ledger.Source, "analyze");
        return keys;
    }

    private static async Task AppendAsync(EventStore.EventStore store, IEnumerable<StreamKey> keys, Func<StreamKey, object[]> events)
    {
        foreach (var some in keys.Chunk(200))
        {
            await store.AppendManyAsync([.. some.Select(key => new StreamAppend(key, 0, events(key), Customers.By))], default);
        }
    }

    private static void Expect(WritableStream stream, long version)
    {
        if (stream.Version != version)
        {
            throw new StreamConflictException($"{stream.Key} is at {stream.Version}, not {version}.");
        }
    }

    /// <summary>Every append acknowledged is there once, and the books verify.</summary>
    private static async Task<string?> WrongAsync(Ledger ledger, EventStore.EventStore store, long events)
    {
        var found = await ledger.CountAsync("select count(*) from mt_events");
        var report = await new Auditor(store).VerifyAsync(null, default);
        return found != events ? $"{events:N0} events were acknowledged, {found:N0} are there"
            : report.Differences.Count > 0 ? $"{report.Differences.Count} differences, the first: {report.Differences[0].What}"
            : null;
    }
}
