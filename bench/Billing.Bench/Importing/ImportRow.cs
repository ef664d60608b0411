using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Billing.Bench.Charging;
using Billing.Bench.Gateway;
using Billing.Bench.Harness;
using Billing.Bench.Seeding;

namespace Billing.Bench.Importing;

/// <summary>How many rows of a file are imported a second, while the node is killed once and another goes on.</summary>
internal static class ImportRow
{
    private const int Rows = 100_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(100);

    public static readonly Benchmark Row = new(
        "import",
        $"import of {Rows:N0} preapprovals that the gateway has; the node is killed at half, and another goes on",
        "rows/s", null, MeasureAsync)
    {
        Bar = 556,
    };

    private static async Task<Measured> MeasureAsync(BenchRun run)
    {
        var (seconds, memory, wrong) = (new List<double>(), 0.0, (string?)null);
        var rounds = await run.AlternateAsync(
            async () =>
            {
                await using var host = await BillingHost.CreateAsync(run);
                await using var gateway = await SimulatedGateway.StartAsync(Rows, notifications: null);
                var (watch, id) = (new Stopwatch(), "");

                await using (var doomed = await StartAsync(host, gateway))
                {
                    watch.Start();
                    id = await SendAsync(doomed);
                    run.Say($"received in {watch.Elapsed.TotalSeconds:N1} s");
                    await UntilAsync(doomed, id, it => (int)it["imported"]! >= Rows / 2);
                    memory = Math.Max(memory, doomed.MaxRssMb);
                }

                run.Say($"killed after {watch.Elapsed.TotalSeconds:N1} s");
                await using var next = await StartAsync(host, gateway);
                await UntilAsync(next, id, it => (string)it["state"]! == "done");
                seconds.Add(watch.Elapsed.TotalSeconds);
                memory = Math.Max(memory, next.MaxRssMb);
                wrong ??= await CheckAsync(host, next, id);

                return Rows / watch.Elapsed.TotalSeconds;
            },
            warm: 0);

        return new Measured(rounds, wrong)
        {
            Figures = new Dictionary<string, double>
            {
                ["import_seconds"] = Figures.Median(seconds), ["max_rss_mb"] = memory,
            },
        };
    }

    private static async Task<ServerProcess> StartAsync(BillingHost host, SimulatedGateway gateway)
    {
        var service = await host.StartServiceAsync(new Dictionary<string, string>
        {
            ["Gateway__BaseAddress"] = $"http://127.0.0.1:{gateway.Process.Port}/",
            ["Jobs__Enabled"] = "true",
            ["Sandbox__Enabled"] = "true",
        });
        service.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.ASCII.GetBytes($"{BenchSite.Id}:{BenchSite.StorefrontKey}")));

        return service;
    }

    private static async Task<string> SendAsync(ServerProcess service)
    {
        var file = new StringBuilder();

        foreach (var number in Enumerable.Range(1, Rows))
        {
            file.Append(
                CultureInfo.InvariantCulture,
                $$"""{"preapprovalId":{{number}},"anchorOn":"2020-01-31","nextDueOn":"2090-01-31",""")
                .Append("""
                    "amountMinor":4990,"currency":"BRL","unit":"month","pastCharges":12,"pastAmountMinor":59880}
                    """).Append('\n');
        }

        using var answer = await service.Http.PostAsync(
            "v1/imports", new StringContent(file.ToString(), Encoding.UTF8, "application/x-ndjson"));
        answer.EnsureSuccessStatusCode();

        return (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["id"]!;
    }

    private static Task<JsonNode?> FindAsync(ServerProcess service, string id) =>
        service.Http.GetFromJsonAsync<JsonNode>($"v1/imports/{id}");

    private static async Task UntilAsync(ServerProcess service, string id, Func<JsonNode, bool> isSo)
    {
        var waited = Stopwatch.StartNew();

        while (await FindAsync(service, id) is { } import && !isSo(import))
        {
            if (waited.Elapsed > Patience)
            {
                throw new TimeoutException(import.ToJsonString());
            }

            await Task.Delay(PollEvery);
        }
    }

    private static async Task<string?> CheckAsync(BillingHost host, ServerProcess service, string id)
    {
        var import = (await FindAsync(service, id))!;
        await using var command = host.DataSource.CreateCommand(
            $"""
            select count(*), count(distinct stream_id), count(distinct data -> 'Gateway' ->> 'PreapprovalId')
            from {host.Schema}.mt_events where type = 'recovered_from_gateway'
            """);
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        var (events, streams, gatewayIds) = (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2));

        return (int)import["imported"]! == Rows && (events, streams, gatewayIds) == (Rows, Rows, Rows)
            ? null
            : $"{import.ToJsonString()}: {events:N0} begun, {streams:N0} streams, {gatewayIds:N0} gateway ids";
    }
}
