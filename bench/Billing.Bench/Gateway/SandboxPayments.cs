using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Billing.Bench.Harness;

namespace Billing.Bench.Gateway;

/// <summary>How many recurrent payments the simulator takes: it must not limit the other rows.</summary>
internal static class SandboxPayments
{
    private const int Connections = 16;
    private const int Pipelined = 4;
    private const int Preapprovals = 1_000;
    private const string Unit = "payments/s";
    private const string Floor = "bare Kestrel answering a constant 201 of the same size";
    private static readonly string Credentials = Convert.ToBase64String("30201:gateway-key-30201"u8);

    public static readonly Benchmark Row = new(
        "sandbox", $"recurrent payments taken by the simulator, each notified; {Connections} connections", Unit,
        Floor, run => MeasureAsync(run, isReachable: true))
    {
        Bar = 8_000,
    };

    public static readonly Benchmark Unreachable = new(
        "sandbox-unreachable", "sandbox while the merchant's notification address refuses connections", Unit, Floor,
        run => MeasureAsync(run, isReachable: false));

    private static async Task<Measured> MeasureAsync(BenchRun run, bool isReachable)
    {
        using var sink = new NotificationSink();
        var url = isReachable ? sink.Url : new Uri($"http://127.0.0.1:{ServerProcess.FreePort()}/v1/notifications");
        await using var sandbox = await ServerProcess.StartAsync(
            [ServerProcess.Program("Billing.Sandbox")],
            "health/live",
            new Dictionary<string, string>
            {
                ["Sandbox__Sites__30201__ApiKey"] = "gateway-key-30201",
                ["Sandbox__Sites__30201__NotificationUrl"] = $"{url}",
            });
        var preapprovals = await FixturesAsync(sandbox);
        using var first = await sandbox.Http.SendAsync(Charge(preapprovals[0], "first"));
        var size = first.Content.Headers.ContentLength!.Value;
        await using var bare = await ServerProcess.StartAsync(
            [typeof(SandboxPayments).Assembly.Location, ConstantServer.Verb, $"{size}"], "");
        var (paid, wrong, took, ids) = (1L, 0, new List<double>(), 0L);
        var rounds = await run.AlternateAsync(
            async () =>
            {
                took.Clear();
                var (cpu, before) = (sandbox.Cpu, paid);
                var perSecond = await LoadAsync(sandbox.Port, run.RoundTime);
                var each = (sandbox.Cpu - cpu) / (paid - before);
                var waiting = isReachable ? paid - sink.Taken : 0;
                await UntilIdleAsync(sandbox);
                run.Say($"CPU per payment: {each.TotalMicroseconds:N0} µs; {waiting:N0} notifications still wait");

                return perSecond;
            },
            () => LoadAsync(bare.Port, run.RoundTime, counts: false));
        var totals = (await sandbox.Http.GetFromJsonAsync<JsonNode>("sandbox/ledger/totals"))!;
        var captured = (long)totals["movements"]![0]!["count"]!;

        return new Measured(
            rounds,
            wrong > 0 ? $"{wrong} answers were not 201"
            : captured != paid ? $"{paid} payments answered, {captured} captured"
            : isReachable && sink.Taken != paid ? $"{paid} payments, {sink.Taken} notifications"
            : null)
        {
            Figures = new Dictionary<string, double>
            {
                ["p99_ms"] = Figures.P99(took),
                ["max_rss_mb"] = sandbox.MaxRssMb,
                ["duplicates"] = (long)totals["capturedTwice"]!,
            },
        };

        async Task<double> LoadAsync(int port, TimeSpan time, bool counts = true)
        {
            var watch = Stopwatch.StartNew();
            var done = await Task.WhenAll(Enumerable.Range(0, Connections).Select(n => Task.Run(async () =>
            {
                using var client = await LeanClient.ConnectAsync(port);
                var (requests, mine, asked, bad) = (new StringBuilder(), new List<double>(), 0, 0);

                while (watch.Elapsed < time)
                {
                    requests.Clear();

                    for (var i = 0; i < Pipelined; i++)
                    {
                        var id = $"{Interlocked.Increment(ref ids):x32}-1-261101-1";
                        Write(requests, preapprovals[(n + (asked * Connections)) % Preapprovals], id);
                        asked++;
                    }

                    bad += await client.AskAsync(Encoding.ASCII.GetBytes(requests.ToString()), Pipelined, mine.Add);
                }

                return (asked, bad, mine);
            })));

            if (counts)
            {
                paid += done.Sum(d => d.asked);
                wrong += done.Sum(d => d.bad);
                took.AddRange(done.SelectMany(d => d.mine));
            }

            return done.Sum(d => d.asked) / watch.Elapsed.TotalSeconds;
        }
    }

    private static async Task<int[]> FixturesAsync(ServerProcess sandbox)
    {
        var rows = Enumerable.Range(1, Preapprovals).Select(number => new JsonObject
        {
            ["SiteID"] = 30201,
            ["MerchantPreapprovalID"] = $"bench-{number}",
            ["Currency"] = "BRL",
            ["Customer"] = new JsonObject { ["Email"] = $"jane{number}@example.com" },
        });
        var fixtures = new JsonObject { ["Preapprovals"] = new JsonArray([.. rows]) };
        var loaded = await sandbox.Http.PostAsJsonAsync("sandbox/fixtures", fixtures);

        var answer = JsonNode.Parse(await loaded.Content.ReadAsStringAsync())!;

        return [.. answer["preapprovals"]!.AsArray().Select(id => (int)id!)];
    }

    private static HttpRequestMessage Charge(int preapproval, string id) =>
        new(HttpMethod.Post, "v1/payments/recurrent")
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Basic", Credentials) },
            Content = new StringContent(Body(preapproval, id), Encoding.UTF8, "application/json"),
        };

    private static void Write(StringBuilder requests, int preapproval, string id)
    {
        var body = Body(preapproval, id);
        requests.Append("POST /v1/payments/recurrent HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic ")
            .Append(Credentials)
            .Append("\r\nAccept: application/json\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ")
            .Append(body.Length).Append("\r\n\r\n").Append(body);
    }

    // As our own gateway client writes it.
    private static string Body(int preapproval, string id) =>
        $$$"""
        {"Payment":{"PreapprovalID":{{{preapproval}}},"MerchantTransactionID":"{{{id}}}","Amount":4990,"Currency":"BRL",
        "MethodID":46,"Description":"Monthly plan"}}
        """;

    private static async Task UntilIdleAsync(ServerProcess sandbox)
    {
        while (!(bool)(await sandbox.Http.GetFromJsonAsync<JsonNode>("sandbox/idle"))!["idle"]!)
        {
            await Task.Delay(50);
        }
    }
}
