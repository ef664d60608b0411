using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Billing.Bench.Harness;

namespace Billing.Bench.Gateway;

/// <summary>How many recurrent payments the simulated gateway takes, notifications included: it must never be what our own figures measure.</summary>
internal static class SandboxPayments
{
    private const int Connections = 16;
    private const int Pipelined = 4;
    private const int Preapprovals = 1_000;
    private static readonly string Credentials = Convert.ToBase64String("30201:gateway-key-30201"u8);

    public static readonly Benchmark Row = new(
        "sandbox", "Recurrent payments taken by the sandbox, ledger and notifications included; 16 connections", "payments/s", "bare Kestrel answering a constant 201 of the same size", null, run => MeasureAsync(run, isReachable: true));

    public static readonly Benchmark Unreachable = new(
        "sandbox-unreachable", "The same while the merchant's notification address refuses connections", "payments/s", "bare Kestrel answering a constant 201 of the same size", null, run => MeasureAsync(run, isReachable: false));

    private static async Task<Measured> MeasureAsync(BenchRun run, bool isReachable)
    {
        using var sink = new NotificationSink();
        var url = isReachable ? sink.Url : new Uri($"http://127.0.0.1:{ServerProcess.FreePort()}/v1/notifications");
        await using var sandbox = await ServerProcess.StartAsync(
            [Path.Combine(AppContext.BaseDirectory, "../../../../../src/Billing.Sandbox/bin/Release/net10.0/Billing.Sandbox.dll")],
            "health/live",
            new Dictionary<string, string> { ["Sandbox__Sites__30201__ApiKey"] = "gateway-key-30201", ["Sandbox__Sites__30201__NotificationUrl"] = url.ToString() });
        var preapprovals = await FixturesAsync(sandbox);
        var size = (await sandbox.Http.SendAsync(Charge(preapprovals[0], "first"))).Content.Headers.ContentLength!.Value;
        await using var bare = await ServerProcess.StartAsync([typeof(SandboxPayments).Assembly.Location, ConstantServer.Verb, $"{size}"], "");
        var (paid, wrong, took, ids) = (1L, 0, new List<double>(), 0L);

        var rounds = await run.ByTurnsAsync(
            async () =>
            {
                took.Clear();
                var (before, done) = (sandbox.Cpu, paid);
                var perSecond = await LoadAsync(sandbox.Port, run.RoundTime);
                var cpu = (sandbox.Cpu - before) / (paid - done);
                var lag = isReachable ? paid - sink.Taken : 0;
                await UntilIdleAsync(sandbox);
                run.Say($"{cpu.TotalMicroseconds:N0} µs of the sandbox's CPU per payment, {lag:N0} notifications were still to be sent");
                return perSecond;
            },
            () => LoadAsync(bare.Port, run.RoundTime, counts: false));

        var totals = (await sandbox.Http.GetFromJsonAsync<JsonNode>("sandbox/ledger/totals"))!;
        var captured = (long)totals["movements"]![0]!["count"]!;
        return new Measured(
            rounds,
            took.Count == 0 ? null : Figures.P99(took),
            sandbox.MaxRssMb,
            (long)totals["capturedTwice"]!,
            wrong > 0 ? $"{wrong} answers were not 201" : captured != paid ? $"{paid} payments answered, {captured} captured" : isReachable && sink.Taken != paid ? $"{paid} payments, {sink.Taken} notifications" : null);

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
                        Write(requests, preapprovals[(n + (asked * Connections)) % Preapprovals], $"{Interlocked.Increment(ref ids):x32}-1-261101-1");
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
        var rows = new JsonArray([.. Enumerable.Range(1, Preapprovals).Select(n => new JsonObject { ["SiteID"] = 30201, ["MerchantPreapprovalID"] = $"bench-{n}", ["Currency"] = "BRL", ["Customer"] = new JsonObject { ["Email"] = $"jane{n}@example.com" } })]);
        var loaded = await sandbox.Http.PostAsJsonAsync("sandbox/fixtures", new JsonObject { ["Preapprovals"] = rows });
        return [.. JsonNode.Parse(await loaded.Content.ReadAsStringAsync())!["preapprovals"]!.AsArray().Select(id => (int)id!)];
    }

    private static HttpRequestMessage Charge(int preapproval, string id) => new(HttpMethod.Post, "v1/payments/recurrent")
    {
        Headers = { Authorization = new AuthenticationHeaderValue("Basic", Credentials) },
        Content = new StringContent(Body(preapproval, id), Encoding.UTF8, "application/json"),
    };

    private static void Write(StringBuilder requests, int preapproval, string id)
    {
        var body = Body(preapproval, id);
        requests.Append("POST /v1/payments/recurrent HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic ").Append(Credentials)
            .Append("\r\nAccept: application/json\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ").Append(body.Length).Append("\r\n\r\n").Append(body);
    }

    // As our own gateway client writes it.
    private static string Body(int preapproval, string id) =>
        $$$"""{"Payment":{"PreapprovalID":{{{preapproval}}},"MerchantTransactionID":"{{{id}}}","Amount":4990,"Currency":"BRL","MethodID":46,"Description":"1 year subscription"}}""";

    private static async Task UntilIdleAsync(ServerProcess sandbox)
    {
        while ((bool)(await sandbox.Http.GetFromJsonAsync<JsonNode>("sandbox/idle"))!["idle"]! is false)
        {
            await Task.Delay(50);
        }
    }
}
