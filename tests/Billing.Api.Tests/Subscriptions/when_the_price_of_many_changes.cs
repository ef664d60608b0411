using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Subscriptions;

[Collection(SubscribedCollection.Name)]
public class when_the_price_of_many_changes(OneWorld it)
{
    [Fact]
    public async Task a_dry_run_shows_counts_and_sums_and_a_run_plans_each_once()
    {
        var monthly = await Subscriber.Open(it.World, Subscriber.Schedule(4711, unit: "day", every: 10));
        var yearly = await Subscriber.Open(it.World, Subscriber.Schedule(4711, unit: "year"));
        var other = await Subscriber.Open(it.World, Subscriber.Schedule(4712));
        var effectiveOn = (await UpcomingAsync(monthly))[1].On;
        var before = await VersionsAsync(monthly, yearly, other);

        var change = await FinishedAsync(await SendAsync("", Asked(4711, 5711, effectiveOn)), "checked");
        Assert.Equal((2, 2, 2, 0), Counts(change["dryRun"]!));
        Assert.Equal(
            (9422, 11422),
            ((int)change["dryRun"]!["beforeMinor"]!, (int)change["dryRun"]!["afterMinor"]!));

        // 4711 in ten days is 14329 in a month, and 4711 in a year is 393.
        Assert.Equal(
            (14722, 17847),
            ((int)change["dryRun"]!["monthlyBeforeMinor"]!, (int)change["dryRun"]!["monthlyAfterMinor"]!));
        Assert.Equal(before, await VersionsAsync(monthly, yearly, other));

        await RunAsync(change);
        change = await RunAsync(change);
        Assert.Equal((2, 2, 2, 0), Counts(change["run"]!));
        Assert.Equal(
            before.Zip([1, 1, 0], (version, more) => version + more), await VersionsAsync(monthly, yearly, other));

        var view = await monthly.View();
        Assert.Equal(
            (effectiveOn, 5711, (string)change["id"]!),
            ((string)view["plannedChange"]!["effectiveOn"]!, (int)view["plannedChange"]!["amountMinor"]!,
                (string)view["plannedChange"]!["priceChange"]!));
        var planned = (await monthly.Events()).Single(e => (string)e["type"]! is "schedule_change_planned");
        Assert.Equal(
            ("storefront-30201", $"price-change-{change["id"]}"),
            ((string)planned["userName"]!, (string)planned["causationId"]!));

        await it.World.AdvanceAsync("P10D");
        await it.World.AdvanceAsync("P10D");
        Assert.Equal(
            [4711, 4711, 5711],
            (await it.World.Sandbox.LedgerAsync()).Where(charge => ((string)charge!["merchantTransactionId"]!)
                    .StartsWith($"{monthly.GatewayId}-", StringComparison.Ordinal))
                .Select(charge => (int)charge!["amount"]!));
    }

    [Fact]
    public async Task what_cannot_be_changed_is_listed_with_the_reason()
    {
        var agreed = await Subscriber.Open(it.World, Subscriber.Schedule(4721));
        var ends = Subscriber.Schedule(4721);
        ends["EndsOn"] = (await UpcomingAsync(agreed))[1].On;
        var ending = await Subscriber.Open(it.World, ends);
        var changed = await Subscriber.Open(it.World, Subscriber.Schedule(4721));
        await it.World.Storefront.AskAsync(
            HttpMethod.Post, $"v1/subscriptions/{agreed.Id}/schedule",
            new JsonObject { ["amountMinor"] = 3000, ["effectiveOn"] = "2090-01-01" });

        var change = await RunAsync(await SendAsync("", Asked(4721, 5721, "2091-01-01")));
        Assert.Equal((3, 3, 1, 0), Counts(change["run"]!));
        Assert.Equal(
            """{"change_planned":1,"nothing_due":1}""", change["run"]!["refused"]!.ToJsonString());

        var first = await ReadAsync($"{change["id"]}/refused?limit=1");
        var second = await ReadAsync($"{change["id"]}/refused?limit=1&after={first["next"]}");
        Assert.Equal(
            [(agreed.Id, "change_planned"), (ending.Id, "nothing_due")],
            new[] { first, second }.Select(page => page["refused"]![0]!)
                .Select(row => ((Guid)row["subscriptionId"]!, (string)row["code"]!)));
        Assert.Null(second["next"]);
        Assert.StartsWith(
            "Another change of this schedule", (string)first["refused"]![0]!["reason"]!, StringComparison.Ordinal);
        Assert.Equal(3000, (int)(await agreed.View())["plannedChange"]!["amountMinor"]!);
        Assert.Equal(5721, (int)(await changed.View())["plannedChange"]!["amountMinor"]!);
    }

