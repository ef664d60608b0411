using System.Diagnostics;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;
using Microsoft.AspNetCore.Builder;

namespace Billing.Api.Tests.RateLimiting;

public sealed class PacedWorld : SharedWorld
{
    public const int CallsPerSecond = 20;

    private WebApplication? second;

    protected override Dictionary<string, string?> Settings => new(base.Settings)
    {
        ["Sites__30201__GatewayCallsPerSecond"] = $"{CallsPerSecond}", ["Charging__MaxInFlight"] = "32",
        ["Notifications__Confirm"] = "off",
    };

    /// <summary>Two nodes on one database.</summary>
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        var settings = World.Settings(Settings)
            .Select(setting => $"--{setting.Key.Replace("__", ":")}={setting.Value}");
        second = BillingApp.Build([
            .. settings, "--urls", $"http://127.0.0.1:{LocalMachine.FreePort()}", "--Logging:LogLevel:Default=Warning"
        ]);
        await second.StartAsync();
    }

    public override async Task DisposeAsync()
    {
        await second!.StopAsync();
        await second.DisposeAsync();
        await base.DisposeAsync();
    }
}

/// <summary>The ledger of the other side is the witness.</summary>
public class when_a_site_has_a_pace(PacedWorld shared) : IClassFixture<PacedWorld>
{
    private readonly World world = shared.World;

    [Fact]
    public async Task both_nodes_together_keep_it_and_no_attempt_is_spent_on_waiting()
    {
        var tomorrow = (await world.Sandbox.NowAsync()).AddDays(1)
            .ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var subscribers = await Task.WhenAll(Enumerable.Range(0, 50)
            .Select(_ => Subscriber.Pending(world, Subscriber.Schedule(unit: "day", firstDueOn: tomorrow))));
        await Task.WhenAll(subscribers.Select(subscriber => world.Sandbox.ApproveAsync(subscriber.GatewayId)));
        await world.UntilIdle();

        // A machine that pauses for a second bunches arrivals: of three days, one without that is enough.
        var days = new List<List<DateTimeOffset>>();

        while (days.Count < 3 && !days.Exists(IsAtTheirPace))
        {
            // All of them are due in the same moment.
            await world.AdvanceAsync("P1D");

            var charges = await world.Sandbox.LedgerAsync();
            Assert.Equal(50 * (days.Count + 1), charges.Count);
            Assert.All(charges, charge => Assert.Equal((1, 1), ((int)charge!["received"]!, (int)charge["captured"]!)));
            Assert.All(charges, charge => Assert.EndsWith("-1", (string)charge!["merchantTransactionId"]!));
            days.Add([.. charges.SelectMany(charge => charge!["events"]!.AsArray())
                .Where(it => (string)it!["what"]! is "received" or "looked_up")
                .Select(it => (DateTimeOffset)it!["at"]!)
                .Order()
                .Skip(days.Sum(calls => calls.Count))]);
            Assert.True(days[^1].Count >= 50);

            // At twice the pace they would be over within that.
            Assert.InRange(days[^1][^1] - days[^1][0], TimeSpan.FromSeconds(1.25), TimeSpan.FromMinutes(2));
        }

        Assert.True(
            days.Exists(IsAtTheirPace),
            string.Join("\n", days.Select(calls => string.Join(' ', calls.Select(at => $"{at - calls[0]:ss\\.fff}")))));
    }

    // A turn that is up to a quarter of a second late still holds.
    private static bool IsAtTheirPace(List<DateTimeOffset> calls) =>
        calls.TrueForAll(
            from => calls.Count(at => at >= from && at < from.AddSeconds(1)) <= PacedWorld.CallsPerSecond * 2)
        && calls[^1] - calls[0] >= TimeSpan.FromSeconds(1.5);

    [Fact]
    public async Task a_clock_that_was_set_back_delays_no_call()
    {
        var subscriber = await Subscriber.Open(world, Subscribers.Once());
        await world.QueryAsync<int>("update rate_limits set taken_until = clock_timestamp() + interval '3 hours'");
        var watch = Stopwatch.StartNew();

        var (status, _) = await subscriber.Charge("after-the-leap");

        Assert.Equal(System.Net.HttpStatusCode.Created, status);
        Assert.Equal(
            "charged",
            (string)(await subscriber.Payments())
                .Single(payment => (string)payment["merchantTransactionId"]! == "after-the-leap")["status"]!);
        Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1));
        Assert.True(await world.QueryAsync<bool>(
            "select taken_until < clock_timestamp() + interval '1 minute' from rate_limits where tenant_id = '30201'"));
    }
}
