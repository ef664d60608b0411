using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Refunding;

[Collection(RefundedCollection.Name)]
public class when_refunding_a_payment(RefundedWorld shared)
{
    private readonly World world = shared.World;

    [Fact]
    public async Task all_of_it_goes_back_and_the_result_comes_later()
    {
        var payment = await Payment.MadeAsync(world, 5000);

        var reply = await payment.RefundAsync("all", 5000);

        Assert.True(reply.Status == HttpStatusCode.Created, reply.Text);
        var refund = reply.Json["Refund"]!;
        Assert.Equal(
            (1, "5000", payment.Id),
            ((int)refund["Status"]!["ID"]!, (string)refund["Amount"]!, (int)refund["InitialPaymentID"]!));
        await payment.AssertKeptAsync(5000, 2);

        await world.AdvanceAsync("P1D");

        await payment.AssertKeptAsync(0, 22, "refunded");
        var one =
            (await world.Storefront.ReadAsync($"v1/payments/{payment.Id}/refunds/{refund["ID"]}")).Json["Refund"]!;
        Assert.Equal((2, "Success"), ((int)one["Status"]!["ID"]!, (string)one["Status"]!["Info"]!));
        Assert.Equal(
            ["payment_charged", "refund_requested", "refund_accepted", "payment_refunded"],
            (await payment.Subscriber.Story())[^4..]);
        Assert.Equal(1, await payment.ReceivedAsync());
        (await payment.RefundAsync("more", 1)).AssertRefused(HttpStatusCode.BadRequest, "Refund", "17");
        await Witness.ProveRecordsAsync(world);
    }

    [Fact]
    public async Task parts_of_it_go_back_until_nothing_is_left()
    {
        var payment = await Payment.MadeAsync(world, 5000);
        await payment.RefundAsync("a", 2000);
        (await payment.RefundAsync("b", 3001)).AssertRefused(HttpStatusCode.BadRequest, "Refund", "118");
        await world.AdvanceAsync("P1D");
        await payment.AssertKeptAsync(3000, 21, "partially_refunded");

        await payment.RefundAsync("c", 3000);
        (await payment.RefundAsync("d", 1)).AssertRefused(HttpStatusCode.BadRequest, "Refund", "118");
        await world.AdvanceAsync("P1D");

        await payment.AssertKeptAsync(0, 22, "refunded");
        Assert.Equal(["3000", "2000"], (await payment.RefundsAsync()).Select(refund => (string)refund["Amount"]!));
        Assert.Equal(
            ["refunded", "refunded"],
            (await payment.ViewAsync())["refunds"]!.AsArray().Select(refund => (string)refund!["status"]!));
        Assert.Empty((await payment.Subscriber.View())["drift"]!.AsArray());
    }