    [Fact]
    public async Task a_cancelled_change_is_taken_back_where_it_is_not_in_force()
    {
        var early = await Subscriber.Open(it.World, Subscriber.Schedule(4731, unit: "day", every: 20));
        await it.World.AdvanceAsync("P1D");
        var (on, _) = (await UpcomingAsync(early))[0];
        var change = await RunAsync(await SendAsync("", Asked(4731, null, on, percent: -10)));
        Assert.Equal(4258, (int)(await early.View())["plannedChange"]!["amountMinor"]!);

        await SendAsync($"{change["id"]}/cancel", null);
        var cancelled = await FinishedAsync(await SendAsync($"{change["id"]}/cancel", null), "cancelled");
        Assert.Equal((1, 1, 1, 0), Counts(cancelled["cancelling"]!));
        Assert.Equal([4731, 4731], (await UpcomingAsync(early)).Take(2).Select(one => one.AmountMinor));

        await AssertRefusedAsync($"{change["id"]}/run", null, "price_change_cancelled", "Create a new one");

        // What is in force is not taken back.
        change = await RunAsync(await SendAsync("", Asked(4731, 4831, on)));
        await it.World.AdvanceAsync("P20D");
        cancelled = await FinishedAsync(await SendAsync($"{change["id"]}/cancel", null), "cancelled");
        Assert.Equal(0, (int)cancelled["cancelling"]!["changed"]!);
        Assert.Equal(4831, (int)(await early.View())["schedule"]!["amountMinor"]!);
    }

    [Theory]
    [InlineData("{}", "date_invalid", "effectiveOn must be a date")]
    [InlineData("""{"currency":"BRL","effectiveOn":"2090-01-01"}""", "price_missing", "toAmountMinor or by percent")]
    [InlineData(
        """{"currency":"BRL","percent":0,"effectiveOn":"2090-01-01"}""", "percent_invalid", "percent must be from -99")]
    [InlineData(
        """{"currency":"BRL","toAmountMinor":1,"unit":"eon","effectiveOn":"2090-01-01"}""", "schedule_unit_invalid",
        "day, week, month or year")]
    [InlineData(
        """{"currency":"BRL","toAmountMinor":1,"requestedBefore":"noon","effectiveOn":"2090-01-01"}""", "time_invalid",
        "requestedBefore must be a time")]
    [InlineData("""{"fromAmount":4990}""", "unknown_key", "did you mean 'fromAmountMinor'?")]
    public Task what_cannot_be_asked_for_says_why(string body, string code, string sentence) =>
        AssertRefusedAsync("", body, code, sentence);

