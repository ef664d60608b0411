using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Billing.Bench.Gateway;
using Billing.Bench.Harness;
using Billing.Bench.Seeding;

namespace Billing.Bench.Creating;

/// <summary>
/// How many preapprovals a storefront creates: stored, asked for at the gateway, recorded and answered 201.
/// </summary>
internal static class CreateRow
{
    private const int Connections = 32;
    private static int number;

    public static readonly Benchmark Row = new(
        "create",
        $"POST /v1/preapprovals, answered 201 after the gateway's answer is recorded; {Connections} connections",
        "201s/s", "the same requests sent to the simulator alone", MeasureAsync)
    {
        Bar = 300,
    };

    private static async Task<Measured> MeasureAsync(BenchRun run)
    {
        await using var host = await BillingHost.CreateAsync(run);
        await using var sandbox = await ServerProcess.StartAsync(
            [ServerProcess.Program("Billing.Sandbox")],
            "health/live",
            new Dictionary<string, string>
            {
                [$"Sandbox__Sites__{BenchSite.Id}__ApiKey"] = BenchSite.GatewayKey,
                ["Logging__LogLevel__Default"] = "Warning",
            });
        await using var service = await host.StartServiceAsync(new Dictionary<string, string>
        {
            ["Gateway__BaseAddress"] = $"http://127.0.0.1:{sandbox.Port}/",
            ["Sandbox__Enabled"] = "true",
        });
        using var storefront = Client(service.Port, BenchSite.StorefrontKey);
        using var gateway = Client(sandbox.Port, BenchSite.GatewayKey);
        var (took, created) = (new List<IReadOnlyCollection<double>>(), 0);
        var rounds = await run.AlternateAsync(
            async () =>
            {
                var cpu = service.Cpu;
                var (answers, perSecond) = await LoadAsync(storefront, run.RoundTime);
                run.Say($"CPU each: service {((service.Cpu - cpu) / answers.Count).TotalMicroseconds:N0} µs");
                took.Add(answers);
                created += answers.Count;

                return perSecond;
            },
            async () => (await LoadAsync(gateway, run.RoundTime)).PerSecond,
            warm: 4);

        return new Measured(rounds, await CheckAsync(host, created))
        {
            Figures = new Dictionary<string, double>
            {
                ["p99_ms"] = Figures.P99(took.TakeLast(rounds.Count).SelectMany(round => round)),
                ["max_rss_mb"] = service.MaxRssMb,
            },
        };
    }

    private static async Task<(IReadOnlyCollection<double> Took, double PerSecond)> LoadAsync(
        HttpClient client, TimeSpan time)
    {
        var (took, watch) = (new ConcurrentBag<double>(), Stopwatch.StartNew());
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(async () =>
        {
            while (watch.Elapsed < time)
            {
                var began = watch.Elapsed;
                using var answer = await client.PostAsJsonAsync(
                    "v1/preapprovals", Request(Interlocked.Increment(ref number)));

                if (answer.StatusCode is not HttpStatusCode.Created)
                {
                    throw new InvalidDataException(
                        $"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
                }

                took.Add((watch.Elapsed - began).TotalMilliseconds);
            }
        })));

        return (took, took.Count / watch.Elapsed.TotalSeconds);
    }

    // Each answer is one stream with the gateway's answer in it.
    private static async Task<string?> CheckAsync(BillingHost host, int created)
    {
        await using var command = host.DataSource.CreateCommand(
            $"""
            select count(*), count(distinct stream_id), count(distinct data -> 'Gateway' ->> 'PreapprovalId')
            from {host.Schema}.mt_events where type = 'preapproval_registered'
            """);
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        var (registered, streams, gatewayIds) = (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2));

        return registered == created && streams == created && gatewayIds == created
            ? null
            : $"{created:N0} were answered 201, {registered:N0} recorded, {streams:N0} "
                + $"streams, {gatewayIds:N0} gateway ids";
    }

    private static HttpClient Client(int port, string key)
    {
        var credentials = Convert.ToBase64String(Encoding.ASCII.GetBytes($"{BenchSite.Id}:{key}"));

        return new(new SocketsHttpHandler { MaxConnectionsPerServer = Connections })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{port}/"),
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Basic", credentials) },
        };
    }

    private static JsonObject Request(int number) => new()
    {
        ["Preapproval"] = new JsonObject
        {
            ["MerchantPreapprovalID"] = $"bench-create-{number}",
            ["Description"] = "Monthly plan",
            ["ReturnURL"] = "https://shop.example/return",
            ["MethodID"] = 46,
            ["Customer"] = new JsonObject
            {
                ["FirstName"] = "Ada", ["LastName"] = "Example", ["Email"] = $"customer-{number}@example.com",
            },
            ["BillingAddress"] = new JsonObject { ["City"] = "Santos", ["Country"] = "BR" },
        },
    };
}
