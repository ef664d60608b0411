using System.Text.Json.Nodes;
using Billing.Api.Tests.Auditing;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Notifying;
using Billing.Api.Tests.Operating;
using Billing.Api.Tests.Specs;
using Billing.Domain.Preapprovals;

namespace Billing.Api.Tests.Attending;

public class when_what_waits_is_listed(AttentionWorld shared) : IClassFixture<AttentionWorld>
{
    private readonly World world = shared.World;

    [Fact]
    public async Task another_site_sees_nothing_of_it()
    {
        var suspended = await world.OpenMeeting("decline", code: 12);
        await world.UntilIdle();
        await shared.ItemAsync("subscription_suspended", suspended);
        using var other = world.Client("30202", "storefront-key-30202");

        var page = (await other.ReadAsync("v1/attention")).Json;

        Assert.Empty(page["items"]!.AsArray());
        Assert.Null(page["next"]);
        Assert.Equal(401, (int)(await world.Anonymous.ReadAsync("v1/attention")).Status);
        await suspended.Close();
        await shared.GoneAsync("subscription_suspended", suspended);
    }

    [Fact]
    public async Task pages_follow_each_other_and_name_no_person()
    {
        foreach (var i in Enumerable.Range(1, 3))
        {
            await world.NotifyAsync(Notified.Mandate(8_000_000 + i, $"unknown-{i}", 4));
        }

        var (seen, next) = (new List<string>(), "");

        do
        {
            var page = (await world.Storefront.ReadAsync($"v1/attention?limit=1{next}")).Json;
            seen.Add(Assert.Single(page["items"]!.AsArray())!.ToJsonString());
            next = page["next"] is { } after ? $"&after={after}" : "";
        }
        while (next != "");

        Assert.Equal((await shared.ItemsAsync()).Select(item => item.ToJsonString()), seen);
        Assert.DoesNotContain("jdoe", string.Concat(seen), StringComparison.OrdinalIgnoreCase);
        var refused = await world.Storefront.ReadAsync("v1/attention?after=nothing");
        Assert.Equal("cursor_invalid", (string)refused.Json["code"]!);
        await Task.WhenAll(
            (await shared.ItemsAsync("notification_unmatched")).Select(item => shared.RunAsync(item, 1)));
        await shared.GoneAsync("notification_unmatched");
    }

    [Fact]
    public async Task an_operator_sees_all_sites_and_the_alarms_of_the_log()
    {
        await Subscriber.Open(world);
        await Waiting.Until("there is an entry", async () => await world.DataSource.DoAsync(
            "update log_entries set late = true where position = 1") == 1);

        try
        {
            (await world.Billing("attention", "--kind", "log_alarm")).Ended(0).With("1 events appeared after later")
                .With("    ./billing audit verify").With("1 shown");
            Assert.Equal(1, await shared.CountAsync("log_alarm"));
            var refused = await world.Storefront.ReadAsync("v1/attention?kind=log_alarm");
            Assert.Equal("kind_invalid", (string)refused.Json["code"]!);
        }
        finally
        {
            await world.DataSource.DoAsync("update log_entries set late = false where position = 1");
        }
    }
}
