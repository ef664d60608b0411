using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Billing.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Billing.Api.Tests.Specs;

/// <summary>
/// A whole installation: its own database, the sandbox, and the service in this process. Set up by API.
/// </summary>
public sealed class World : IAsyncDisposable
{
    private readonly TestDatabase database;
    private WebApplication? app;
    private TimeSpan fence;

    private World(TestDatabase database, Sandbox sandbox, int port)
    {
        (this.database, Sandbox, Port) = (database, sandbox, port);
        DataSource = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(
                ConnectionString)
            { SearchPath = $"{TestDatabase.Schema},{FlatViews.Schema}" });
        Storefront = Client("30201", "storefront-key-30201");
        Gateway = Client("30201", "gateway-key-30201");
        Anonymous = new HttpClient { BaseAddress = Address };
    }

    public Sandbox Sandbox { get; }

    public int Port { get; }

    public Uri Address => new($"http://127.0.0.1:{Port}/");

    /// <summary>Authenticated as the merchant's storefront.</summary>
    public HttpClient Storefront { get; }

    /// <summary>Authenticated as the gateway: for forging notifications by hand.</summary>
    public HttpClient Gateway { get; }

    public HttpClient Anonymous { get; }

    /// <summary>The service's tables, and <see cref="FlatViews"/>.</summary>
    public NpgsqlDataSource DataSource { get; }

    public string ConnectionString => database.ConnectionString;

    /// <summary>The service's own parts; null values while it is stopped.</summary>
    public IServiceProvider Services => app!.Services;

    /// <param name="sandbox">More settings of the sandbox.</param>
    /// <param name="settings">More settings of the service, for example Charging:SendWindowSeconds=3.</param>
    /// <param name="configure">Replaces parts of the service.</param>
    public static async Task<World> StartAsync(
        IReadOnlyDictionary<string, string?>? sandbox = null, IReadOnlyDictionary<string, string?>? settings = null,
        Action<IServiceCollection>? configure = null)
    {
        var world = await WithoutServiceAsync(sandbox);
        await world.StartServiceAsync(settings, configure);

        return world;
    }

    /// <summary>Database and sandbox only: the test starts the service, for example as a process to kill.</summary>
    /// <param name="cluster">A database server of the test's own; null: the one that all tests share.</param>
    public static async Task<World> WithoutServiceAsync(
        IReadOnlyDictionary<string, string?>? sandbox = null, TestCluster? cluster = null)
    {
        var port = LocalMachine.FreePort();
        var database = cluster is null
            ? await DatabaseAsync()
            : await TestDatabase.CreateAsync(cluster, MigrateAsync);

        return new World(database, await Sandbox.StartAsync(port, sandbox), port);
    }

    /// <summary>A database with the tables of the service and no rows.</summary>
    public static Task<TestDatabase> DatabaseAsync() => TestDatabase.CreateAsync(MigrateAsync);

    public async Task StartServiceAsync(
        IReadOnlyDictionary<string, string?>? settings = null, Action<IServiceCollection>? configure = null)
    {
        app = BillingApp.Build(
            [.. Arguments(Settings(settings ?? new Dictionary<string, string?>())), "--urls", Address.ToString()],
            configure);
        await app.StartAsync();
    }

    /// <summary>
    /// The service's parts, not started, for reads and writes without a service. The caller disposes it.
    /// </summary>
    public WebApplication Parts() => BillingApp.Build([.. Arguments(Settings())]);

    public async Task StopServiceAsync()
    {
        await app!.StopAsync();
        await app.DisposeAsync();
        app = null;
    }

    /// <summary>Copies the database, while no service runs.</summary>
    /// <returns>What <see cref="RestoreAsync"/> takes.</returns>
    public Task<string> BackUpAsync()
    {
        DataSource.Clear();

        return database.BackUpAsync();
    }

    /// <summary>Puts the backup in the place of the database, while no service runs.</summary>
    public Task RestoreAsync(string backup)
    {
        DataSource.Clear();

        return database.RestoreAsync(backup);
    }

    /// <summary>The service's settings as environment variables, for a process or a verb.</summary>
    public Dictionary<string, string?> Settings(IReadOnlyDictionary<string, string?>? extra = null)
    {
        var settings = Settings(ConnectionString, Sandbox.Address);

        foreach (var (name, value) in extra ?? new Dictionary<string, string?>())
        {
            settings[name.Replace(":", "__")] = value;
        }

        // Without extra settings it is a verb that asks.
        fence = extra is null
            ? fence
            : TimeSpan.FromSeconds(
                1 + Number(settings["Charging__SendWindowSeconds"]) + Number(settings["Gateway__TimeoutSeconds"]));

        return settings;

        static double Number(string? text) => double.Parse(text!, System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>The settings of a service without a gateway.</summary>
    public static Dictionary<string, string?> Settings(string database) =>
        Settings(database, new Uri("http://127.0.0.1:9/"));

    private static Dictionary<string, string?> Settings(string database, Uri gateway) => new()
    {
        // Many nodes of many worlds share one server.
        ["ConnectionStrings__Billing"] = $"{database};Maximum Pool Size=40",
        ["Gateway__BaseAddress"] = gateway.ToString(),
        ["Gateway__TimeoutSeconds"] = "8",
        ["Gateway__BreakerSeconds"] = "1",
        // All tests of a world log in from one address.
        ["Authentication__FailuresPerMinute"] = "100000",
        ["Charging__SendWindowSeconds"] = "10",
        ["Charging__AnswerWithinSeconds"] = "20",
        ["Charging__AskAgainSeconds"] = "0.5",
        ["Jobs__IntervalMilliseconds"] = "100",
        ["Sandbox__Enabled"] = "true",
        ["Sites__30201__ApiKey"] = "storefront-key-30201",
        ["Sites__30201__GatewayApiKey"] = "gateway-key-30201",
        ["Sites__30202__ApiKey"] = "storefront-key-30202",
        ["Sites__30202__GatewayApiKey"] = "gateway-key-30202",
        ["Sealing__MasterKey"] = Convert.ToBase64String(new byte[32]),
        ["Sealing__IndexKey"] = Convert.ToBase64String([.. Enumerable.Range(0, 32).Select(i => (byte)i)]),
    };

    private static IEnumerable<string> Arguments(Dictionary<string, string?> settings) =>
        settings.Select(setting => $"--{setting.Key.Replace("__", ":")}={setting.Value}")
            .Append("--Logging:LogLevel:Default=Warning");

    private static async Task MigrateAsync(string database)
    {
        await using var service = BillingApp.Build([.. Arguments(Settings(database))]);
        await BillingApp.MigrateAsync(service.Services, default);
        await FlatViews.CreateAsync(database);
    }

    public HttpClient Client(string site, string key) => new()
    {
        BaseAddress = Address,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{site}:{key}"))) },
    };

    /// <summary>Waits until neither side has anything left to do at the current business time.</summary>
    public async Task UntilIdle()
    {
        JsonNode? ours = null, theirs = null;

        // The interval grows: a send window may have to pass, and other tests need the machine.
        for (var (until, quiet, pause) = (Stopwatch.StartNew(), 0, 20.0); quiet < 2; pause = Math.Min(250, pause * 1.3))
        {
            (ours, theirs) = (
                JsonNode.Parse(await Anonymous.GetStringAsync("sandbox/idle")),
                await Sandbox.GetAsync("sandbox/idle"));
            quiet = (bool)ours!["idle"]! && (bool)theirs["idle"]! ? quiet + 1 : 0;
            Assert.True(
                until.Elapsed < TimeSpan.FromMinutes(4),
                $"Never idle. Ours: {ours.ToJsonString()} Gateway: {theirs.ToJsonString()}");
            await Task.Delay(TimeSpan.FromMilliseconds(quiet == 0 ? pause : 5));
        }
    }

    /// <summary>Moves business time on both sides and waits until all that fell due is done.</summary>
    /// <remarks>Not before "not found" may be believed in real time, as in production.</remarks>
    public async Task AdvanceAsync(string duration)
    {
        await Waiting.Until("no call is younger than its fence", async () => !await this.QueryAsync<bool>(
            """
            select exists (
                select from calls where state in ('Requested', 'Unknown') and owner is null
                    and window_start >= clock_timestamp() - $1)
            """, fence));
        await Sandbox.AdvanceAsync(duration);
        await UntilIdle();
    }

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            await StopServiceAsync();
        }

        Storefront.Dispose();
        Gateway.Dispose();
        Anonymous.Dispose();
        await Sandbox.DisposeAsync();
        await DataSource.DisposeAsync();
        await database.DisposeAsync();
    }
}
