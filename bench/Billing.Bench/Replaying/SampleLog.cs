using System.Security.Cryptography;
using Billing.Api;
using Billing.Bench.Harness;
using Billing.EventStore;
using Npgsql;

namespace Billing.Bench.Replaying;

/// <summary>A log of the product's own events, chained, sealed and projected, lying on disk as months of appends leave it.</summary>
internal sealed record SampleLog(EventStore.EventStore Store, NpgsqlDataSource Source, long Events)
{
    public static async Task<SampleLog> CreateAsync(BenchRun run, int events)
    {
        var database = await run.DatabaseAsync();
        var source = NpgsqlDataSource.Create(BillingServices.AsOurs(new NpgsqlConnectionStringBuilder(database.ConnectionString) { CommandTimeout = 600 }));
        await BillingServices.MigrateAsync(BillingServices.Schema(source), default);
        var log = new SampleLog(new EventStore.EventStore(source, Projections.Of(new Sealer(RandomNumberGenerator.GetBytes(32)))), source, events);

        run.Say($"{events:N0} events are made");
        await new Importer(log.Store).ImportAsync(Enumerable.Range(1, events / Months.EventsPerStream).Select(Months.Of).ToAsyncEnumerable(), null, default);

        // An import lays the events of a stream side by side; appends lay those of a month side by side.
        await log.ExecuteAsync(
            """
            create temp table log on commit drop as select * from mt_events;
            truncate mt_events;
            insert into mt_events select * from log order by version, stream_id;
            """);
        await log.ExecuteAsync("vacuum analyze");

        return log;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<string> TextAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        return Convert.ToString(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture)!;
    }

    /// <summary>The floor: the same rows in the same order through the same driver, on as many connections, and nothing done with them.</summary>
    /// <param name="columns">What is read of each event.</param>
    public async Task<double> BareReadAsync(string columns)
    {
        var middle = await TextAsync("select id from mt_streams order by tenant_id, id offset (select count(*) / 2 from mt_streams) limit 1");

        return await Load.PerSecondAsync(async () => (await Task.WhenAll(new[] { "<", ">=" }.Select(async side =>
        {
            await using var command = Source.CreateCommand(
                $"select {columns} from mt_events where tenant_id = '30201' and stream_id {side} '{middle}' order by tenant_id, stream_id, version");
            await using var rows = await command.ExecuteReaderAsync();
            var count = 0L;
            while (await rows.ReadAsync())
            {
                count++;
            }

            return count;
        }))).Sum());
    }
}