    [Fact]
    public async Task another_site_does_not_see_it()
    {
        var change = await SendAsync("", Asked(1, 2, "2090-01-01"));
        using var other = it.World.Client("30202", "storefront-key-30202");

        Assert.Equal(
            HttpStatusCode.NotFound, (await other.ReadAsync($"v1/price-changes/{change["id"]}")).Status);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await other.AskAsync(HttpMethod.Post, $"v1/price-changes/{change["id"]}/run")).Status);
        Assert.Empty((await other.ReadAsync("v1/price-changes")).Json["priceChanges"]!.AsArray());
        Assert.Contains(
            (await ReadAsync("?limit=200"))["priceChanges"]!.AsArray(),
            one => (string)one!["id"]! == (string)change["id"]!);
    }

    [Fact]
    public async Task an_operator_tries_runs_and_cancels_it_from_the_terminal()
    {
        var subscriber = await Subscriber.Open(it.World, Subscriber.Schedule(4741));
        var tried = (await it.World.Billing(
                "price-change", "try", "--site", "30201", "--currency", "BRL", "--from-amount", "4741", "--to-amount",
                "5741", "--on", "2090-01-01", "--by", "maria"))
            .Ended(0).With("checked: 1 of 1 subscriptions looked at, 1 would change").With("BRL 47.41 before")
            .With("BRL 57.41 from 2090-01-01 on");
        var id = tried.Output.Split("price-change run ")[1].Trim().Split()[0];
        Assert.Null((await subscriber.View())["plannedChange"]);

        (await it.World.Billing("price-change", "run", id, "--site", "30201")).Ended(0).With("done:").With("1 changed");
        Assert.Equal(5741, (int)(await subscriber.View())["plannedChange"]!["amountMinor"]!);
        Assert.Equal(
            "maria",
            (string)(await subscriber.Events()).Last()["userName"]!);

        (await it.World.Billing("price-change", "cancel", id, "--site", "30201")).Ended(0).With("1 taken back");
        (await it.World.Billing("price-change", "show", id, "--site", "30201")).Ended(0).With("cancelled:");
        (await it.World.Billing("price-change", "show", id, "--site", "30202")).Ended(1).With("no such price change");
    }

    private async Task<JsonNode> RunAsync(JsonNode change)
    {
        await FinishedAsync(change, "checked", "done");

        return await FinishedAsync(await SendAsync($"{change["id"]}/run", null), "done");
    }

    private async Task<JsonNode> FinishedAsync(JsonNode change, params string[] states)
    {
        await it.World.UntilIdle();
        var now = await ReadAsync((string)change["id"]!);
        Assert.Contains((string)now["state"]!, states);

        return now;
    }

    private static (int Total, int Looked, int Changed, int Unchanged) Counts(JsonNode counts) => (
        (int)counts["total"]!, (int)counts["looked"]!, (int)counts["changed"]!, (int)counts["unchanged"]!);

    private static JsonObject Asked(long from, long? to, string effectiveOn, decimal? percent = null) => new()
    {
        ["currency"] = "BRL", ["fromAmountMinor"] = from, ["toAmountMinor"] = to, ["percent"] = percent,
        ["effectiveOn"] = effectiveOn,
    };

    private async Task<(string On, int AmountMinor)[]> UpcomingAsync(Subscriber subscriber) =>
    [
        .. (await it.World.Storefront.ReadAsync($"v1/subscriptions/{subscriber.Id}/upcoming?count=3"))
            .Json["upcoming"]!.AsArray().Select(one => ((string)one!["dueOn"]!, (int)one["amountMinor"]!)),
    ];

    private static async Task<long[]> VersionsAsync(params Subscriber[] all) =>
        [.. await Task.WhenAll(all.Select(async one => (long)(await one.View())["version"]!))];

    private async Task<JsonNode> ReadAsync(string path)
    {
        var reply = await it.World.Storefront.ReadAsync($"v1/price-changes{Path(path)}");
        Assert.True(reply.Status is HttpStatusCode.OK, reply.Text);

        return reply.Json;
    }

    private async Task<JsonNode> SendAsync(string path, JsonObject? body)
    {
        var reply = await it.World.Storefront.AskAsync(HttpMethod.Post, $"v1/price-changes{Path(path)}", body);
        Assert.True(reply.Status is HttpStatusCode.Accepted, reply.Text);

        return reply.Json;
    }

    private async Task AssertRefusedAsync(string path, string? body, string code, string sentence)
    {
        var reply = await it.World.Storefront.AskAsync(HttpMethod.Post, $"v1/price-changes{Path(path)}", body);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, code), (reply.Status, (string)reply.Json["code"]!));
        Assert.Contains(sentence, (string)reply.Json["detail"]!, StringComparison.Ordinal);
    }

    private static string Path(string path) => path is "" or ['?', ..] ? path : $"/{path}";
}
