using System.Text.Json.Nodes;
using Billing.Api.Tests.Auditing;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Notifying;
using Billing.Api.Tests.Specs;
using Billing.Domain.Preapprovals;

namespace Billing.Api.Tests.Attending;

/// <summary>It is listed with the command that settles it; the command is run as it is, and then it is gone.</summary>
[Collection(AttentionCollection.Name)]
public class when_something_waits_for_a_person(AttentionWorld shared)
{
    private readonly World world = shared.World;

    [Fact]
    public async Task a_charge_and_a_refund_and_a_close_with_an_owner_are_settled_by_name()
    {
        var (charged, closed) = (await Subscriber.Open(world), await Subscriber.Open(world));
        var refunded = await Refunding.Payment.MadeAsync(world, 5000);
        var id = $"order-{Guid.NewGuid():N}";
        await charged.Misbehave("charge", "error_500");
        await charged.Charge(id, 700);
        await refunded.Subscriber.Misbehave("refund", "error_500");
        await refunded.RefundAsync("lost", 2000);
        var now = await world.Sandbox.NowAsync();
        await shared.RecordAsync(charged, state => state.Charges[id] is var charge
            ? new PaymentOutcomeUnknown(
                state.Id, charge.Id, charge.Amount, null, null, charge.Origin, charge.ProfileVersion,
                LearntFrom.LookUp, "timeout", 7, null, "operator", now)
            : null!);
        await shared.RecordAsync(refunded.Subscriber, state => new RefundOutcomeUnknown(
            state.Id, state.Charges[refunded.MerchantTransactionId].Id, refunded.Reference("lost"),
            new(2000, "BRL"), LearntFrom.LookUp, "timeout", 7, null, "operator", now));
        await shared.RecordAsync(closed, state => new CloseRequested(state.Id, DateTimeOffset.UtcNow, now));
        await shared.RecordAsync(closed, state => new MandateOutcomeUnknown(
            state.Id, MandateOperation.Close, "timeout", 7, null, "operator", now));

        var charge = await shared.ItemAsync("charge_with_owner", charged);
        var refund = await shared.ItemAsync("refund_with_owner", refunded.Subscriber);
        var close = await shared.ItemAsync("mandate_with_owner", closed);

        Assert.Equal(
            (id, 700, "BRL", "business"),
            (
                (string)charge["merchantTransactionId"]!, (long)charge["amountMinor"]!, (string)charge["currency"]!,
                (string)charge["clock"]!));
        Assert.Equal(
            (refunded.Reference("lost"), refunded.Id, 2000),
            ((string)refund["refundId"]!, (int)refund["gatewayPaymentId"]!, (long)refund["amountMinor"]!));
        await Task.WhenAll(shared.RunAsync(charge), shared.RunAsync(refund), shared.RunAsync(close, 2));
        await shared.GoneAsync("charge_with_owner", charged);
        await shared.GoneAsync("refund_with_owner", refunded.Subscriber);
        await shared.GoneAsync("mandate_with_owner", closed);
        Assert.Equal("open", (string)(await closed.View())["status"]!);
    }

    [Fact]
    public async Task a_suspended_subscription_is_resumed_and_a_refused_charge_is_made_again()
    {
        var suspended = await world.OpenMeeting("decline", code: 12);
        var refused = await world.OpenMeeting("refuse", code: 118);
        await world.UntilIdle();

        var (first, second) = (
            await shared.ItemAsync("subscription_suspended", suspended),
            await shared.ItemAsync("charge_refused", refused));

        Assert.Contains("declined_for_good", (string)first["why"]!, StringComparison.Ordinal);
        Assert.Equal(
            (4990, "BRL", (string)(await refused.View())["refusedCharge"]!["merchantTransactionId"]!),
            (
                (long)second["amountMinor"]!, (string)second["currency"]!,
                (string)second["merchantTransactionId"]!));
        await shared.RunAsync(first);
        await shared.RunAsync(second);
        await shared.GoneAsync("subscription_suspended", suspended);
        await shared.GoneAsync("charge_refused", refused);
        Assert.Equal(["failed", "charged"], await refused.Statuses());
    }

