using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Billing.Bench.Gateway;
using Billing.Bench.Seeding;

namespace Billing.Bench.Charging;

/// <summary>The simulator in a process of its own; it keeps the clock and counts what it received.</summary>
internal sealed class SimulatedGateway : IAsyncDisposable
{
    private const int FixturesPerRequest = 10_000;
    private readonly bool isNotifying;

    private SimulatedGateway(ServerProcess process, bool isNotifying) =>
        (Process, this.isNotifying) = (process, isNotifying);

    public ServerProcess Process { get; }

    /// <param name="preapprovals">It knows open preapprovals with the ids 1 to this number.</param>
    /// <param name="notifications">Where it sends notifications; null: it sends none.</param>
    public static async Task<SimulatedGateway> StartAsync(int preapprovals, Uri? notifications)
    {
        // Without deduplication a charge that is sent twice is taken twice, so that it is seen.
        var settings = new Dictionary<string, string>
        {
            [$"Sandbox__Sites__{BenchSite.Id}__ApiKey"] = BenchSite.GatewayKey,
            ["Sandbox__Dedupe"] = "off",
            ["Sandbox__ClockStart"] = $"{Subscribers.Now:O}",
            ["Logging__LogLevel__Default"] = "Warning",
        };

        if (notifications is not null)
        {
            settings[$"Sandbox__Sites__{BenchSite.Id}__NotificationUrl"] = $"{notifications}";
        }

        var program = ServerProcess.Program("Billing.Sandbox");
        var process = await ServerProcess.StartAsync([program], "health/live", settings);
        var gateway = new SimulatedGateway(process, notifications is not null);
        await gateway.LoadAsync(preapprovals);
        await gateway.DelayChargesAsync(0);

        return gateway;
    }

    /// <summary>Makes it take so long for each charge.</summary>
    public Task DelayChargesAsync(int milliseconds) => MisbehaveAsync(
        milliseconds > 0
            ? [new JsonObject { ["operation"] = "charge", ["action"] = "slow", ["delayMs"] = milliseconds }]
            : []);

    /// <summary>Makes it take long for some charges, and break the connection of as many others.</summary>
    /// <param name="percent">Of the charges, for each of the two; 0: none.</param>
    public Task TroubleChargesAsync(double percent, int milliseconds) => MisbehaveAsync(
        percent > 0
            ?
            [
                new JsonObject
                {
                    ["operation"] = "charge", ["action"] = "slow", ["delayMs"] = milliseconds, ["percent"] = percent,
                },
                new JsonObject { ["operation"] = "charge", ["action"] = "reset", ["percent"] = percent },
            ]
            : []);

    public async Task MoveClockAsync(DateTimeOffset to)
    {
        var answer = await Process.Http.PostAsJsonAsync("sandbox/clock", new JsonObject { ["now"] = $"{to:O}" });
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>
    /// How many charges it received, how many it took twice, and how many it was asked for that it never received.
    /// </summary>
    public async Task<(long Received, long Twice, long LookedUpUnsent)> TotalsAsync()
    {
        var totals = (await Process.Http.GetFromJsonAsync<JsonNode>("sandbox/ledger/totals"))!;

        return ((long)totals["received"]!, (long)totals["capturedTwice"]!, (long)totals["lookedUpUnsent"]!);
    }

    /// <summary>Whether it has delivered every notification.</summary>
    public async Task<bool> IsIdleAsync() =>
        (bool)(await Process.Http.GetFromJsonAsync<JsonNode>("sandbox/idle"))!["idle"]!;

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    private async Task MisbehaveAsync(JsonArray rules)
    {
        if (!isNotifying)
        {
            rules.Add(new JsonObject { ["operation"] = "notify", ["action"] = "lose_notification" });
        }

        var answer = await Process.Http.PutAsJsonAsync("sandbox/scenarios", new JsonObject { ["rules"] = rules });
        answer.EnsureSuccessStatusCode();
    }

    private async Task LoadAsync(int preapprovals)
    {
        foreach (var some in Enumerable.Range(1, preapprovals).Chunk(FixturesPerRequest))
        {
            var fixtures = new JsonObject { ["Preapprovals"] = new JsonArray([.. some.Select(Fixture)]) };
            (await Process.Http.PostAsJsonAsync("sandbox/fixtures", fixtures)).EnsureSuccessStatusCode();
        }
    }

    private static JsonObject Fixture(int number) => new()
    {
        ["ID"] = number,
        ["SiteID"] = BenchSite.Number,
        ["MerchantPreapprovalID"] = $"bench-{number}",
        ["Currency"] = "BRL",
        ["Customer"] = new JsonObject { ["Email"] = $"customer-{number}@example.com" },
    };
}