    [Fact]
    public async Task many_at_once_never_take_more_than_was_paid()
    {
        var payment = await Payment.MadeAsync(world, 5000);

        var reply = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => payment.RefundAsync($"race{n}", 2000)));

        Assert.Equal(2, reply.Count(one => one.Status == HttpStatusCode.Created));
        Assert.All(
            reply.Where(one => one.Status != HttpStatusCode.Created),
            one => one.AssertRefused(HttpStatusCode.BadRequest, "Refund", "118"));
        Assert.Equal(2, await payment.ReceivedAsync());
    }

    [Fact]
    public async Task one_that_fails_late_gives_its_part_back()
    {
        var payment = await Payment.MadeAsync(world, 5000);
        await payment.Subscriber.Misbehave("refund", "pending_then_failure", code: 18, afterDays: 0.5);
        await payment.RefundAsync("late", 5000);

        await world.AdvanceAsync("P1D");

        await payment.AssertKeptAsync(5000, 2);
        Assert.Equal(4, (int)Assert.Single(await payment.RefundsAsync())["Status"]!["ID"]!);
        Assert.Equal(HttpStatusCode.Created, (await payment.RefundAsync("again", 5000)).Status);
    }

    [Fact]
    public async Task what_the_gateway_refuses_is_refused_with_its_code_and_takes_nothing()
    {
        var payment = await Payment.MadeAsync(world, 5000);
        await payment.Subscriber.Misbehave("refund", "refuse", code: 18);

        (await payment.RefundAsync("no", 5000)).AssertRefused(HttpStatusCode.BadRequest, "Refund", "18");

        Assert.Empty(await payment.RefundsAsync());
        Assert.Equal("failed", (string)Assert.Single((await payment.ViewAsync())["refunds"]!.AsArray())!["status"]!);
        Assert.Equal(HttpStatusCode.Created, (await payment.RefundAsync("yes", 5000)).Status);
    }

    [Fact]
    public async Task a_repeat_meets_the_same_answer_and_a_known_id_is_a_duplicate()
    {
        var payment = await Payment.MadeAsync(world, 5000);
        var requestId = $"{Guid.NewGuid()}";

        var first = await payment.RefundAsync("once", 1000, requestId);
        var again = await payment.RefundAsync("once", 1000, requestId);

        Assert.Equal((first.Status, first.Text), (again.Status, again.Text));
        (await payment.RefundAsync("once", 1001, requestId)).AssertRefused(HttpStatusCode.BadRequest, "Refund", "2");
        (await payment.RefundAsync("once", 1000)).AssertRefused(HttpStatusCode.BadRequest, "Refund", "20");
        Assert.Equal(1, await payment.ReceivedAsync());
    }

    [Fact]
    public async Task what_is_not_there_is_not_found_and_what_makes_no_sense_is_refused()
    {
        var payment = await Payment.MadeAsync(world, 5000);
        var path = $"v1/payments/{payment.Id}/refunds/";

        (await world.Storefront.PostBodyAsync("v1/payments/999999/refunds", Payment.Body("x", 1)))
            .AssertRefused(HttpStatusCode.NotFound, "Refund", "17");
        (await world.Storefront.ReadAsync($"{path}77")).AssertRefused(HttpStatusCode.NotFound, "Refund", "17");
        (await world.Storefront.PostBodyAsync(path, Payment.Body("x", 0)))
            .AssertRefused(HttpStatusCode.BadRequest, "Refund", "118");
        (await world.Storefront.PostBodyAsync(path, Payment.Body("not an id", 1)))
            .AssertRefused(HttpStatusCode.BadRequest, "Refund", "2");
        (await world.Storefront.PostBodyAsync(path, "{}")).AssertRefused(HttpStatusCode.BadRequest, "Refund", "1");
        Assert.Equal(0, await payment.ReceivedAsync());
    }

    [Fact]
    public async Task how_it_would_go_is_the_gateways_to_say()
    {
        var payment = await Payment.MadeAsync(world, 5000);

        var type = Assert.Single((await world.Storefront.ReadAsync($"v1/payments/{payment.Id}/refunds/types"))
            .Json["RefundTypes"]!.AsArray())!;

        Assert.Equal(
            (1, "Native", true), ((int)type["ID"]!, (string)type["Name"]!, (bool)type["AllowsPartialRefund"]!));
    }

    [Fact]
    public async Task a_forgotten_customer_gets_money_back_where_no_details_are_needed()
    {
        var payment = await Payment.MadeAsync(world, 5000);
        var detailed = Payment.Body(payment.Reference("detailed"), 1000)
            .With("Refund.Details", """{"BankCode":"ABNANL2A","CustomerIBAN":"NL91ABNA0417164300"}""");
        Assert.Equal(
            HttpStatusCode.Created,
            (await world.Storefront.PostBodyAsync($"v1/payments/{payment.Id}/refunds", detailed)).Status);
        (await world.Billing("operator", "forget", $"{payment.Subscriber.Id}", "--site", "30201", "--by", "maria"))
            .Ended(0);

        detailed["Refund"]!["MerchantTransactionID"] = payment.Reference("again");
        (await world.Storefront.PostBodyAsync($"v1/payments/{payment.Id}/refunds", detailed))
            .AssertRefused(HttpStatusCode.BadRequest, "Refund", "18");
        Assert.Equal(HttpStatusCode.Created, (await payment.RefundAsync("plain", 1000)).Status);
        Assert.All(await payment.RefundsAsync(), refund => Assert.Null(refund["Details"]));
    }

    [Theory]
    [InlineData("act_then_timeout", "timeout")]
    [InlineData("act_then_reset", "connection_lost")]
    [InlineData("wrong_amount", "mismatch_amount")]
    public async Task a_refund_whose_answer_was_lost_is_unknown_until_a_look_up_finds_it(string action, string symptom)
    {
        var (payment, reply) = shared.Lost[action];

        Assert.Equal(
            (HttpStatusCode.Created, 0, 1),
            (reply.Status, (int)reply.Json["Refund"]!["ID"]!, (int)reply.Json["Refund"]!["Status"]!["ID"]!));
        Assert.Equal(symptom, (string)(await payment.Subscriber.EventsOf("refund_outcome_unknown"))[0]["Symptom"]!);
        Assert.Equal("LookUp", (string)(await payment.Subscriber.EventsOf("refund_accepted"))[0]["LearntFrom"]!);
        Assert.Equal(1, await payment.ReceivedAsync());

        (await payment.RefundAsync("lost", 2000)).AssertRefused(HttpStatusCode.BadRequest, "Refund", "20");
        Assert.Single(await payment.RefundsAsync());
    }

    // No source says that the gateway refuses a second refund under the same id.
    [Fact]
    public async Task a_refund_that_the_gateway_does_not_have_is_never_sent_again_and_gets_an_owner()
    {
        var (payment, _) = shared.Lost["reset"];
        var refund = Assert.Single((await payment.ViewAsync())["refunds"]!.AsArray())!;

        Assert.Equal(("unknown", "operator"), ((string)refund["status"]!, (string)refund["owner"]!));
        Assert.Equal(1, await payment.ReceivedAsync());
        Assert.DoesNotContain("refund_resent", await payment.Subscriber.Story());
        (await payment.RefundAsync("more", 3001)).AssertRefused(HttpStatusCode.BadRequest, "Refund", "118");
    }

    [Fact]
    public async Task the_second_payment_of_a_period_that_was_paid_twice_goes_back_where_that_is_wished()
    {
        var subscriber = await world.OpenMeeting("failed_then_success", afterDays: 1.5);
        await world.UntilIdle();
        await world.AdvanceAsync("P1D");
        await world.AdvanceAsync("P1D");
        await world.AdvanceAsync("P2D");

        var twice = Assert.Single(await subscriber.EventsOf("period_paid_twice"));
        var refund = Assert.Single(await subscriber.EventsOf("refund_requested"));
        Assert.Equal(
            ((string)twice["SecondCharge"]!, "period_paid_twice"),
            ((string)refund["Charge"]!["MerchantTransactionId"]!, (string)refund["Cause"]!));
        Assert.Equal([0L, 4990L], (await subscriber.Payments()).Select(payment => (long)payment["netMinor"]!).Order());
        await Witness.ProveRecordsAsync(world);
    }
}
