using System.Net;
using System.Text.Json;
using Billing.Sandbox.Tests.Worlds;

namespace Billing.Sandbox.Tests;

public class when_a_payment_is_disputed
{
    [Fact]
    public async Task the_dispute_and_the_payment_are_both_notified()
    {
        await using var world = await World.StartAsync();
        var payment = await world.APaymentAsync(await world.AnOpenPreapprovalAsync());
        await world.UntilIdleAsync();

        var shown = await PullAsync(world, payment, "dispute");
        await world.UntilIdleAsync();

        Assert.Equal((HttpStatusCode.OK, 19), (shown.Status, shown.Payment.GetProperty("Status").Int("ID")));
        Assert.Equal(["Dispute 1", "Payment 19"], world.Notified()[2..].Order());
        Assert.Matches(
            $$$"""^\{"ID":14,"SiteID":30201,"Created":"\d{14}","PaymentID":{{{payment}}},"MethodID":46"""
            + ""","Amount":"100","Currency":"BRL","Status":\{"ID":1,"Info":"Open","Reasons":null\}\}$""",
            world.LastNotified("Dispute").GetRawText());
        Assert.Equal((19, "Disputed"), await world.StatusAsync(payment));
        Assert.Equal("Basic MzAyMDE6Z2F0ZXdheS1rZXktMzAyMDE=", world.Merchant.All.Last().Authorization);
    }

    [Theory]
    [InlineData("dispute/win", 23, "DisputeWon", 0)]
    [InlineData("dispute/lose", 24, "DisputeLost", 0)]
    [InlineData("chargeback", 26, "Chargedback", 100)]
    public async Task it_ends_one_way_or_another(string end, int status, string info, int wentBack)
    {
        await using var world = await World.StartAsync();
        var payment = await world.APaymentAsync(await world.AnOpenPreapprovalAsync());
        await PullAsync(world, payment, "dispute");
        await world.UntilIdleAsync();

        await PullAsync(world, payment, end);
        await world.UntilIdleAsync();

        Assert.Equal([$"Dispute {(status == 23 ? 23 : 24)}", $"Payment {status}"], world.Notified()[4..].Order());
        Assert.Equal((status, info), await world.StatusAsync(payment));
        Assert.Equal(14, world.LastNotified("Dispute").Int("ID"));
        Assert.Equal(wentBack, (await world.LedgerAsync("t1")).GetProperty("wentBack").GetInt64());
    }

    [Fact]
    public async Task a_lost_one_is_charged_back_for_what_was_claimed()
    {
        await using var world = await World.StartAsync();
        var payment = await world.APaymentAsync(await world.AnOpenPreapprovalAsync());
        await PullAsync(world, payment, "dispute", """{"amount":60}""");
        await PullAsync(world, payment, "dispute/lose");

        await PullAsync(world, payment, "chargeback");
        await world.UntilIdleAsync();

        Assert.Equal(
            ["Dispute 1", "Dispute 24"],
            world.Notified().Where(t => t.StartsWith("Dispute", StringComparison.Ordinal)).Order());
        Assert.Equal("60", world.LastNotified("Dispute").Text("Amount"));
        Assert.Equal(60, (await world.LedgerAsync("t1")).GetProperty("wentBack").GetInt64());
        Assert.Equal((26, "Chargedback"), await world.StatusAsync(payment));
    }

    [Fact]
    public async Task a_bank_may_charge_back_without_a_question()
    {
        await using var world = await World.StartAsync();
        var payment = await world.APaymentAsync(await world.AnOpenPreapprovalAsync());
        await world.UntilIdleAsync();

        await PullAsync(world, payment, "chargeback");
        await world.UntilIdleAsync();

        Assert.Equal(["Dispute 24", "Payment 26"], world.Notified()[2..].Order());
    }

