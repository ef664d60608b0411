using System.Text.Json.Nodes;
using Billing.Api.Hosting.Streams;
using Billing.Api.Reconciliation;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Refunding;
using Billing.Api.Tests.Specs;
using Billing.Domain.Preapprovals;
using Marten;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Operating;

[Keeps(Promise.NeverChargedTwice)]
public class when_a_backup_is_restored(RestoredBackup restored) : IClassFixture<RestoredBackup>
{
    private static readonly string[] NeverWritten =
    [
        "payment_failed", "retry_scheduled", "retries_exhausted", "payment_outcome_unknown", "charge_resent",
        "period_paid_twice",
    ];

    [Fact]
    public async Task no_period_is_charged_twice_and_both_sides_agree()
    {
        await Witness.RecordsAgreeAsync(restored.World, restored.Changed, restored.Imported);

        foreach (var subscriber in (Subscriber[])[restored.Changed, restored.Imported])
        {
            var ids = ((string[])["300110", "300210", "300310"]).Select(dueOn => subscriber.ChargeId(dueOn));
            Assert.Equal(ids, await CapturedAsync(subscriber));
        }
    }

    [Fact]
    public async Task a_period_that_was_charged_after_a_lost_change_is_adopted_as_the_gateway_has_it()
    {
        await AdoptedAsync(restored.Changed, "300210", asked: 4990, charged: 5990);
        Assert.Equal(["2030-01-10", "2030-02-10", "2030-03-10"], await restored.Changed.ChargedOn());
    }

    [Theory]
    [InlineData("300110")]
    [InlineData("300210")]
    public Task a_period_that_was_charged_after_a_lost_create_is_adopted_as_the_gateway_has_it(string dueOn) =>
        AdoptedAsync(restored.Imported, dueOn, asked: 6990, charged: 4990);

    [Fact]
    public async Task a_refusal_as_duplicate_is_neither_a_failure_nor_retried()
    {
        Assert.Empty((await restored.Changed.Story()).Intersect(NeverWritten));
        Assert.Empty((await restored.Imported.Story()).Intersect(NeverWritten));
    }

    [Fact]
    public async Task it_is_adopted_also_where_the_first_look_up_failed_and_what_comes_after_it_is_followed()
    {
        var payment = await ChargedBeforeAsync(5990);
        await payment.Subscriber.Misbehave("find", "garbled");
        await payment.Subscriber.Change(Today(4990, await restored.World.Sandbox.NowAsync()));
        await restored.World.UntilIdle();
        Assert.Equal(["unknown"], await payment.Subscriber.Statuses());

        await restored.World.Sandbox.AdvanceAsync("PT6M");
        await restored.World.UntilIdle();

        await payment.AssertKeptAsync(5990, 2);
        Assert.Equal("5990", (string)(await payment.ShownAsync())["Amount"]!);

        await payment.LeverAsync("dispute", new JsonObject { ["amount"] = 2000 });
        await payment.LeverAsync("dispute/lose");
        await restored.World.UntilIdle();
        await payment.LeverAsync("chargeback");
        await restored.World.UntilIdle();

        await payment.AssertKeptAsync(3990, 26, "disputed", "dispute_lost", "charged_back");
    }

    [Fact]
    public async Task a_comparison_finds_what_became_of_an_adopted_payment_and_no_other_difference()
    {
        var payment = await ChargedBeforeAsync(5990);
        await payment.Subscriber.Change(Today(4990, await restored.World.Sandbox.NowAsync()));
        await restored.World.UntilIdle();
        await payment.AssertKeptAsync(5990, 2);
        await payment.Subscriber.Misbehave("notify", "lose_notification", times: null);
        await payment.LeverAsync("status", new JsonObject { ["statusId"] = 16 });
        var now = await restored.World.Sandbox.NowAsync();

        await restored.World.CompareAsync(ReconciliationSchedule.Begin("30201", now.AddDays(-90), now, true, "test"));

        await payment.AssertKeptAsync(0, 16, "reversed");

        foreach (var subscriber in (Subscriber[])[payment.Subscriber, restored.Changed, restored.Imported])
        {
            var drift = (await subscriber.View())["drift"]!.ToJsonString();
            Assert.DoesNotContain("payments.", drift, StringComparison.Ordinal);
        }

        await Witness.ProveRecordsAsync(restored.World);
    }

