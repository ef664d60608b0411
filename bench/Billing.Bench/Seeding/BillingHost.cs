using System.Security.Cryptography;
using Billing.Api;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Streams;
using Billing.Bench.Gateway;
using Billing.Bench.Harness;
using Marten;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Billing.Bench.Seeding;

/// <summary>A database, and the service's parts in this process to write test data and read results.</summary>
/// <remarks>The service itself is not started in this process.</remarks>
internal sealed class BillingHost : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Dictionary<string, string> settings;

    private BillingHost(WebApplication app, Dictionary<string, string> settings, NpgsqlDataSource dataSource) =>
        (this.app, this.settings, DataSource) = (app, settings, dataSource);

    public NpgsqlDataSource DataSource { get; }

    public string ConnectionString => settings["ConnectionStrings__Billing"];

    public string Schema => app.Services.GetRequiredService<Database>().Schema;

    public IDocumentStore Store => app.Services.GetRequiredService<IDocumentStore>();

    public PreapprovalStreams Streams => app.Services.GetRequiredService<PreapprovalStreams>();

    public T Get<T>()
        where T : notnull => app.Services.GetRequiredService<T>();

    /// <summary>Makes a database with the service's tables.</summary>
    public static async Task<BillingHost> CreateAsync(BenchRun run)
    {
        var database = await run.DatabaseAsync();
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        var settings = new Dictionary<string, string>
        {
            ["ConnectionStrings__Billing"] = database.ConnectionString,
            ["Gateway__BaseAddress"] = "http://127.0.0.1:9/",
            [$"Sites__{BenchSite.Id}__ApiKey"] = BenchSite.StorefrontKey,
            [$"Sites__{BenchSite.Id}__GatewayApiKey"] = BenchSite.GatewayKey,
            ["Sealing__MasterKey"] = key,
            ["Sealing__IndexKey"] = key,
            ["Jobs__Enabled"] = "false",
            ["Logging__LogLevel__Default"] = "Warning",
            ["Logging__Console__FormatterName"] = "json",
        };
        var arguments = settings.Select(one => $"--{one.Key.Replace("__", ":", StringComparison.Ordinal)}={one.Value}");
        var app = BillingApp.Build([.. arguments]);
        await BillingApp.MigrateAsync(app.Services, default);

        return new BillingHost(app, settings, database.DataSource);
    }

    /// <summary>Starts the service on this database in a process of its own.</summary>
    /// <param name="more">Settings in addition to those of the site and the database.</param>
    /// <param name="health">The path that answers 200 when the service is ready to be used.</param>
    public Task<ServerProcess> StartServiceAsync(
        IReadOnlyDictionary<string, string> more, int? port = null, string health = "health/live")
    {
        var all = new Dictionary<string, string>(settings);

        foreach (var (name, value) in more)
        {
            all[name] = value;
        }

        return ServerProcess.StartAsync([ServerProcess.Program("Billing.Api"), "serve"], health, all, port);
    }

    /// <summary>Runs a verb of the service's program on this database, to its end.</summary>
    public Task<Verb> RunAsync(params string[] arguments) => Verb.RunAsync(settings, null, arguments);

    /// <summary>The same, but the process is killed once it is to die.</summary>
    public Task<Verb> RunUntilAsync(Func<Task<bool>> isToDie, params string[] arguments) =>
        Verb.RunAsync(settings, isToDie, arguments);

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
