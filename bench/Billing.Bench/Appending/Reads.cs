using Billing.Bench.Harness;
using Npgsql;

namespace Billing.Bench.Appending;

/// <summary>One stream of a hundred events, folded, beside the bare reading of the same rows.</summary>
internal static class Reads
{
    private const int Connections = 8;
    private const int Events = 100;

    public static async Task<Measured> StreamAsync(BenchRun run)
    {
        var ledger = await Ledger.CreateAsync(run, Connections);
        var streams = Enumerable.Range(0, 200).Select(_ => Customers.NewKey()).ToList();
        foreach (var some in streams.Chunk(20))
        {
            await using var session = await ledger.Store.OpenSessionAsync(default);
            foreach (var (key, stream) in await session.FetchForWritingAsync(some, default))
            {
                session.Append(stream, [.. Customers.Subscribing(key), .. Customers.Opening(key), .. Enumerable.Range(1, Events - 5).Select(n => Customers.StillPending(key, n))], Customers.By);
            }

            await session.CommitAsync(default);
        }

        await Ledger.ExecuteAsync(ledger.Source, "analyze");
        var (turn, wrong) = (0, 0);
        var rounds = await run.ByTurnsAsync(
            () => Load.PerSecondAsync(Connections, run.RoundTime, async _ =>
            {
                var snapshot = await ledger.Store.AggregateAsync(streams[Interlocked.Increment(ref turn) % streams.Count]);
                wrong += snapshot is { Version: Events } ? 0 : 1;
                return 1;
            }),
            () => Load.PerSecondAsync(Connections, run.RoundTime, async _ => await BareAsync(ledger.Source, streams[Interlocked.Increment(ref turn) % streams.Count].Id)),
            warm: 4);

        return new Measured(rounds, Wrong: wrong == 0 ? null : $"{wrong} streams were read short");
    }

    private static async Task<int> BareAsync(NpgsqlDataSource source, Guid stream)
    {
        await using var command = source.CreateCommand(
            """
            select tenant_id, stream_id, version, id, type, data, timestamp, correlation_id, causation_id, user_name, headers
            from mt_events where tenant_id = $1 and stream_id = $2 order by version
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = Ledger.Tenant });
        command.Parameters.Add(new NpgsqlParameter { Value = stream });
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            _ = (row.GetString(0), row.GetGuid(1), row.GetInt64(2), row.GetGuid(3), row.GetString(4), row.GetString(5), row.GetDateTime(6), row.GetString(7), row.GetString(8), row.GetString(9), row.GetString(10));
        }

        return 1;
    }
}
