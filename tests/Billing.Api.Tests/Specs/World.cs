using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Billing.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Billing.Api.Tests.Specs;

/// <summary>A whole installation: a schema of its own, the sandbox in its own process, the service in this one. Worlds are set up through the API only.</summary>
public sealed class World : IAsyncDisposable
{
    private readonly TestDatabase database;
    private WebApplication? app;

    private World(TestDatabase database, Sandbox sandbox, int port)
    {
        (this.database, Sandbox, Port) = (database, sandbox, port);
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

    public NpgsqlDataSource Books => database.DataSource;

    public string ConnectionString => database.ConnectionString;

    /// <summary>The service's own parts; null values while it is stopped.</summary>
    public IServiceProvider Services => app!.Services;

    /// <param name="sandbox">More settings of the sandbox.</param>
    /// <param name="settings">More settings of the service, for example Charging:LeaseSeconds=3.</param>
    public static async Task<World> StartAsync(IReadOnlyDictionary<string, string?>? sandbox = null, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var world = await WithoutServiceAsync(sandbox);
        await world.StartServiceAsync(settings);

        return world;
    }

    /// <summary>Database and sandbox only: the test starts the service itself, for example as a process that is killed.</summary>
    public static async Task<World> WithoutServiceAsync(IReadOnlyDictionary<string, string?>? sandbox = null)
    {
        var port = House.FreePort();

        return new World(await TestDatabase.CreateAsync(), await Sandbox.StartAsync(port, sandbox), port);
    }

    public async Task StartServiceAsync(IReadOnlyDictionary<string, string?>? settings = null)
    {
        app = BillingApp.Build([.. Settings(settings).Select(setting => $"--{setting.Key.Replace("__", ":")}={setting.Value}"), "--urls", Address.ToString(), "--Logging:LogLevel:Default=Warning"]);
        await app.Services.GetRequiredService<EventStore.Migrator>().ApplyAsync(default);
        await app.StartAsync();
    }

    public async Task StopServiceAsync()
    {
        await app!.StopAsync();
        await app.DisposeAsync();
        app = null;
    }

    /// <summary>The service's settings as environment variables, for a process or a verb.</summary>
    public Dictionary<string, string?> Settings(IReadOnlyDictionary<string, string?>? extra = null)
    {
        var settings = new Dictionary<string, string?>
        {
            // Many nodes of many worlds share one server.
            ["ConnectionStrings__Billing"] = $"{ConnectionString};Maximum Pool Size=40",
            ["Gateway__BaseAddress"] = Sandbox.Address.ToString(),
            ["Gateway__TimeoutSeconds"] = "8",
            ["Gateway__BreakerSeconds"] = "1",
            ["Charging__LeaseSeconds"] = "10",
            ["Charging__AnswerWithinSeconds"] = "20",

            // Of a lease that was stalled, too little may be left to send within: it is taken again before whoever asked has gone.
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

        foreach (var (name, value) in extra ?? new Dictionary<string, string?>())
        {
            settings[name.Replace(":", "__")] = value;
        }

        return settings;
    }

    public HttpClient Client(string site, string key) => new()
    {
        BaseAddress = Address,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{site}:{key}"))) },
    };

    /// <summary>Waits until neither side has anything left to do at the current business time.</summary>
    public async Task UntilIdle()
    {
        JsonNode? ours = null, theirs = null;

        // Asked less and less often: a lease may have to run out, and the machine has better things to do meanwhile.
        for (var (until, quiet, pause) = (Stopwatch.StartNew(), 0, 20.0); quiet < 2; pause = Math.Min(250, pause * 1.3))
        {
            (ours, theirs) = (JsonNode.Parse(await Anonymous.GetStringAsync("sandbox/idle")), await Sandbox.GetAsync("sandbox/idle"));
            quiet = (bool)ours!["idle"]! && (bool)theirs["idle"]! ? quiet + 1 : 0;
            Assert.True(until.Elapsed < TimeSpan.FromSeconds(90), $"Never idle. Ours: {ours.ToJsonString()} Gateway: {theirs.ToJsonString()}");
            await Task.Delay(TimeSpan.FromMilliseconds(quiet == 0 ? pause : 5));
        }
    }

    /// <summary>Moves business time on both sides and waits until all that fell due is done.</summary>
    public async Task AdvanceAsync(string duration)
    {
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
        await database.DisposeAsync();
    }
}