    [Fact]
    public async Task what_was_refunded_already_is_not_charged_back_again()
    {
        await using var world = await World.StartAsync();
        var payment = await world.APaymentAsync(await world.AnOpenPreapprovalAsync(), amount: "500");
        await world.RefundAsync(payment, "r1", "200");
        await world.RefundAsync(payment, "r2", "100");
        await world.ToolAsync(HttpMethod.Post, "/sandbox/refunds/16405/succeed");

        await PullAsync(world, payment, "chargeback");
        await world.AdvanceAsync("P2D");
        await world.UntilIdleAsync();

        // The open refund comes too late.
        Assert.Equal(500, (await world.LedgerAsync("t1")).GetProperty("wentBack").GetInt64());
        Assert.Equal(
            """{"ID":4,"Info":"Failed","Reasons":"""
            + """[{"Code":"18","Info":"Refund is invalid: the payment has gone back already"}]}""",
            (await world.GetAsync($"/v1/payments/{payment}/refunds/16406")).Refund.GetProperty("Status").GetRawText());
        Assert.Equal((26, "Chargedback"), await world.StatusAsync(payment));
    }

    [Fact]
    public async Task a_refund_that_ends_under_a_dispute_leaves_the_dispute_to_see()
    {
        await using var world = await World.StartAsync();
        var payment = await world.APaymentAsync(await world.AnOpenPreapprovalAsync());
        await world.RefundAsync(payment, "r1", "40");
        await PullAsync(world, payment, "dispute");

        await world.AdvanceAsync("P1D");
        await world.UntilIdleAsync();

        Assert.Contains("Refund 2", world.Notified());
        Assert.Equal((19, "Disputed"), await world.StatusAsync(payment));
    }

    [Theory]
    [InlineData("dispute", """{"amount":101}""", "left to dispute")]
    [InlineData("dispute", """{"amount":0}""", "left to dispute")]
    [InlineData("dispute/win", null, "no open dispute")]
    [InlineData("dispute/lose", null, "no open dispute")]
    public async Task what_cannot_be_is_refused_with_a_sentence(string lever, string? body, string sentence)
    {
        await using var world = await World.StartAsync();
        var payment = await world.APaymentAsync(await world.AnOpenPreapprovalAsync());

        var refused = await PullAsync(world, payment, lever, body);

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains(sentence, refused.Json.Text("message"), StringComparison.Ordinal);
        Assert.Equal((2, "Success"), await world.StatusAsync(payment));
    }

    [Fact]
    public async Task what_was_not_paid_is_neither_disputed_nor_charged_back()
    {
        await using var world = await World.StartAsync();
        await world.RuleAsync("""{"operation":"charge","action":"decline"}""");
        var payment = await world.APaymentAsync(await world.AnOpenPreapprovalAsync());

        Assert.Equal(HttpStatusCode.BadRequest, (await PullAsync(world, payment, "dispute")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await PullAsync(world, payment, "chargeback")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await PullAsync(world, 999, "dispute")).Status);
    }

    [Fact]
    public async Task a_dispute_survives_a_restart()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("sandbox").FullName, "state.jsonl");
        await using var merchant = await Merchant.StartAsync();
        var before = await World.StartAsync(merchant, "StatePath=" + path);
        var payment = await before.APaymentAsync(await before.AnOpenPreapprovalAsync());
        await PullAsync(before, payment, "dispute");
        await before.UntilIdleAsync();
        await before.StopAsync();

        var after = await World.StartAsync(merchant, "StatePath=" + path);
        await PullAsync(after, payment, "dispute/win");
        await after.UntilIdleAsync();

        Assert.Equal(
            (14, 23),
            (after.LastNotified("Dispute").Int("ID"), after.LastNotified("Dispute").GetProperty("Status").Int("ID")));
        await after.StopAsync();
    }

    private static Task<Reply> PullAsync(World world, int payment, string lever, string? body = null) =>
        world.ToolAsync(HttpMethod.Post, $"/sandbox/payments/{payment}/{lever}", body);
}
