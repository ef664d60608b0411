using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Subscriptions;

public class when_reading_a_subscription(OneWorld shared) : IClassFixture<OneWorld>
{
    private World World => shared.World;

    [Fact]
    public async Task its_state_schedule_and_next_due_date_show()
    {
        var view = await (await Subscriber.Open(World, Subscriber.Schedule(1990, "EUR", "week"), 84)).View();

        Assert.Equal(
            ("open", 84, false, false),
            ((string)view["status"]!, (int)view["methodId"]!, (bool)view["isPaused"]!, (bool)view["isForgotten"]!));
        Assert.Equal((1990L, "EUR", 1, "week", "latest_only", 1), (
            (long)view["schedule"]!["amountMinor"]!, (string)view["schedule"]!["currency"]!,
            (int)view["schedule"]!["every"]!, (string)view["schedule"]!["unit"]!,
            (string)view["schedule"]!["catchUp"]!, (int)view["schedule"]!["revision"]!));
        Assert.Equal(
            DateOnly.Parse((string)view["schedule"]!["firstDueOn"]!).AddDays(7),
            DateOnly.Parse((string)view["nextDue"]!["on"]!));
        Assert.Null(view["unsettled"]);
        Assert.NotNull(view["openedAt"]);
    }

    [Fact]
    public async Task its_payments_are_in_minor_units_oldest_first()
    {
        var subscriber = await Subscriber.Open(World, Subscriber.Schedule(770, unit: "day"));
        await subscriber.Charge("extra-1", 250);
        await World.UntilIdle();

        var payments = await subscriber.Payments();

        Assert.Equal(
            [("scheduled", 770L, "charged"), ("on_demand", 250L, "charged")],
            payments.Select(it => ((string)it["origin"]!, (long)it["amountMinor"]!, (string)it["status"]!)));
        Assert.All(
            payments,
            it => Assert.Equal(
                ("BRL", "answer"), ((string)it["currency"]!, ((string)it["learntFrom"]!).ToLowerInvariant())));
    }

    [Fact]
    public async Task its_events_show_both_times_and_the_actor_and_nothing_personal()
    {
        var subscriber = await Subscriber.Open(World, Subscriber.Schedule());
        var text = await World.Storefront.GetStringAsync($"v1/subscriptions/{subscriber.Id}/events");
        var events = JsonNode.Parse(text)!["events"]!.AsArray();

        Assert.Equal(
            Enumerable.Range(1, events.Count).Select(version => (long)version),
            events.Select(it => (long)it!["version"]!));
        Assert.Equal("preapproval_requested", (string)events[0]!["type"]!);
        Assert.Equal("storefront-30201", (string)events[0]!["userName"]!);
        Assert.All(events, it => Assert.InRange(
            (DateTimeOffset)it!["recordedAt"]!, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1)));
        Assert.All(events, it => Assert.NotNull(it!["happenedAt"]));

        foreach (var personal in new[] { "jdoe@example.com", "Doe", "0765260000", "Tonelero", "23900-000" })
        {
            Assert.DoesNotContain(personal, text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("payments", "merchantTransactionId")]
    [InlineData("events", "version")]
    public async Task its_lists_are_walked_in_pages_while_they_grow(string list, string key)
    {
        var subscriber = await Subscriber.Open(World, Subscriber.Schedule(firstDueOn: "2099-01-31"));
        await subscriber.Charge($"{list}-1-{subscriber.GatewayId}");
        await subscriber.Charge($"{list}-2-{subscriber.GatewayId}");
        await World.UntilIdle();
        var first = (list is "payments" ? await subscriber.Payments() : await subscriber.Events()).Select(Key);
        var (seen, next, pages) = (new List<string>(), "", 0);

        do
        {
            var path = $"v1/subscriptions/{subscriber.Id}/{list}?limit=1{next}";
            var page = (await World.Storefront.ReadAsync(path)).Json;
            seen.Add(Key(Assert.Single(page[list]!.AsArray())!));
            next = page["next"] is { } after ? $"&after={after}" : "";

            if (++pages <= 2)
            {
                await subscriber.Charge($"{list}-{pages + 2}-{subscriber.GatewayId}");
                await World.UntilIdle();
            }
        }
        while (next != "");

        var all = (list is "payments" ? await subscriber.Payments() : await subscriber.Events()).Select(Key).ToArray();
        Assert.Equal(all, seen);
        Assert.Equal(first, seen.Take(first.Count()));
        Assert.Equal(pages, all.Length);

        string Key(JsonNode row) => $"{row[key]}";
    }

    [Theory]
    [InlineData("payments?after=nothing", "cursor_invalid")]
    [InlineData("payments?after=MTI", "cursor_invalid")]
    [InlineData("payments?limit=1001", "limit_invalid")]
    [InlineData("events?after=", "cursor_invalid")]
    [InlineData("events?after=MV9h", "cursor_invalid")]
    [InlineData("events?limit=0", "limit_invalid")]
    public async Task a_page_that_cannot_be_is_refused_in_words(string list, string code)
    {
        var subscriber = await shared.AnyOpenAsync();
        using var answer = await World.Storefront.GetAsync($"v1/subscriptions/{subscriber.Id}/{list}");

        await answer.IsProblem(HttpStatusCode.UnprocessableEntity, code);
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("GET", "/payments")]
    [InlineData("GET", "/events")]
    [InlineData("POST", "/pause")]
    [InlineData("POST", "/resume")]
    [InlineData("POST", "/charges")]
    public async Task another_sites_is_not_there_and_a_stranger_is_not_let_in(string method, string path)
    {
        var subscriber = await Subscriber.Pending(World, Subscriber.Schedule());
        using var other = World.Client("30202", "storefront-key-30202");
        using var wrongKey = World.Client("30201", "storefront-key-30202");
        var before = (await subscriber.View()).ToJsonString();

        using var notThere = await other.SendAsync(
            new HttpRequestMessage(new HttpMethod(method), $"v1/subscriptions/{subscriber.Id}{path}"));
        await notThere.IsProblem(HttpStatusCode.NotFound, "not_found");

        using var unknown = await World.Storefront.SendAsync(
            new HttpRequestMessage(new HttpMethod(method), $"v1/subscriptions/{Guid.CreateVersion7()}{path}"));
        await unknown.IsProblem(HttpStatusCode.NotFound, "not_found");

        foreach (var stranger in new[] { World.Anonymous, wrongKey, World.Gateway })
        {
            using var denied = await stranger.SendAsync(
                new HttpRequestMessage(new HttpMethod(method), $"v1/subscriptions/{subscriber.Id}{path}"));
            await denied.IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
            Assert.Equal("Basic", denied.Headers.WwwAuthenticate.Single().Scheme);
        }

        Assert.Equal(before, (await subscriber.View()).ToJsonString());
    }
}
