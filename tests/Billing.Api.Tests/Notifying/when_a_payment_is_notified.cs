using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;
using Npgsql;

namespace Billing.Api.Tests.Notifying;

[Collection(NotifyingCollection.Name)]
[Keeps(Promise.AcknowledgedNotificationsAreKept)]
public class when_a_payment_is_notified(BelievingWorld shared)
{
    private readonly World world = shared.World;

    [Fact]
    public async Task before_our_own_answer_it_is_recorded_once_and_the_answer_says_the_same()
    {
        var subscriber = await Subscriber.Open(world);
        var id = await Misbehaving("notify_first", delayMs: 3_000);

        var (status, body) = await subscriber.Charge(id);
        await world.UntilIdle();

        Assert.Equal((HttpStatusCode.Created, 2), (status, (int)body["Payment"]!["Status"]!["ID"]!));
        Assert.Equal(1, await subscriber.TimesAsync("payment_charged"));
        var ledger = (await world.Sandbox.LedgerAsync(id))!;
        Assert.Equal((1, 1), ((int)ledger["received"]!, (int)ledger["captured"]!));
        Assert.Equal("notification", (string)Assert.Single(await subscriber.Payments())["learntFrom"]!);
    }

    [Fact]
    public async Task twice_it_is_recorded_once_and_its_time_is_shown()
    {
        var subscriber = await Subscriber.Open(world);
        var id = await Misbehaving("notify_twice");

        var (_, body) = await subscriber.Charge(id);
        await world.UntilIdle();

        Assert.Equal(1, await subscriber.TimesAsync("payment_charged"));
        Assert.Equal(
            2,
            await world.QueryAsync<long>(
                "select count(*) from notifications where reference = $1 and status = 'matched'", id));
        Assert.Matches("^\\d{14}$", await NotifiedAt(subscriber, body));
    }

    [Fact]
    public async Task the_last_notification_is_the_one_whose_time_is_shown()
    {
        var subscriber = await Subscriber.Open(world);
        var (_, body) = await subscriber.Charge($"last-{subscriber.Id:N}");
        await world.UntilIdle();
        var payment = (int)body["Payment"]!["ID"]!;

        await world.NotifyAsync(Notified.Payment($"last-{subscriber.Id:N}", 2, payment, at: "20990303030303"));
        await world.NotifyAsync(Notified.Payment($"last-{subscriber.Id:N}", 2, payment, at: "20200101010101"));
        await world.NotifyAsync(
            Notified.Payment($"last-{subscriber.Id:N}", 2, payment, hundredths: 999, at: "20991231235959"));

        Assert.Equal("20990303030303", await NotifiedAt(subscriber, body));
    }

    [Fact]
    public async Task what_says_nothing_new_waits_for_no_writer_of_its_stream()
    {
        var subscriber = await Subscriber.Open(world);
        var (_, body) = await subscriber.Charge($"known-{subscriber.Id:N}");
        await world.UntilIdle();
        await using var connection = await world.DataSource.OpenConnectionAsync();
        await using var holding = await connection.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand("select from mt_streams where id = $1 for update", connection, holding)
        {
            Parameters = { new() { Value = subscriber.Id } },
        };
        await hold.ExecuteNonQueryAsync();

        var reply = await world.NotifyAsync(
            Notified.Payment($"known-{subscriber.Id:N}", 2, (int)body["Payment"]!["ID"]!));

        Assert.Equal("matched: nothing_new", await world.FateAsync(reply));
    }

    [Fact]
    public async Task late_it_settles_what_was_pending()
    {
        var subscriber = await Subscriber.Open(world);
        var id = await Misbehaving("pending_then_success");
        var (_, body) = await subscriber.Charge(id);
        Assert.Equal(7, (int)body["Payment"]!["Status"]!["ID"]!);

        await world.AdvanceAsync("P1D");

        Assert.Equal("charged", (string)Assert.Single(await subscriber.Payments())["status"]!);
        Assert.Equal(
            (1, 1), (await subscriber.TimesAsync("payment_pending"), await subscriber.TimesAsync("payment_charged")));
    }

    [Fact]
    public async Task a_success_replaces_a_failure()
    {
        var subscriber = await Subscriber.Open(world);
        var id = await Misbehaving("failed_then_success");
        var (_, body) = await subscriber.Charge(id);
        Assert.Equal(4, (int)body["Payment"]!["Status"]!["ID"]!);

        await world.AdvanceAsync("P1D");

        Assert.Equal("charged", (string)Assert.Single(await subscriber.Payments())["status"]!);
        Assert.Equal(1, (int)(await world.Sandbox.LedgerAsync(id))!["received"]!);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(99)]
    public async Task lower_or_unknown_news_after_a_success_changes_nothing(int status)
    {
        var subscriber = await Subscriber.Open(world);
        var (_, body) = await subscriber.Charge($"low-{subscriber.Id:N}");
        await world.UntilIdle();
        var story = await subscriber.Story();

        Assert.Equal("matched: nothing_new", await world.FateAsync(
            await world.NotifyAsync(Notified.Payment($"low-{subscriber.Id:N}", status, (int)body["Payment"]!["ID"]!))));

        Assert.Equal(story, await subscriber.Story());
        Assert.Equal("charged", (string)Assert.Single(await subscriber.Payments())["status"]!);
    }

    [Fact]
    public async Task why_it_failed_is_shown_of_one_payment_and_not_in_a_list()
    {
        var subscriber = await Subscriber.Open(world);
        var (_, body) = await subscriber.Charge(await Misbehaving("decline"));
        await world.UntilIdle();

        var one = (await world.Storefront.ReadAsync($"v1/payments/{body["Payment"]!["ID"]}")).Payment;
        Assert.Equal((4, "119"), ((int)one["Status"]!["ID"]!, (string)one["Status"]!["Reasons"]![0]!["Code"]!));
        var row = (await world.Storefront.ReadAsync(
            $"v1/preapprovals/{subscriber.GatewayId}/payments")).Json["Payments"]![0]!;
        Assert.Equal((4, null), ((int)row["Status"]!["ID"]!, row["Status"]!["Reasons"]));
    }

    // As one payment and both lists show it.
    private async Task<string> NotifiedAt(Subscriber subscriber, JsonNode body)
    {
        var one = (await world.Storefront.ReadAsync($"v1/payments/{body["Payment"]!["ID"]}")).Payment;
        var of = (await world.Storefront.ReadAsync(
            $"v1/preapprovals/{subscriber.GatewayId}/payments")).Json["Payments"]![0]!;
        var all = (await world.Storefront.ReadAsync(
            $"v1/payments?merchantTransactionID={one["MerchantTransactionID"]}")).Json["Payments"]![0]!;

        return Assert.Single(
            new[] { one, of, all }.Select(payment => (string)payment["NotificationDateTime"]!).Distinct());
    }

    private async Task<string> Misbehaving(string action, int? delayMs = null)
    {
        var id = $"bent-{Guid.NewGuid():N}";
        await world.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "charge", ["action"] = action, ["merchantTransactionId"] = id, ["delayMs"] = delayMs
        });

        return id;
    }
}
