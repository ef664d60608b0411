using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Charging;

public class when_a_schedule_runs(SharedWorld shared) : IClassFixture<SharedWorld>
{
    private readonly World world = shared.World;

    [Fact]
    public async Task what_falls_due_in_a_pause_is_skipped_and_what_comes_after_it_is_charged()
    {
        var subscriber = await DueTomorrowAsync(Subscriber.Schedule(unit: "day"));

        await PostAsync(subscriber, "pause");
        await world.AdvanceAsync("P1D");
        await PostAsync(subscriber, "resume");
        await world.AdvanceAsync("P1D");

        var skipped = Assert.Single(await subscriber.Skipped());
        Assert.EndsWith(" paused", skipped);
        var charged = Assert.Single(await subscriber.ChargedOn());
        Assert.Equal(DateOnly.Parse(skipped.Split(' ')[0]).AddDays(1), DateOnly.Parse(charged));
        Assert.Contains("schedule_resumed", await subscriber.Story());
        await EndAsync(subscriber);
    }

    [Theory]
    [InlineData("bill_all", 4, 0, "")]
    [InlineData("latest_only", 2, 2, "superseded")]
    [InlineData("skip", 1, 3, "missed")]
    public async Task months_that_nobody_looked_at_are_caught_up_by_the_written_rule(string rule, int charged, int skipped, string reason)
    {
        var subscriber = await Subscriber.Open(world, Subscriber.Schedule(catchUp: rule));

        await world.AdvanceAsync("P3M3D");

        Assert.Equal(charged, (await subscriber.ChargedOn()).Length);
        Assert.Equal(Enumerable.Repeat(reason, skipped), (await subscriber.Skipped()).Select(skip => skip.Split(' ')[1]));
        await Witness.OneTruthAsync(world, subscriber);
        await EndAsync(subscriber);
    }

    [Fact]
    public async Task it_ends_when_its_periods_are_used_up()
    {
        var schedule = Subscriber.Schedule(unit: "day");
        schedule["Periods"] = 2;
        var subscriber = await Subscriber.Open(world, schedule);

        await world.AdvanceAsync("P1D");
        await world.AdvanceAsync("P1D");

        Assert.Equal(2, (await subscriber.ChargedOn()).Length);
        Assert.Null((await subscriber.View())["nextDue"]);
    }

    [Fact]
    public async Task it_ends_after_its_last_day()
    {
        var today = DateOnly.FromDateTime((await world.Sandbox.NowAsync()).UtcDateTime);
        var schedule = Subscriber.Schedule(unit: "day");
        schedule["EndsOn"] = today.AddDays(1).ToString("O");
        var subscriber = await Subscriber.Open(world, schedule);

        await world.AdvanceAsync("P1D");
        await world.AdvanceAsync("P1D");

        Assert.Equal([today.ToString("O"), today.AddDays(1).ToString("O")], await subscriber.ChargedOn());
        Assert.Null((await subscriber.View())["nextDue"]);
    }

    [Fact]
    public async Task charge_now_repeated_with_the_same_id_is_one_charge()
    {
        var subscriber = await Subscriber.Open(world, Subscribers.Once());
        var body = new JsonObject { ["merchantTransactionId"] = $"extra-{subscriber.GatewayId}", ["amountMinor"] = 700, ["currency"] = "BRL" };

        for (var time = 0; time < 3; time++)
        {
            using var answer = await world.Storefront.PostAsJsonAsync($"v1/subscriptions/{subscriber.Id}/charges", body);
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            Assert.Equal(("charged", 700L), ((string)(await JsonAsync(answer))["status"]!, (long)(await JsonAsync(answer))["amountMinor"]!));
        }

        Assert.Equal(1, await subscriber.Received($"extra-{subscriber.GatewayId}"));
        await world.UntilIdle();
        await Witness.OneTruthAsync(world, subscriber);
    }

    private async Task<Subscriber> DueTomorrowAsync(JsonObject schedule)
    {
        schedule["FirstDueOn"] = DateOnly.FromDateTime((await world.Sandbox.NowAsync()).UtcDateTime).AddDays(1).ToString("O");

        return await Subscriber.Open(world, schedule);
    }

    // The next test's months are not this one's.
    private static async Task EndAsync(Subscriber subscriber) => Assert.Equal(HttpStatusCode.OK, (await subscriber.Close()).Status);

    private static async Task<JsonNode> JsonAsync(HttpResponseMessage answer) => JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;

    private async Task PostAsync(Subscriber subscriber, string verb)
    {
        using var answer = await world.Storefront.PostAsync($"v1/subscriptions/{subscriber.Id}/{verb}", null);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
