using System.Diagnostics;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Billing.Api;
using Billing.Bench.Gateway;
using Billing.Bench.Harness;
using Billing.EventStore;
using Npgsql;

namespace Billing.Bench.Charging;

/// <summary>The whole product as it runs: books with subscribers, the service with its jobs in one process, the simulated gateway in another, and a clock that is moved.</summary>
internal sealed class ChargeWorld : IAsyncDisposable
{
    private const string Programs = "../../../../../src";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    private readonly NpgsqlDataSource books;
    private readonly int due;
    private int month;

    private ChargeWorld(ServerProcess gateway, ServerProcess service, NpgsqlDataSource books, string connectionString, int due) =>
        (Gateway, Service, this.books, ConnectionString, this.due) = (gateway, service, books, connectionString, due);

    public ServerProcess Service { get; }

    public ServerProcess Gateway { get; }

    public string ConnectionString { get; }

    /// <param name="due">How many fall due each month.</param>
    /// <param name="idle">How many more there are that do not.</param>
    /// <param name="overSeconds">Over how many seconds of their day they fall due; null: all at once.</param>
    public static async Task<ChargeWorld> CreateAsync(BenchRun run, int due, int idle = 0, int? overSeconds = null)
    {
        var masterKey = RandomNumberGenerator.GetBytes(32);
        var database = await run.DatabaseAsync();
        await BillingServices.MigrateAsync(BillingServices.Schema(database.DataSource), default);
        run.Say($"{due:N0} subscriptions that fall due and {idle:N0} that do not are made");
        var took = Stopwatch.StartNew();
        var store = new EventStore.EventStore(database.DataSource, Projections.Of(new Sealer(masterKey)));
        var subscribers = Enumerable.Range(1, due + idle).Select(n => Subscribers.Of(n, n <= due, overSeconds is { } seconds ? (int)(seconds * 1000L * n / due) : null));
        await new Importer(store).ImportAsync(subscribers.ToAsyncEnumerable(), null, default);
        await Appending.Ledger.ExecuteAsync(database.DataSource, "create table floor (id bigint generated always as identity primary key, at timestamptz not null default now(), what text not null)");
        await DoSlowlyAsync(database.DataSource, "vacuum analyze");

        // A charge that is sent twice is taken twice here: it could not hide.
        var sandbox = await ServerProcess.StartAsync([Dll("Billing.Sandbox")], "health/live", new Dictionary<string, string>
        {
            ["Sandbox__Sites__30201__ApiKey"] = "gateway-key-30201", ["Sandbox__Dedupe"] = "off", ["Sandbox__ClockStart"] = $"{Subscribers.Opened:O}", ["Logging__LogLevel__Default"] = "Warning",
        });
        await FixturesAsync(sandbox, due);
        var service = await ServerProcess.StartAsync([Dll("Billing.Api"), "serve"], "health/live", Settings(database.ConnectionString, masterKey, sandbox.Port));

        var world = new ChargeWorld(sandbox, service, database.DataSource, database.ConnectionString, due);
        await world.MisbehaveAsync([]);
        run.Say($"made in {took.Elapsed.TotalSeconds:N0} s; the feed gives their events positions");
        took.Restart();
        await world.UntilSequencedAsync();
        run.Say($"which took {took.Elapsed.TotalSeconds:N0} s");

        // What the making left behind is tidied up now, and not while the months are measured.
        await DoSlowlyAsync(database.DataSource, "vacuum analyze");
        await DoSlowlyAsync(database.DataSource, "checkpoint");
        return world;
    }

    /// <summary>Lets the gateway take so long for each charge. It notifies nobody: that is measured by rows of its own.</summary>
    public Task SlowDownAsync(int milliseconds) => MisbehaveAsync(milliseconds == 0 ? [] : [new JsonObject { ["operation"] = "charge", ["action"] = "slow", ["delayMs"] = milliseconds }]);

    /// <summary>Moves the clock to the next month and waits until all who are due then are charged.</summary>
    /// <returns>Charges recorded per second, from the moving of the clock to the recording of the last.</returns>
    public async Task<double> MonthAsync()
    {
        var (before, moved) = (await LastPositionAsync(), await NextMonthAsync(TimeSpan.Zero));
        await UntilChargedAsync(before);
        return due / (await InstantAsync("select max(timestamp) from mt_events where seq_id > $1 and type = 'payment_charged'", before) - moved).TotalSeconds;
    }

    /// <summary>Moves the clock to a moment before the next month, and waits until all who fall due one after the other are charged.</summary>
    /// <returns>For each after the warm-up, milliseconds from being due to being recorded.</returns>
    public async Task<List<double>> SteadyMonthAsync(TimeSpan before, TimeSpan warmUp)
    {
        var position = await LastPositionAsync();
        var midnight = await NextMonthAsync(before) + before;
        await UntilChargedAsync(position);

        // Business time has run as fast as the database's since the clock was moved.
        await using var command = books.CreateCommand(
            """
            select (extract(epoch from recorded.timestamp - ($2::timestamptz + ((asked.data ->> 'DueAt')::timestamptz - $3::timestamptz))) * 1000)::float8
            from mt_events recorded
            join mt_events asked on asked.tenant_id = recorded.tenant_id and asked.stream_id = recorded.stream_id and asked.version < recorded.version
                and asked.type = 'charge_requested' and asked.data -> 'Charge' = recorded.data -> 'Charge'
            where recorded.seq_id > $1 and recorded.type = 'payment_charged' and (asked.data ->> 'DueAt')::timestamptz >= $3::timestamptz + $4::interval
            """);
        foreach (var value in new object[] { position, midnight, Due(month), warmUp })
        {
            command.Parameters.Add(new() { Value = value });
        }

        await using var row = await command.ExecuteReaderAsync();
        var took = new List<double>();
        while (await row.ReadAsync())
        {
            took.Add(row.GetDouble(0));
        }

        return took;
    }