    private static JsonObject Today(long amountMinor, DateTimeOffset now) =>
        Subscriber.Schedule(amountMinor, unit: "year", every: 10, firstDueOn: $"{now:yyyy-MM-dd}", catchUp: "bill_all");

    // As after a restore: the gateway has a payment under the id of today's period, and does not notify it again.
    private async Task<Payment> ChargedBeforeAsync(long hundredths)
    {
        var subscriber = await Subscriber.Open(restored.World);
        var id = subscriber.ChargeId($"{await restored.World.Sandbox.NowAsync():yyMMdd}");
        await subscriber.Misbehave("notify", "lose_notification");
        using var gateway = new HttpClient
        {
            BaseAddress = restored.World.Sandbox.Address,
            DefaultRequestHeaders = { Authorization = restored.World.Gateway.DefaultRequestHeaders.Authorization },
        };
        var reply = await gateway.PostBodyAsync("v1/payments/recurrent", new JsonObject
        {
            ["Payment"] = new JsonObject
            {
                ["PreapprovalID"] = subscriber.GatewayId, ["MerchantTransactionID"] = id, ["Amount"] = hundredths,
                ["Currency"] = "BRL",
            },
        });
        await restored.World.UntilIdle();

        return new Payment(subscriber, (int)reply.Payment["ID"]!, id);
    }

    private async Task AdoptedAsync(Subscriber subscriber, string dueOn, long asked, long charged)
    {
        var id = subscriber.ChargeId(dueOn);
        var ledger = (await restored.World.Sandbox.LedgerAsync(id))!;
        var atGateway = ledger["events"]!.AsArray().Select(e => (string)e!["what"]!).ToArray();

        // Once before the restore and once after it: refused, then looked up.
        Assert.Equal((2, 1), ((int)ledger["received"]!, (int)ledger["captured"]!));
        Assert.Contains("looked_up", atGateway[Array.LastIndexOf(atGateway, "received")..]);

        var payment = Assert.Single(await subscriber.Payments(), it => (string)it["merchantTransactionId"]! == id);
        Assert.Equal("charged", (string)payment["status"]!);
        Assert.Equal((int)ledger["paymentIds"]![0]!, (int)payment["gatewayPaymentId"]!);
        Assert.Equal((charged, charged), ((long)payment["capturedMinor"]!, (long)payment["netMinor"]!));
        Assert.Equal(
            new Difference($"charge.{id}.amount", $"{asked} BRL", $"{charged} BRL"),
            Assert.Single(await DriftAsync(subscriber, id)));
    }

    private async Task<IEnumerable<Difference>> DriftAsync(Subscriber subscriber, string id)
    {
        var services = restored.World.Services;
        await using var session = services.GetRequiredService<IDocumentStore>().QuerySession("30201");
        var streams = services.GetRequiredService<PreapprovalStreams>();
        var events = await streams.ReadOpenedAsync(session, subscriber.Id, default);

        return events.Select(@event => @event.Data).OfType<DriftFound>()
            .SelectMany(drift => drift.Differences!.Value!).Where(difference => difference.Field.Contains(id));
    }

    private async Task<string[]> CapturedAsync(Subscriber subscriber) =>
        [.. (await restored.World.Sandbox.LedgerAsync())
            .Where(charge => (int?)charge!["preapprovalId"] == subscriber.GatewayId && (int)charge["captured"]! == 1)
            .Select(charge => (string)charge!["merchantTransactionId"]!).Order()];
}