    [Fact]
    public async Task notifications_of_which_nothing_was_applied_are_dismissed()
    {
        var subscriber = await Subscriber.Open(world);
        await world.NotifyAsync(
            Notified.Mandate(subscriber.GatewayId + 6_000_000, subscriber.MerchantPreapprovalId, 4));
        await world.NotifyAsync(Notified.Mandate(subscriber.GatewayId + 7_000_000, "known-by-no-one", 4));

        string[] kinds = ["notification_mismatch", "notification_unmatched"];
        var items = await Task.WhenAll(kinds.Select(async kind => Assert.Single(await shared.ItemsAsync(kind))));

        Assert.Equal(subscriber.Id, (Guid)items[0]["subscriptionId"]!);
        Assert.All(items, item => Assert.Equal("real", (string)item["clock"]!));
        await Task.WhenAll(items.Select(item => shared.RunAsync(item, 1)));
        await Task.WhenAll(kinds.Select(kind => shared.GoneAsync(kind)));
        var kept = (await world.Storefront.ReadAsync($"v1/notifications/{items[0]["notificationId"]}")).Json;
        Assert.Equal(("kept", "dismissed"), ((string)kept["status"]!, (string)kept["reason"]!));
    }

    [Fact]
    public async Task a_quarantined_response_is_dismissed()
    {
        var subscriber = await Subscriber.Open(world);
        await subscriber.Misbehave("charge", "wrong_amount");
        await subscriber.Charge($"stray-{Guid.NewGuid():N}");

        var item = await shared.ItemAsync("quarantined_response", subscriber);

        Assert.Contains("mismatch_amount", (string)item["why"]!, StringComparison.Ordinal);
        Assert.NotNull(item["responseId"]);
        await shared.RunAsync(item);
        await shared.GoneAsync("quarantined_response", subscriber);
    }

    [Fact]
    public async Task the_second_payment_of_a_period_is_paid_back()
    {
        var subscriber = await world.OpenMeeting("failed_then_success", afterDays: 1.5);
        await world.UntilIdle();
        await world.AdvanceAsync("P1D");
        await world.AdvanceAsync("P1D");

        var item = await shared.ItemAsync("paid_twice", subscriber);

        Assert.Equal((4990, "BRL"), ((long)item["amountMinor"]!, (string)item["currency"]!));
        await shared.RunAsync(item);
        await shared.GoneAsync("paid_twice", subscriber);
        Assert.Single(await subscriber.EventsOf("refund_requested"));
    }

    // A node runs its jobs, which is what the command starts; a lock is in its way.
    [Fact]
    public async Task a_period_that_is_overdue_is_gone_once_it_is_decided()
    {
        var subscriber = await Subscriber.Open(world, Subscriber.Schedule(unit: "day", every: 10));
        await using var connection = await world.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var hold = new Npgsql.NpgsqlCommand(
            "select from mt_streams where id = $1 for update", connection, transaction)
        { Parameters = { new() { Value = subscriber.Id } } };
        await hold.ExecuteNonQueryAsync();
        await world.Sandbox.AdvanceAsync("P11D");
        await Waiting.Until(
            "it is overdue", async () => (await shared.ItemsAsync("period_overdue")).Length > 0);

        var item = await shared.ItemAsync("period_overdue", subscriber);

        Assert.Equal("./billing serve", (string)item["commands"]![0]!);
        Assert.Equal(
            (DateTimeOffset)(await subscriber.View())["nextDue"]!["at"]!, (DateTimeOffset)item["since"]!);
        await transaction.RollbackAsync();
        await shared.GoneAsync("period_overdue", subscriber);
        await world.UntilIdle();
    }

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
        var waiting = await shared.ItemsAsync("notification_unmatched");
        await Task.WhenAll(waiting.Select(item => shared.RunAsync(item, 1)));
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
