using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Billing.Bench.Harness;
using Billing.Bench.Seeding;

namespace Billing.Bench.Starting;

/// <summary>How long a node takes to start on an existing database, and to answer its first request.</summary>
internal static class StartRow
{
    private const int Subscriptions = 1_000;
    private static readonly string Credentials =
        Convert.ToBase64String(Encoding.ASCII.GetBytes($"{BenchSite.Id}:{BenchSite.StorefrontKey}"));

    public static readonly Benchmark Row = new(
        "start", "serve, from process start to /health/ready; then the first GET /v1/subscriptions",
        "s", null, MeasureAsync);

    private static async Task<Measured> MeasureAsync(BenchRun run)
    {
        await using var host = await BillingHost.CreateAsync(run);
        await Seeder.WriteAsync(host, run, Subscriptions, "subscriptions", Subscribers.NotDue);
        var (first, second, wrong) = (new List<double>(), new List<double>(), (string?)null);
        var rounds = await run.AlternateAsync(async () =>
        {
            var watch = Stopwatch.StartNew();
            await using var service = await host.StartServiceAsync(
                new Dictionary<string, string> { ["Jobs__Enabled"] = "true" }, health: "health/ready");
            var ready = watch.Elapsed.TotalSeconds;
            first.Add(await RequestAsync());
            second.Add(await RequestAsync());
            run.Say($"first request {first[^1] * 1_000:N0} ms, second {second[^1] * 1_000:N0} ms");

            return ready;

            async Task<double> RequestAsync()
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, "v1/subscriptions");
                request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Credentials);
                var began = watch.Elapsed;
                using var answer = await service.Http.SendAsync(request);
                var body = await answer.Content.ReadAsStringAsync();
                wrong ??= answer.IsSuccessStatusCode && body.Contains("bench-", StringComparison.Ordinal)
                    ? null
                    : $"GET /v1/subscriptions answered {(int)answer.StatusCode}: {body}";

                return (watch.Elapsed - began).TotalSeconds;
            }
        });

        return new Measured(rounds, wrong)
        {
            Figures = new Dictionary<string, double>
            {
                ["first_request_ms"] = 1_000 * Figures.Median(first.TakeLast(rounds.Count)),
                ["second_request_ms"] = 1_000 * Figures.Median(second.TakeLast(rounds.Count)),
            },
        };
    }
}
