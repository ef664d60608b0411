using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Operating;

[Collection(GuardedHouse.Name)]
public class when_the_clock_of_a_node_is_wrong(GuardedWorld shared)
{
    // Every duty reads the time at each of its intervals.
    private const int Readings = 300;

    private World World => shared.World;

    [Fact]
    public async Task a_jump_of_three_days_charges_nothing_early_is_reported_and_ends_with_the_right_time()
    {
        var tomorrow = (await World.Sandbox.NowAsync()).AddDays(1);
        var subscriber = await Subscriber.Open(World, Subscriber.Schedule(firstDueOn: $"{tomorrow:yyyy-MM-dd}"));
        shared.Clock.SetAhead(TimeSpan.FromDays(3));

        try
        {
            var (status, reason) = await ReadyAsync();
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            Assert.Contains("clock differs from the database's by more than 60 seconds", reason, StringComparison.Ordinal);

            var before = shared.Clock.Readings;
            await Books.Until(
                "the duties have looked at the time often", () => Task.FromResult(shared.Clock.Readings > before + Readings));
            Assert.Empty(await subscriber.Payments());
        }
        finally
        {
            shared.Clock.SetAhead(TimeSpan.Zero);
        }

        Assert.Equal(HttpStatusCode.OK, (await ReadyAsync()).Status);
        await World.AdvanceAsync("P1D");

        Assert.Equal("charged", (string)Assert.Single(await subscriber.Payments())["status"]!);
        Assert.Contains(shared.Log.All, line => line.StartsWith("This node's clock differs from", StringComparison.Ordinal));
    }

    private async Task<(HttpStatusCode Status, string Reason)> ReadyAsync()
    {
        using var answer = await World.Anonymous.GetAsync("health/ready");
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;

        return (answer.StatusCode, (string?)body["reason"] ?? "");
    }
}
