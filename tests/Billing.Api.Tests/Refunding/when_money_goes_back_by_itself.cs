using System.Text.Json.Nodes;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Notifying;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Refunding;

[Collection(RefundedCollection.Name)]
public class when_money_goes_back_by_itself(RefundedWorld shared)
{
    private readonly World world = shared.World;

    [Fact]
    public async Task a_refund_made_elsewhere_is_recorded()
    {
        var payment = await Payment.MadeAsync(world, 5000);
        var refund = await payment.RefundElsewhereAsync("dashboard", 1500);

        await world.AdvanceAsync("P1D");

        await payment.AssertKeptAsync(3500, 21, "partially_refunded");
        var view = Assert.Single((await payment.ViewAsync())["refunds"]!.AsArray())!;
        Assert.Equal(((int)refund["ID"]!, "refunded"), ((int)view["gatewayRefundId"]!, (string)view["status"]!));
        Assert.Null(view["cause"]);
    }

    [Fact]
    public async Task one_whose_notification_was_lost_is_found_because_the_payment_tells_of_it()
    {
        var payment = await Payment.MadeAsync(world, 5000);
        await payment.RefundElsewhereAsync("seen", 1500);
        await world.AdvanceAsync("P1D");
        await payment.Subscriber.Misbehave("refund", "lose_notification");
        await payment.RefundElsewhereAsync("unseen", 500);

        await world.AdvanceAsync("P1D");

        await payment.AssertKeptAsync(3000, 21, "partially_refunded");
        Assert.Equal(2, (await payment.RefundsAsync()).Length);
        Assert.Equal("LookUp", (string)(await payment.Subscriber.EventsOf("refund_accepted"))[1]["LearntFrom"]!);
    }

    [Fact]
    public async Task news_of_a_refund_waits_for_its_payment_to_be_known()
    {
        var payment = await Payment.MadeAsync(world, 5000);
        var stray = await world.NotifyAsync(Refund(id: 70_001, paymentId: payment.Id + 100_000, 100));
        Assert.Equal("parked: not_known_yet", await world.FateAsync(stray));

        var early = await world.NotifyAsync(Refund(id: 70_002, payment.Id, 5001, reference: null, currency: "EUR"));
        Assert.Equal("parked: mismatch_amount", await world.FateAsync(early));
        await payment.AssertKeptAsync(5000, 2);
    }

