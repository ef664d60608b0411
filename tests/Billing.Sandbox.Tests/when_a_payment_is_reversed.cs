using System.Net;
using Billing.Sandbox.Tests.Worlds;

namespace Billing.Sandbox.Tests;

public class when_a_payment_is_reversed
{
    [Fact]
    public async Task for_eight_weeks_no_question_is_asked()
    {
        await using var world = await World.StartAsync();
        var payment = await APaidDebitAsync(world);
        await world.AdvanceAsync("P55D");

        var reversed = await ReverseAsync(world, payment);
        await world.UntilIdleAsync();

        Assert.Equal(HttpStatusCode.OK, reversed.Status);
        Assert.Equal(
            """{"ID":16,"Info":"Reversed","Reasons":[{"Code":"MD06","Info":"Refund request by end customer"}]}""",
            world.LastNotified("Payment").GetProperty("Status").GetRawText());
        Assert.Equal((16, "Reversed"), await world.StatusAsync(payment));
        Assert.Equal(100, (await world.LedgerAsync("t1")).GetProperty("wentBack").GetInt64());
        Assert.Contains("status 16", Sentence(await ReverseAsync(world, payment)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task after_that_the_bank_has_to_agree()
    {
        await using var world = await World.StartAsync();
        var payment = await APaidDebitAsync(world);
        await world.AdvanceAsync("P57D");

        Assert.Contains(
            "only if the customer's bank agrees", Sentence(await ReverseAsync(world, payment)),
            StringComparison.Ordinal);
        Assert.Equal((2, "Success"), await world.StatusAsync(payment));
        Assert.Equal("MD01", (await ReverseAsync(world, payment, """{"bankAgrees":true}""")).Codes);
    }

    [Fact]
    public async Task after_thirteen_months_nothing_is_reversed()
    {
        await using var world = await World.StartAsync();
        var payment = await APaidDebitAsync(world);
        await world.AdvanceAsync("P13M1D");

        var refused = await ReverseAsync(world, payment, """{"bankAgrees":true}""");

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("after 13 months", Sentence(refused), StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_reason_may_be_given()
    {
        await using var world = await World.StartAsync();
        var payment = await APaidDebitAsync(world);

        var reversed = await ReverseAsync(world, payment, """{"code":"AM04","info":"Insufficient funds"}""");

        Assert.Equal(
            """[{"Code":"AM04","Info":"Insufficient funds"}]""",
            reversed.Payment.GetProperty("Status").GetProperty("Reasons").GetRawText());
    }

    [Fact]
    public async Task what_is_not_a_direct_debit_or_not_paid_is_not_reversed()
    {
        await using var world = await World.StartAsync();
        var wallet = await world.APaymentAsync(await world.AnOpenPreapprovalAsync());
        var pending = await world.APaymentAsync(
            await world.AnOpenPreapprovalAsync(84, "sub-2", country: "NL"), "t2", currency: "EUR");

        Assert.Contains(
            "MercadoPago payments are not reversed", Sentence(await ReverseAsync(world, wallet)),
            StringComparison.Ordinal);
        Assert.Contains("status 1", Sentence(await ReverseAsync(world, pending)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(16, "reversed")]
    [InlineData(26, "charged_back")]
    public async Task a_status_set_by_hand_moves_the_money_too(int statusId, string what)
    {
        await using var world = await World.StartAsync();
        var payment = await world.APaymentAsync(await world.AnOpenPreapprovalAsync());

        await world.ToolAsync(
            HttpMethod.Post, $"/sandbox/payments/{payment}/status", $$"""{"statusId":{{statusId}}}""");
        await world.ToolAsync(
            HttpMethod.Post, $"/sandbox/payments/{payment}/status", $$"""{"statusId":{{statusId}}}""");

        var entry = await world.LedgerAsync("t1");
        Assert.Equal(
            (100, what),
            (
                entry.GetProperty("wentBack").GetInt64(),
                entry.GetProperty("events").EnumerateArray().Last().Text("what")));
    }

    private static async Task<int> APaidDebitAsync(World world)
    {
        var payment = await world.APaymentAsync(await world.AnOpenPreapprovalAsync(84, country: "NL"), currency: "EUR");
        await world.AdvanceAsync("P3D");
        await world.UntilIdleAsync();
        return payment;
    }

    private static Task<Reply> ReverseAsync(World world, int payment, string? body = null) =>
        world.ToolAsync(HttpMethod.Post, $"/sandbox/payments/{payment}/reverse", body);

    private static string Sentence(Reply refused) => refused.Json.Text("message")!;
}