    /// <summary>What the gateway's ledger says against us; null: nothing.</summary>
    public async Task<(long Twice, string? Wrong)> WitnessAsync()
    {
        var totals = (await Gateway.Http.GetFromJsonAsync<JsonNode>("sandbox/ledger/totals"))!;
        var (sent, twice, expected) = ((long)totals["received"]!, (long)totals["capturedTwice"]!, (long)month * due);
        return (twice, sent == expected && twice == 0 ? null : $"{expected:N0} charges were due, {sent:N0} were sent, {twice:N0} taken twice");
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        await Gateway.DisposeAsync();
    }

    private static async Task DoSlowlyAsync(NpgsqlDataSource books, string sql)
    {
        await using var command = books.CreateCommand(sql);
        command.CommandTimeout = 600;
        await command.ExecuteNonQueryAsync();
    }

    // The database's time at which the clock stood there.
    private async Task<DateTimeOffset> NextMonthAsync(TimeSpan early)
    {
        month++;
        var moved = await InstantAsync("select clock_timestamp()");
        (await Gateway.Http.PostAsJsonAsync("sandbox/clock", new JsonObject { ["now"] = $"{Due(month) - early:O}" })).EnsureSuccessStatusCode();
        return moved;
    }

    private static DateTimeOffset Due(int month) => new(Subscribers.FirstDueOn.AddMonths(month - 1).ToDateTime(default), TimeSpan.Zero);

    private async Task UntilChargedAsync(long after)
    {
        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(Glance))
        {
            // Looking must cost little: it takes from what is measured.
            await using var command = books.CreateCommand(
                "select not exists (select from subscriptions where next_due_at < $1) and not exists (select from payment_history where status = 'requested')");
            command.Parameters.Add(new() { Value = Due(month).AddDays(1) });
            var isOver = (bool)(await command.ExecuteScalarAsync())!;
            var charged = isOver || waited.Elapsed > Patience ? await ChargedAsync(after) : 0;
            if (charged >= due)
            {
                return;
            }

            if (waited.Elapsed > Patience)
            {
                throw new TimeoutException($"Of {due:N0} who were due {charged:N0} were charged within {Patience.TotalMinutes:0} minutes.");
            }
        }
    }

    private async Task<long> ChargedAsync(long after)
    {
        await using var command = books.CreateCommand("select count(*) from mt_events where seq_id > $1 and type = 'payment_charged'");
        command.Parameters.Add(new() { Value = after });
        return (long)(await command.ExecuteScalarAsync())!;
    }

    // The feed gives each imported event its position: in a service that has been running for a day that is done.
    private async Task UntilSequencedAsync()
    {
        var last = await LastPositionAsync();
        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(Glance))
        {
            await using var command = books.CreateCommand("select exists (select from event_feed where seq_id = $1)");
            command.Parameters.Add(new() { Value = last });
            if ((bool)(await command.ExecuteScalarAsync())!)
            {
                return;
            }

            if (waited.Elapsed > Patience * 2)
            {
                throw new TimeoutException("The feed did not catch up with what was imported.");
            }
        }
    }

    private async Task<long> LastPositionAsync()
    {
        await using var command = books.CreateCommand("select max(seq_id) from mt_events");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task<DateTimeOffset> InstantAsync(string sql, params object[] parameters)
    {
        await using var batch = books.CreateBatch();
        batch.Add(sql, parameters);
        await using var row = await batch.ExecuteReaderAsync();
        await row.ReadAsync();
        return row.GetFieldValue<DateTimeOffset>(0);
    }

    private async Task MisbehaveAsync(JsonArray rules)
    {
        rules.Add(new JsonObject { ["operation"] = "notify", ["action"] = "lose_notification" });
        (await Gateway.Http.PutAsJsonAsync("sandbox/scenarios", new JsonObject { ["rules"] = rules })).EnsureSuccessStatusCode();
    }

    private static async Task FixturesAsync(ServerProcess sandbox, int count)
    {
        foreach (var some in Enumerable.Range(1, count).Chunk(10_000))
        {
            var rows = new JsonArray([.. some.Select(n => new JsonObject { ["ID"] = n, ["SiteID"] = 30201, ["MerchantPreapprovalID"] = $"bench-{n}", ["Currency"] = "BRL", ["Customer"] = new JsonObject { ["Email"] = $"customer-{n}@example.com" } })]);
            (await sandbox.Http.PostAsJsonAsync("sandbox/fixtures", new JsonObject { ["Preapprovals"] = rows })).EnsureSuccessStatusCode();
        }
    }

    private static Dictionary<string, string> Settings(string books, byte[] masterKey, int gateway) => new()
    {
        ["ConnectionStrings__Billing"] = books,
        ["Gateway__BaseAddress"] = $"http://127.0.0.1:{gateway}/",
        ["Gateway__MaxConnections"] = "2000",
        ["Charging__MaxInFlight"] = "2000",
        ["Jobs__IntervalMilliseconds"] = "50",
        ["Sandbox__Enabled"] = "true",
        ["Sites__30201__ApiKey"] = "storefront-key-30201",
        ["Sites__30201__GatewayApiKey"] = "gateway-key-30201",
        ["Sealing__MasterKey"] = Convert.ToBase64String(masterKey),
        ["Sealing__IndexKey"] = Convert.ToBase64String(masterKey),
        ["Logging__LogLevel__Default"] = "Warning",
    };

    private static string Dll(string program) => Path.Combine(AppContext.BaseDirectory, $"{Programs}/{program}/bin/Release/net10.0/{program}.dll");
}