    [Fact]
    public async Task news_that_outruns_our_own_answer_holds()
    {
        var subscriber = await Subscriber.Open(world);
        await subscriber.Misbehave("charge", "act_then_500");
        await world.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "notify",
            ["action"] = "lose_notification",
            ["preapprovalId"] = subscriber.GatewayId,
            ["times"] = 1,
        });
        var id = $"order-{Guid.NewGuid():N}";
        await subscriber.Charge(id, 5000);
        await world.UntilIdle();
        Assert.Equal("unknown", (string)Assert.Single(await subscriber.Payments())["status"]!);

        var payment = new Payment(subscriber, (int)(await world.Sandbox.LedgerAsync(id))!["paymentIds"]![0]!, id);
        await payment.RefundElsewhereAsync("early", 5000);
        await world.AdvanceAsync("P1D");

        await payment.AssertKeptAsync(0, 22, "refunded");
        Assert.Equal("refunded", (string)Assert.Single((await payment.ViewAsync())["refunds"]!.AsArray())!["status"]!);
    }

    [Fact]
    public async Task a_dispute_that_is_won_keeps_the_money()
    {
        var payment = await Payment.MadeAsync(world, 5000);
        await payment.LeverAsync("dispute");
        await world.UntilIdle();
        await payment.AssertKeptAsync(5000, 19, "disputed");
        (await payment.RefundAsync("no", 1)).AssertRefused(System.Net.HttpStatusCode.BadRequest, "Refund", "17");

        await payment.LeverAsync("dispute/win");
        await world.UntilIdle();

        await payment.AssertKeptAsync(5000, 23, "disputed", "dispute_won");
        Assert.Equal(
            5000, (long)Assert.Single(await payment.Subscriber.EventsOf("dispute_reported"))["Claimed"]!["Minor"]!);
    }

    [Fact]
    public async Task a_dispute_that_is_lost_takes_what_it_claims_before_the_chargeback_too()
    {
        var payment = await Payment.MadeAsync(world, 5000);
        await payment.LeverAsync("dispute", new JsonObject { ["amount"] = 2000 });
        await payment.LeverAsync("dispute/lose");
        await world.UntilIdle();
        Assert.Equal(3000, (long)(await payment.ViewAsync())["netMinor"]!);
        Assert.Equal(24, (int)(await payment.ShownAsync())["Status"]!["ID"]!);

        await payment.LeverAsync("chargeback");
        await world.UntilIdle();

        await payment.AssertKeptAsync(3000, 26, "disputed", "dispute_lost", "charged_back");
        Assert.Equal(2000, (long)(await payment.ViewAsync())["takenBackMinor"]!);
    }

    [Fact]
    public async Task a_loss_that_only_the_payments_status_tells_takes_what_its_one_dispute_claims()
    {
        var payment = await Payment.MadeAsync(world, 1000);
        await payment.LeverAsync("dispute", new JsonObject { ["amount"] = 400 });
        await world.UntilIdle();
        await payment.LeverAsync("status", new JsonObject { ["statusId"] = 24 });
        await world.UntilIdle();

        Assert.Equal(600, (long)(await payment.ViewAsync())["netMinor"]!);

        await payment.LeverAsync("chargeback");
        await world.UntilIdle();

        Assert.Equal(600, (long)(await payment.ViewAsync())["netMinor"]!);
    }

    [Fact]
    public async Task a_loss_without_a_dispute_takes_all()
    {
        var payment = await Payment.MadeAsync(world, 1000);
        await payment.LeverAsync("status", new JsonObject { ["statusId"] = 24 });
        await world.UntilIdle();

        Assert.Equal(0, (long)(await payment.ViewAsync())["netMinor"]!);
    }

    [Fact]
    public async Task a_reversal_takes_what_the_refunds_have_left()
    {
        var payment = await Payment.MadeAsync(world, 5000);
        await payment.RefundAsync("part", 2000);
        await world.AdvanceAsync("P1D");
        await payment.LeverAsync("status", new JsonObject { ["statusId"] = 16 });
        await world.UntilIdle();

        await payment.AssertKeptAsync(0, 16, "partially_refunded", "reversed");
        Assert.Equal(
            (2000, 3000),
            (
                (long)(await payment.ViewAsync())["refundedMinor"]!,
                (long)(await payment.ViewAsync())["takenBackMinor"]!));
        await Witness.ProveRecordsAsync(world);
    }

    [Fact]
    public async Task the_same_news_again_is_one_fact()
    {
        var payment = await Payment.MadeAsync(world, 5000);
        var refund = await payment.RefundElsewhereAsync("notified", 700);
        await world.AdvanceAsync("P1D");

        var again = await world.NotifyAsync(Refund((int)refund["ID"]!, payment.Id, 700, payment.Reference("notified")));

        Assert.Equal("matched: nothing_new", await world.FateAsync(again));
        Assert.Equal(1, await payment.Subscriber.TimesAsync("payment_refunded"));
        await payment.AssertKeptAsync(4300, 21, "partially_refunded");
    }

    [Fact]
    public async Task two_refunds_of_one_amount_are_explained_each_in_its_own_sentences()
    {
        var payment = await Payment.MadeAsync(world, 5000);
        int[] refunds =
        [
            (int)(await payment.RefundElsewhereAsync("one", 700))["ID"]!,
            (int)(await payment.RefundElsewhereAsync("other", 700))["ID"]!,
        ];
        await world.AdvanceAsync("P1D");

        var explained = (await world.Storefront.ReadAsync($"v1/payments/{payment.Id}/explain")).Json;

        string[] sentences = [.. explained["sentences"]!.AsArray().Select(sentence => (string)sentence!)];
        Assert.All(refunds, id => Assert.Contains(sentences, one => one.Contains($"{id}", StringComparison.Ordinal)));
        Assert.Equal(sentences.Distinct(), sentences);
    }

    [Fact]
    public async Task what_the_gateway_does_not_confirm_moves_nothing()
    {
        var payment = await Payment.MadeAsync(world, 5000);
        var forged = await world.NotifyAsync(Refund(70_003, payment.Id, 700));
        var claimed = await world.NotifyAsync(new JsonObject
        {
            ["Dispute"] = new JsonObject
            {
                ["ID"] = 70_004, ["SiteID"] = 30201, ["PaymentID"] = payment.Id, ["MethodID"] = 46, ["Amount"] = "100",
                ["Currency"] = "BRL", ["Status"] = new JsonObject { ["ID"] = 1, ["Info"] = "Open" },
            },
        });

        Assert.Equal(
            ("parked: unconfirmed_not_found", "parked: unconfirmed_says_less"),
            (await world.FateAsync(forged), await world.FateAsync(claimed)));
        await payment.AssertKeptAsync(5000, 2);
    }

    [Fact]
    public async Task a_lost_dispute_is_not_believed_because_a_part_was_refunded()
    {
        var payment = await Payment.MadeAsync(world, 5000);
        await payment.RefundElsewhereAsync("part", 100);
        await world.AdvanceAsync("P1D");
        await payment.AssertKeptAsync(4900, 21, "partially_refunded");

        var claimed = await world.NotifyAsync(new JsonObject
        {
            ["Dispute"] = new JsonObject
            {
                ["ID"] = 70_005, ["SiteID"] = 30201, ["PaymentID"] = payment.Id, ["MethodID"] = 46, ["Amount"] = "5000",
                ["Currency"] = "BRL", ["Status"] = new JsonObject { ["ID"] = 24, ["Info"] = "DisputeLost" },
            },
        });

        Assert.Equal("parked: unconfirmed_says_less", await world.FateAsync(claimed));
        await payment.AssertKeptAsync(4900, 21, "partially_refunded");
    }

    private static JsonObject Refund(
        int id, int paymentId, long hundredths, string? reference = "made-by-hand", string currency = "BRL") =>
        new()
        {
            ["Refund"] = new JsonObject
            {
                ["ID"] = id, ["InitialPaymentID"] = paymentId, ["MerchantTransactionID"] = reference,
                ["Amount"] = hundredths, ["Currency"] = currency, ["TypeID"] = 1, ["SiteID"] = 30201,
                ["Status"] = new JsonObject { ["ID"] = 2, ["Info"] = "Success", ["Reasons"] = null },
            },
        };
}
