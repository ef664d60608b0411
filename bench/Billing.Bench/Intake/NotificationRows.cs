using System.Diagnostics;
using System.Security.Cryptography;
using Billing.Api;
using Billing.Bench.Gateway;
using Billing.Bench.Harness;
using Npgsql;

namespace Billing.Bench.Intake;

/// <summary>How many notifications the service answers 204 after they are durable; the service in its own process, the gateway's side in this one.</summary>
internal static class NotificationRows
{
    private const int Connections = 64;
    private const string Floor = "bare Kestrel that reads the body and answers";

    public static readonly Benchmark Intake = new(
        "intake", "notifications answered 204 after they are durable; 64 connections, jobs on another node", "204s/s", Floor, null, run => MeasureAsync(run, isApplying: false));

    public static readonly Benchmark Applying = new(
        "intake-applying", "The same while the same node applies them", "204s/s", Floor, null, run => MeasureAsync(run, isApplying: true));

    private static async Task<Measured> MeasureAsync(BenchRun run, bool isApplying)
    {
        var masterKey = RandomNumberGenerator.GetBytes(32);
        var database = await run.DatabaseAsync();
        await BillingServices.MigrateAsync(BillingServices.Schema(database.DataSource), default);
        var requests = await KnownNotifications.CreateAsync(database.DataSource, masterKey, run);
        await using var service = await ServerProcess.StartAsync(
            [Path.Combine(AppContext.BaseDirectory, "../../../../../src/Billing.Api/bin/Release/net10.0/Billing.Api.dll"), "serve"], "health/live", Settings(database.ConnectionString, masterKey, isApplying));
        await using var bare = await ServerProcess.StartAsync([typeof(NotificationRows).Assembly.Location, ConstantServer.Verb, "0", "204"], "");
        var (kept, numbers, took) = (0L, 0L, new List<double>());

        var rounds = await run.ByTurnsAsync(
            async () =>
            {
                var (cpu, theirs, before) = (service.Cpu, await PostgresCpu.AskAsync(database.DataSource), kept);
                var perSecond = await LoadAsync(service.Port, counts: true);
                run.Say($"{(service.Cpu - cpu).TotalMicroseconds / (kept - before):N0} µs of the service's CPU each, {(await PostgresCpu.AskAsync(database.DataSource) - theirs).TotalMicroseconds / (kept - before):N0} of PostgreSQL's; {await BacklogAsync(database.DataSource):N0} are still to be applied");
                return perSecond;
            },
            () => LoadAsync(bare.Port, counts: false),
            warm: 2);

        run.Say($"{await OneRowInsertsAsync(database.ConnectionString, run):N0} one-row commits/s by pgbench, 8 clients");
        var (rows, distinct) = await CountAsync(database.DataSource);
        return new Measured(
            rounds, Figures.P99(took), service.MaxRssMb, rows - distinct, rows == kept && distinct == kept ? null : $"{kept:N0} were answered 204, {rows:N0} rows are there, {distinct:N0} different ones");

        async Task<double> LoadAsync(int port, bool counts)
        {
            var watch = Stopwatch.StartNew();
            var done = await Task.WhenAll(Enumerable.Range(0, Connections).Select(n => Task.Run(async () =>
            {
                using var client = await NotifyingClient.ConnectAsync(port);
                for (var i = n; watch.Elapsed < run.RoundTime; i += Connections)
                {
                    if (!await client.PostAsync(requests[i % requests.Count], Interlocked.Increment(ref numbers)))
                    {
                        throw new InvalidDataException("An answer was not 204.");
                    }
                }

                return client.Took;
            })));
            var count = done.Sum(mine => mine.Count);
            if (counts)
            {
                kept += count;
                took.AddRange(done.SelectMany(mine => mine));
            }

            return count / watch.Elapsed.TotalSeconds;
        }
    }

    private static Dictionary<string, string> Settings(string books, byte[] masterKey, bool isApplying) => new()
    {
        ["ConnectionStrings__Billing"] = books,
        ["Gateway__BaseAddress"] = "http://127.0.0.1:9/",
        ["Sites__30201__ApiKey"] = "storefront-key-30201",
        ["Sites__30201__GatewayApiKey"] = KnownNotifications.GatewayKey,
        ["Sealing__MasterKey"] = Convert.ToBase64String(masterKey),
        ["Sealing__IndexKey"] = Convert.ToBase64String(masterKey),
        ["Jobs__Enabled"] = isApplying ? "true" : "false",
        ["Notifications__Confirm"] = "off",
        ["Logging__LogLevel__Default"] = "Warning",
    };

    private static async Task<long> BacklogAsync(NpgsqlDataSource books)
    {
        await using var command = books.CreateCommand("select count(*) from messages");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    // Every request carries a number that nobody else has: a lost one and a doubled one cannot hide behind each other.
    private static async Task<(long Rows, long Distinct)> CountAsync(NpgsqlDataSource books)
    {
        await using var command = books.CreateCommand("select count(*), count(distinct headers ->> 'x-number') from notifications");
        command.CommandTimeout = 300;
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        return (row.GetInt64(0), row.GetInt64(1));
    }

    private static async Task<double> OneRowInsertsAsync(string books, BenchRun run)
    {
        await using (var source = NpgsqlDataSource.Create(books))
        await using (var command = source.CreateCommand("create table one_row (id bigint generated always as identity primary key, body bytea not null)"))
        {
            await command.ExecuteNonQueryAsync();
        }

        return await Pgbench.PerSecondAsync(books, "insert into one_row (body) values (decode(repeat('ab', 1500), 'hex'));\n", 8, run.RoundTime);
    }
}
