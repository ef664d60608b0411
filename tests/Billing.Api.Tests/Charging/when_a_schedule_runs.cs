using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Charging;

[Keeps(Promise.NothingDueIsForgotten)]
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
    public async Task missed_months_are_caught_up_by_the_chosen_rule(
        string rule, int charged, int skipped, string reason)
    {
        var subscriber = await Subscriber.Open(world, Subscriber.Schedule(catchUp: rule));

        await world.AdvanceAsync("P3M3D");

        Assert.Equal(charged, (await subscriber.ChargedOn()).Length);
        Assert.Equal(
            Enumerable.Repeat(reason, skipped), (await subscriber.Skipped()).Select(skip => skip.Split(' ')[1]));
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
    public async Task the_whole_object_sent_back_begins_no_plan_anew()
    {
        var schedule = Subscriber.Schedule(unit: "day");
        schedule["Periods"] = 2;
        var subscriber = await Subscriber.Open(world, schedule);

        Assert.Equal((1, 1, null), await SendBackAsync(subscriber));
        await world.AdvanceAsync("P1D");
        Assert.Equal((1, 0, null), await SendBackAsync(subscriber));
        await world.AdvanceAsync("P3D");
        Assert.Equal(2, (await subscriber.ChargedOn()).Length);

        var fewer = await SendBackAsync(subscriber, shown => shown["Periods"] = 1);
        var refusal = fewer.Refusal!;
        refusal.AssertRefused(HttpStatusCode.UnprocessableEntity, "Preapproval", "2");
        Assert.Contains("1 periods in all, but 2 ", refusal.Text, StringComparison.Ordinal);

        Assert.Equal((2, 1, null), await SendBackAsync(subscriber, shown => shown["Periods"] = 3));
        await world.AdvanceAsync("P3D");
        Assert.Equal(3, (await subscriber.ChargedOn()).Length);
        Assert.Equal(0, (int)(await subscriber.View())["schedule"]!["periodsLeft"]!);
        await Witness.OneTruthAsync(world, subscriber);
    }

    [Theory]
    [InlineData("year", "month", 12)]
    [InlineData("month", "year", 1)]
    [InlineData("month", "week", 1)]
    public async Task a_new_interval_begins_when_the_paid_one_ends(string from, string to, int months)
    {
        var subscriber = await Subscriber.Open(world, Subscriber.Schedule(unit: from, catchUp: "bill_all"));
        var first = DateOnly.Parse(Assert.Single(await subscriber.ChargedOn()));

        Assert.Equal((2, null, null), await SendBackAsync(subscriber, shown => shown["Unit"] = to));
        await world.UntilIdle();

        Assert.Single(await subscriber.ChargedOn());
        Assert.Equal($"{first.AddMonths(months):O}", (string)(await subscriber.View())["nextDue"]!["on"]!);
        await EndAsync(subscriber);
    }

    [Fact]
    public async Task after_a_decline_for_good_nothing_is_attempted_until_the_schedule_is_resumed()
    {
        var subscriber = await world.OpenMeeting(
            "decline", times: null, schedule: Subscriber.Schedule(unit: "day"), code: 12);
        await world.UntilIdle();
        var suspended = (await subscriber.View())["suspended"]!;

        Assert.Equal(("declined_for_good", "operator"), ((string)suspended["reason"]!, (string)suspended["owner"]!));
        Assert.Equal("suspended", (string)(await subscriber.View())["trouble"]!);
        Assert.Equal(1, (int)(await world.Anonymous.ReadAsync("health/ready")).Json["subscriptionsSuspended"]!);
        await world.AdvanceAsync("P2D");
        Assert.Equal(["failed"], await subscriber.Statuses());
        Assert.All(await subscriber.Skipped(), skip => Assert.EndsWith(" suspended", skip));
        var upcoming = await world.Storefront.ReadAsync($"v1/subscriptions/{subscriber.Id}/upcoming");
        Assert.Equal("suspended", (string)upcoming.Json["upcoming"]![0]!["state"]!);

        await world.Sandbox.BehaveAsync();
        await PostAsync(subscriber, "resume");
        Assert.Null((await subscriber.View())["trouble"]);
        Assert.Equal(0, (int)(await world.Anonymous.ReadAsync("health/ready")).Json["subscriptionsSuspended"]!);
        await world.AdvanceAsync("P1D");

        Assert.Equal(["failed", "charged"], await subscriber.Statuses());
        await Witness.OneTruthAsync(world, subscriber);
        await EndAsync(subscriber);
    }

    [Fact]
    public async Task charge_now_repeated_with_the_same_id_is_one_charge()
    {
        var subscriber = await Subscriber.Open(world, Subscribers.Once());
        var body = new JsonObject
        {
            ["merchantTransactionId"] = $"extra-{subscriber.GatewayId}", ["amountMinor"] = 700, ["currency"] = "BRL"
        };

        for (var time = 0; time < 3; time++)
        {
            using var answer = await world.Storefront.PostAsJsonAsync(
                $"v1/subscriptions/{subscriber.Id}/charges", body);
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            Assert.Equal(
                ("charged", 700L),
                ((string)(await JsonAsync(answer))["status"]!, (long)(await JsonAsync(answer))["amountMinor"]!));
        }

        Assert.Equal(1, await subscriber.Received($"extra-{subscriber.GatewayId}"));
        await world.UntilIdle();
        await Witness.OneTruthAsync(world, subscriber);
    }

    // As an editor does: reads the object, changes one thing in it and sends all of it back.
    private async Task<(int Revision, int? PeriodsLeft, HttpReply? Refusal)> SendBackAsync(
        Subscriber subscriber, Action<JsonNode>? edit = null)
    {
        var address = $"v1/preapprovals/{subscriber.GatewayId}";
        var body =
            new JsonObject { ["Preapproval"] = (await world.Storefront.ReadAsync(address)).Preapproval.DeepClone() };
        body["Preapproval"]!["Customer"]!["Phone"] = "0765261111";
        edit?.Invoke(body["Preapproval"]!["Schedule"]!);
        var reply = await world.Storefront.AskAsync(HttpMethod.Patch, address, body);
        var view = (await subscriber.View())["schedule"]!;

        return (
            (int)view["revision"]!, (int?)view["periodsLeft"], reply.Status is HttpStatusCode.Created ? null : reply);
    }

    private async Task<Subscriber> DueTomorrowAsync(JsonObject schedule)
    {
        schedule["FirstDueOn"] =
            DateOnly.FromDateTime((await world.Sandbox.NowAsync()).UtcDateTime).AddDays(1).ToString("O");

        return await Subscriber.Open(world, schedule);
    }

    // The next test's months are not this one's.
    private static async Task EndAsync(Subscriber subscriber) =>
        Assert.Equal(HttpStatusCode.OK, (await subscriber.Close()).Status);

    private static async Task<JsonNode> JsonAsync(HttpResponseMessage answer) =>
        JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;

    private async Task PostAsync(Subscriber subscriber, string verb)
    {
        using var answer = await world.Storefront.PostAsync($"v1/subscriptions/{subscriber.Id}/{verb}", null);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
