using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Notifications;
using Billing.Api.Tests.Specs;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Notifying;

[Collection(NotifyingCollection.Name)]
[Keeps(Promise.AcknowledgedNotificationsAreKept)]
public class when_looking_into_the_log(BelievingWorld shared)
{
    private readonly World world = shared.World;

    [Fact]
    public async Task each_is_listed_with_its_result_and_nothing_personal()
    {
        var (subscriber, id, payment) = await Paid();
        var duplicate = await world.NotifyAsync(Notified.Payment(id, 2, payment));
        var stale = await world.NotifyAsync(Notified.Payment(id, 7, payment));
        var unheard = await world.NotifyAsync(Notified.Payment(id, 99, payment));
        var other = await world.NotifyAsync(Notified.Payment(id, 2, payment, hundredths: 101));

        var listed = await ListAsync($"reference={id}");

        Assert.All(
            ((Guid Id, string Outcome)[])[(duplicate, "duplicate"), (stale, "stale"), (unheard, "unrecognised")], one =>
                Assert.Equal(one.Outcome, (string)listed.Single(row => (Guid)row!["id"]! == one.Id)!["outcome"]!));
        Assert.Equal(("parked", "mismatch_amount"), ((string)listed[0]!["status"]!, (string)listed[0]!["reason"]!));
        Assert.Contains("not what was asked for", (string)listed[0]!["explanation"]!);
        Assert.Equal(subscriber.Id, (Guid)listed.Single(row => (Guid)row!["id"]! == stale)!["subscriptionId"]!);
        Assert.DoesNotContain("jdoe", listed.ToJsonString());

        Assert.Equal(
            listed.Select(row => (Guid)row!["id"]!),
            (await ListAsync($"reference={payment}")).Select(row => (Guid)row!["id"]!));
        Assert.Equal(
            [stale], (await ListAsync($"reference={id}&status=stale&kind=Payment")).Select(row => (Guid)row!["id"]!));
        Assert.Equal(other, (Guid)(await world.Storefront.ReadAsync($"v1/notifications/{other}")).Json["id"]!);
    }

    [Fact]
    public async Task pages_follow_each_other_without_gap_or_overlap()
    {
        var since = DateTimeOffset.UtcNow.AddSeconds(-1);
        var (_, id, payment) = await Paid();

        for (var i = 0; i < 4; i++)
        {
            await world.NotifyAsync(Notified.Payment(id, 2, payment));
        }

        var (ids, after) = (new List<Guid>(), "");

        do
        {
            var page = (await world.Storefront.ReadAsync(
                $"v1/notifications?reference={id}&limit=2"
                + $"&since={Uri.EscapeDataString(since.ToString("O"))}{after}")).Json;
            ids.AddRange(page["notifications"]!.AsArray().Select(row => (Guid)row!["id"]!));
            after = page["next"] is { } next ? $"&after={next}" : "";
        }
        while (after != "");

        Assert.Equal(
            await world.QueryAsync<long>("select count(*) from notifications where reference = $1", id),
            ids.Distinct().Count());
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Theory]
    [InlineData("status=lost")]
    [InlineData("limit=0")]
    [InlineData("since=yesterday")]
    [InlineData("since=02/01/2031")]
    [InlineData("since=10:00")]
    [InlineData("since=2031-01-02")]
    [InlineData("since=2031-01-02T10:00:00")]
    [InlineData("since=2031-01-02T10:00:00+01:00")]
    [InlineData("after=nowhere")]
    public async Task a_wrong_search_is_refused_in_words(string query)
    {
        var reply = await world.Storefront.ReadAsync($"v1/notifications?{query}");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, reply.Status);
        Assert.EndsWith("_invalid", (string)reply.Json["code"]!);
    }

    [Fact]
    public async Task another_site_sees_none_of_it()
    {
        var (_, id, _) = await Paid();
        using var other = world.Client("30202", "storefront-key-30202");

        Assert.Empty((await other.ReadAsync($"v1/notifications?reference={id}")).Json["notifications"]!.AsArray());
        Assert.Equal(HttpStatusCode.Unauthorized, (await world.Gateway.ReadAsync("v1/notifications")).Status);
    }

    [Fact]
    public async Task an_operator_lists_shows_and_replays()
    {
        var (subscriber, id, payment) = await Paid();
        var kept = await world.NotifyAsync(Notified.Payment(id, 2, payment, hundredths: 102));
        var story = await subscriber.Story();

        (await world.Billing(
            "notifications", "list", "--site", "30201", "--status", "parked", "--reference",
            id)).Ended(0).With("RECEIVED AT").With($"{kept}").With("mismatch_amount").With("1 notifications")
            .Without("jdoe");
        (await world.Billing("notifications", "show", $"{kept}", "--site", "30201", "--body")).Ended(0).With(
            "not what was asked for").With("content-type").With(NotificationHeaders.CutOut).With("jdoe@example.com")
            .Without("gateway-key");
        (await world.Billing("notifications", "replay", "--site", "30201", "--status", "parked", "--reference", id))
            .Ended(0)
            .With("1 replayed");
        await world.UntilIdle();

        Assert.Equal("parked: mismatch_amount", await world.FateAsync(kept));
        Assert.Equal(story, await subscriber.Story());
    }

    [Fact]
    public async Task what_is_replayed_is_applied_where_it_fits_and_recorded_once()
    {
        var (subscriber, id, payment) = await Paid();
        var back = await world.NotifyAsync(Notified.Payment(id, 16, payment));
        Assert.Equal(1, await subscriber.TimesAsync("payment_reversed"));
        var replay = world.Services.GetRequiredService<NotificationReplay>();

        Assert.True(await replay.RunAsync("30201", back, default));
        Assert.True(await replay.RunAsync("30201", new NotificationFilter(Reference: id), default) > 0);
        await world.UntilIdle();

        Assert.Equal(1, await subscriber.TimesAsync("payment_reversed"));
        Assert.False(await replay.RunAsync("30202", back, default));
    }

    private async Task<JsonArray> ListAsync(string query) =>
        (await world.Storefront.ReadAsync($"v1/notifications?{query}")).Json["notifications"]!.AsArray();

    private async Task<(Subscriber, string Id, int Payment)> Paid()
    {
        var subscriber = await Subscriber.Open(world);
        var id = $"log-{subscriber.Id:N}";
        var (_, body) = await subscriber.Charge(id);
        await world.UntilIdle();

        return (subscriber, id, (int)body["Payment"]!["ID"]!);
    }
}
