using System.Net;
using System.Text.Json;
using Billing.Sandbox.Tests.Worlds;

namespace Billing.Sandbox.Tests;

public class when_capturing_and_cancelling
{
    [Theory]
    [InlineData("capture")]
    [InlineData("capture/")]
    [InlineData("capture?amount=50")]
    [InlineData("cancel")]
    [InlineData("cancel/")]
    public async Task what_is_not_authorized_is_code_17(string call)
    {
        await using var world = await World.StartAsync();
        var payment = await world.APaymentAsync(await world.AnOpenPreapprovalAsync());
        await world.UntilIdleAsync();

        var refused = await world.CallAsync(HttpMethod.Post, $"/v1/payments/{payment}/{call}");
        await world.UntilIdleAsync();

        Assert.Equal((HttpStatusCode.BadRequest, "17"), (refused.Status, refused.Codes));
        Assert.Equal(
            (payment, JsonValueKind.Null),
            (refused.Payment.Int("ID"), refused.Payment.GetProperty("Status").GetProperty("ID").ValueKind));
        Assert.Equal((2, "Success"), await world.StatusAsync(payment));
        Assert.Equal(2, world.Merchant.All.Count);
        Assert.Equal(
            HttpStatusCode.NotFound, (await world.CallAsync(HttpMethod.Post, $"/v1/payments/999/{call}")).Status);
    }

    [Theory]
    [InlineData("capture", 2, "Success", null)]
    [InlineData("capture?amount=100", 2, "Success", null)]
    [InlineData("capture?AMOUNT=60", 35, "PartiallyCaptured", "60")]
    [InlineData("cancel", 3, "Cancelled", null)]
    public async Task an_authorized_amount_is_captured_or_released(
        string call, int status, string info, string? captured)
    {
        await using var world = await World.StartAsync();
        var payment = await AnAuthorizedPaymentAsync(world);

        var done = await world.CallAsync(HttpMethod.Post, $"/v1/payments/{payment}/{call}");
        await world.UntilIdleAsync();

        Assert.Equal(HttpStatusCode.OK, done.Status);
        Assert.Equal((status, info), await world.StatusAsync(payment));
        Assert.Equal(
            (status, captured), (done.Payment.GetProperty("Status").Int("ID"), done.Payment.Text("CapturedAmount")));
        Assert.Equal($"Payment {status}", world.Notified().Last());
        Assert.Equal("17", (await world.CallAsync(HttpMethod.Post, $"/v1/payments/{payment}/cancel")).Codes);
    }

    [Fact]
    public async Task no_more_is_captured_than_was_authorized_and_no_more_refunded_than_captured()
    {
        await using var world = await World.StartAsync();
        var payment = await AnAuthorizedPaymentAsync(world);

        Assert.Equal(
            "118", (await world.CallAsync(HttpMethod.Post, $"/v1/payments/{payment}/capture?amount=101")).Codes);
        Assert.Equal("118", (await world.CallAsync(HttpMethod.Post, $"/v1/payments/{payment}/capture?amount=0")).Codes);
        await world.CallAsync(HttpMethod.Post, $"/v1/payments/{payment}/capture?amount=60");
        Assert.Equal("118", (await world.RefundAsync(payment, "r1", "61")).Codes);
        await world.RefundAsync(payment, "r2", "60");
        await world.AdvanceAsync("P1D");
        await world.UntilIdleAsync();
        Assert.Equal((22, "Refunded"), await world.StatusAsync(payment));
    }

    [Fact]
    public async Task a_request_id_tells_captures_of_different_amounts_apart()
    {
        await using var world = await World.StartAsync();
        var payment = await AnAuthorizedPaymentAsync(world);

        var first = await world.CallAsync(
            HttpMethod.Post, $"/v1/payments/{payment}/capture?amount=60", requestId: "q1");
        var again = await world.CallAsync(
            HttpMethod.Post, $"/v1/payments/{payment}/capture?amount=60", requestId: "q1");
        var other = await world.CallAsync(
            HttpMethod.Post, $"/v1/payments/{payment}/capture?amount=50", requestId: "q1");

        Assert.Equal(first.Text, again.Text);
        Assert.Equal(HttpStatusCode.BadRequest, other.Status);
    }

    private static async Task<int> AnAuthorizedPaymentAsync(World world)
    {
        var fixture = await world.ToolAsync(
            HttpMethod.Post, "/sandbox/fixtures",
            """{"Payments":"""
            + """[{"MerchantTransactionID":"t1","Amount":"100","Currency":"EUR","MethodID":94,"Status":{"ID":9}}]}""");
        return fixture.Json.GetProperty("payments")[0].GetInt32();
    }
}
