using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Subscriptions;

[Collection(SubscribedCollection.Name)]
public class when_a_schedule_is_changed_for_later(OneWorld it)
{
    [Fact]
    public async Task the_periods_in_between_keep_their_price_and_the_customer_is_not_asked_again()
    {
        var subscriber = await Subscriber.Open(it.World, Subscriber.Schedule(unit: "day", every: 10));
        var due = Dates(await ReadAsync(subscriber, "upcoming?count=3"));

        var planned = await SendAsync(subscriber, "schedule", new()
        {
            ["amountMinor"] = 5990, ["effectiveOn"] = due[1],
        });
        Assert.Equal([4990, 5990, 5990], Amounts(planned)[..3]);
        Assert.Equal(due, Dates(planned)[..3]);

        // Said twice, because the first answer may have been lost.
        var again = await SendAsync(subscriber, "schedule", new()
        {
            ["amountMinor"] = 5990, ["effectiveOn"] = due[1],
        });
        Assert.Equal((long)planned["version"]!, (long)again["version"]!);

        var view = await subscriber.View();
        Assert.Equal(
            (1, 4990, due[1], 5990),
            ((int)view["schedule"]!["revision"]!, (int)view["schedule"]!["amountMinor"]!,
                (string)view["plannedChange"]!["effectiveOn"]!, (int)view["plannedChange"]!["amountMinor"]!));

        await it.World.AdvanceAsync("P10D");
        await it.World.AdvanceAsync("P10D");

        Assert.Equal(
            [4990, 4990, 5990],
            (await subscriber.Payments()).Select(payment => (int)payment["amountMinor"]!));
        Assert.Equal(
            [4990, 4990, 5990],
            (await it.World.Sandbox.LedgerAsync()).Where(charge => ((string)charge!["merchantTransactionId"]!)
                    .StartsWith($"{subscriber.GatewayId}-", StringComparison.Ordinal))
                .Select(charge => (int)charge!["amount"]!));

        view = await subscriber.View();
        Assert.Equal((2, 5990), ((int)view["schedule"]!["revision"]!, (int)view["schedule"]!["amountMinor"]!));
        Assert.Null(view["plannedChange"]);
        Assert.DoesNotContain("change_requested", await subscriber.Story());
        Assert.Equal(
            (2, 5990),
            await ScheduleAtTheGatewaysPathAsync(subscriber));
    }

    [Fact]
    public async Task it_can_be_taken_back()
    {
        var subscriber = await Subscriber.Open(it.World, Subscriber.Schedule(unit: "day", every: 10));
        var due = Dates(await ReadAsync(subscriber, "upcoming?count=2"));
        await SendAsync(subscriber, "schedule", new() { ["amountMinor"] = 5990, ["effectiveOn"] = due[0] });

        var back = await SendAsync(subscriber, "schedule/planned", null, HttpMethod.Delete);
        Assert.Equal([4990, 4990], Amounts(back)[..2]);
        Assert.Equal(
            (long)back["version"]!,
            (long)(await SendAsync(subscriber, "schedule/planned", null, HttpMethod.Delete))["version"]!);

        await it.World.AdvanceAsync("P10D");
        Assert.Equal([4990, 4990], (await subscriber.Payments()).Select(payment => (int)payment["amountMinor"]!));
        Assert.Equal(
            ["schedule_change_planned storefront-30201", "planned_change_cancelled storefront-30201"],
            (await subscriber.Events()).Where(e => (string)e["type"]! is "schedule_change_planned"
                    or "planned_change_cancelled")
                .Select(e => $"{e["type"]} {e["userName"]}"));
    }

    [Fact]
    public async Task a_change_without_a_day_holds_for_what_falls_due_from_now_on()
    {
        var subscriber = await Subscriber.Open(it.World, Subscriber.Schedule(unit: "day", every: 10));

        var changed = await SendAsync(subscriber, "schedule", new() { ["amountMinor"] = 990, ["every"] = 20 });
        Assert.Equal([990, 990], Amounts(changed)[..2]);
        Assert.Equal(
            20,
            DateOnly.Parse(Dates(changed)[1], null).DayNumber - DateOnly.Parse(Dates(changed)[0], null).DayNumber);
    }

    [Theory]
    [InlineData("{}", "body_invalid", "Name at least one of amountMinor")]
    [InlineData("""{"amountMinor":0}""", "118", "Amount invalid")]
    [InlineData("""{"unit":"fortnight"}""", "schedule_unit_invalid", "day, week, month or year")]
    [InlineData("""{"amountMinor":5990,"effectiveOn":"1999-01-01"}""", "effective_on_passed", "today or later")]
    [InlineData("""{"amountMinor":5990,"effectiveOn":"soon"}""", "date_invalid", "effectiveOn must be a date")]
    [InlineData("""{"amountMinor":4990,"effectiveOn":"2099-01-01"}""", "schedule_unchanged", "like that already")]
    [InlineData("""{"amountMinor":5990,"effectiveOn":"2099-12-31"}""", "nothing_due", "no due date on or after")]
    [InlineData("""{"amount":5990}""", "unknown_key", "did you mean 'amountMinor'?")]
    public async Task what_cannot_be_changed_says_why(string body, string code, string sentence)
    {
        var subscriber = await Subscriber.Open(it.World, Subscriber.Schedule(unit: "day", every: 10));
        var reply = await it.World.Storefront.AskAsync(
            HttpMethod.Post, $"v1/subscriptions/{subscriber.Id}/schedule", body);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, code), (reply.Status, (string)reply.Json["code"]!));
        Assert.Contains(sentence, (string)reply.Json["detail"]!, StringComparison.Ordinal);
        Assert.DoesNotContain("schedule_change_planned", await subscriber.Story());
    }

    private async Task<(int Revision, int AmountMinor)> ScheduleAtTheGatewaysPathAsync(Subscriber subscriber)
    {
        var shown = (await it.World.Storefront.ReadAsync($"v1/preapprovals/{subscriber.GatewayId}"))
            .Json["Preapproval"]!["Schedule"]!;

        return ((int)shown["Revision"]!, (int)shown["AmountMinor"]!);
    }

    private static string[] Dates(JsonNode upcoming) =>
        [.. upcoming["upcoming"]!.AsArray().Select(one => (string)one!["dueOn"]!)];

    private static int[] Amounts(JsonNode upcoming) =>
        [.. upcoming["upcoming"]!.AsArray().Select(one => (int)one!["amountMinor"]!)];

    private static async Task<JsonNode> ReadAsync(Subscriber subscriber, string path) =>
        (await subscriber.World.Storefront.ReadAsync($"v1/subscriptions/{subscriber.Id}/{path}")).Json;

    private static async Task<JsonNode> SendAsync(
        Subscriber subscriber, string path, JsonObject? body, HttpMethod? method = null)
    {
        var reply = await subscriber.World.Storefront.AskAsync(
            method ?? HttpMethod.Post, $"v1/subscriptions/{subscriber.Id}/{path}", body);
        Assert.True(reply.Status is HttpStatusCode.OK, reply.Text);

        return reply.Json;
    }
}
