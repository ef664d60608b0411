using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Hosting.Streams;
using Billing.Api.Tests.Seeds;
using Billing.Api.Tests.Specs;
using Billing.Domain.Preapprovals;
using Marten;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Notifying;

[Collection(NotifyingCollection.Name)]
[Keeps(Promise.AcknowledgedNotificationsAreKept, Promise.ClosedIsNotCharged)]
public class when_a_mandate_is_notified(BelievingWorld shared)
{
    private readonly World world = shared.World;

    [Fact]
    public async Task kakaopay_opens_the_preapproval_and_changes_nothing_else()
    {
        var (subscriber, created) = await KakaoPay();

        await world.Sandbox.ApproveAsync(subscriber.GatewayId);
        await world.UntilIdle();

        var answered = created.DeepClone();
        (answered["Status"]!["ID"], answered["Status"]!["Info"], answered["RedirectURL"]) = (2, "Open", null);
        answered["Schedule"]!["Revision"] = 1;
        answered["Schedule"]!["AfterRetries"] = "continue";
        Assert.Equal(
            answered.ToJsonString(),
            (await world.Storefront.ReadAsync($"v1/preapprovals/{subscriber.GatewayId}")).Preapproval.ToJsonString());
        Assert.Equal(
            ["preapproval_requested", "preapproval_registered", "preapproval_opened", "schedule_set", "drift_found"],
            await subscriber.Story());
    }

    [Fact]
    public async Task what_kakaopay_says_otherwise_is_kept_as_drift_with_its_values_sealed()
    {
        var (subscriber, _) = await KakaoPay();

        await world.Sandbox.ApproveAsync(subscriber.GatewayId);
        await world.UntilIdle();

        Assert.Equal(
            ["billing_address.country", "currency", "site_id"],
            (await subscriber.View())["drift"]!.AsArray().Select(field => (string)field!));
        var stored = await world.QueryAsync<string>(
            "select data::text from mt_events where stream_id = $1 and type = 'drift_found'", subscriber.Id);
        Assert.DoesNotContain("30597", stored);
        Assert.DoesNotContain("Theirs", (await subscriber.Events())[^1].ToJsonString());

        await using var session = world.Services.GetRequiredService<IDocumentStore>().QuerySession("30201");
        var events = await world.Services.GetRequiredService<PreapprovalStreams>()
            .ReadOpenedAsync(session, subscriber.Id, default);
        Assert.Equal(
            [
                new("billing_address.country", "KR", "ID"), new("currency", "KRW", null),
                new("site_id", "30201", "30597")
            ],
            Assert.IsType<DriftFound>(events[^1].Data)
                .Differences!.Value!.OrderBy(difference => difference.Field, StringComparer.Ordinal));
    }

    [Fact]
    public async Task the_same_notification_again_says_nothing_new()
    {
        var (subscriber, _) = await KakaoPay();
        await world.Sandbox.ApproveAsync(subscriber.GatewayId);
        await world.UntilIdle();
        var story = await subscriber.Story();

        var sent = (await world.Sandbox.GetAsync("sandbox/notifications"))["notifications"]!.AsArray()
            .Last(n => (int)n!["objectId"]! == subscriber.GatewayId)!;
        await world.Sandbox.PostAsync($"sandbox/notifications/{sent["id"]}/resend", null);
        await world.UntilIdle();

        Assert.Equal(story, await subscriber.Story());
        Assert.Equal(
            2,
            await world.QueryAsync<long>(
                "select count(*) from notifications where preapproval_id = $1 and status = 'matched'", subscriber.Id));
    }

    [Fact]
    public async Task a_mandate_that_its_customer_closed_is_not_charged_again()
    {
        var subscriber = await Subscriber.Open(world, Subscriber.Schedule());
        await world.Sandbox.CloseAsCustomerAsync(subscriber.GatewayId);
        await world.UntilIdle();

        await world.AdvanceAsync("P1M");
        await world.AdvanceAsync("P1M");

        Assert.Single(await subscriber.Payments());
        Assert.Equal(1, await subscriber.TimesAsync("charge_requested"));
        var view = await subscriber.View();
        Assert.Equal(
            ("closed", "customer", null), ((string)view["status"]!, (string)view["closedBy"]!, view["nextDue"]));
        var (status, refusal) = await subscriber.Charge($"after-{subscriber.Id:N}");
        Assert.Equal(
            (HttpStatusCode.BadRequest, "12"),
            (status, (string)refusal["Payment"]!["Status"]!["Reasons"]![0]!["Code"]!));
        Assert.Null(await world.Sandbox.LedgerAsync($"after-{subscriber.Id:N}"));
    }

    [Fact]
    public async Task an_opening_that_arrives_after_the_close_changes_nothing()
    {
        var subscriber = await Subscriber.Pending(world, Subscriber.Schedule());
        await world.NotifyAsync(Notified.Mandate(subscriber, 4));
        var story = await subscriber.Story();

        foreach (var late in (int[])[2, 4, 1, 2])
        {
            Assert.Equal(
                "matched: nothing_new",
                await world.FateAsync(await world.NotifyAsync(Notified.Mandate(subscriber, late))));
        }

        Assert.Equal(story, await subscriber.Story());
        Assert.Equal("closed", (string)(await subscriber.View())["status"]!);
    }

    [Fact]
    public async Task an_unknown_status_changes_nothing()
    {
        var subscriber = await Subscriber.Open(world);
        var story = await subscriber.Story();

        Assert.Equal(
            "matched: nothing_new", await world.FateAsync(await world.NotifyAsync(Notified.Mandate(subscriber, 77))));

        Assert.Equal(story, await subscriber.Story());
    }

    private async Task<(Subscriber, JsonNode)> KakaoPay()
    {
        var name = $"kakao-{Guid.NewGuid():N}";
        var created = await world.Storefront.PostBodyAsync("v1/preapprovals", Seed.Changed("create_1135.request", it =>
            (it["MerchantPreapprovalID"], it["Schedule"]) =
                (name, WithAllSaid(Subscriber.Schedule(9900, "KRW", firstDueOn: "2099-01-31")))));
        Assert.Equal(HttpStatusCode.Created, created.Status);
        var view = (await world.Storefront.ReadAsync(
            $"v1/subscriptions?merchantPreapprovalId={name}")).Json["subscriptions"]![0]!;

        return (new Subscriber(world, (int)created.Preapproval["ID"]!, (Guid)view["id"]!, name), created.Preapproval);
    }

    private static JsonObject WithAllSaid(JsonObject schedule)
    {
        (schedule["EndsOn"], schedule["Periods"]) = ("2099-12-31", 12);
        return schedule;
    }
}
