using System.Net;
using System.Text.Json;
using Billing.Sandbox.Tests.Worlds;

namespace Billing.Sandbox.Tests;

public class when_an_outcome_is_bent
{
    [Fact]
    public async Task decline_is_a_failed_payment_with_its_reason()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.RuleAsync("""{"operation":"charge","action":"decline","code":121,"times":1}""");

        var declined = await world.ChargeAsync(open);
        var next = await world.ChargeAsync(open, "t2");

        Assert.Equal(HttpStatusCode.Created, declined.Status);
        Assert.Equal(
            (4, "Failed", "121"),
            (StatusOf(declined), declined.Payment.GetProperty("Status").Text("Info"), declined.Codes));
        Assert.Equal(2, StatusOf(next));
        await world.UntilIdleAsync();
        Assert.Contains(world.Merchant.All, n => n.Body.Contains("\"Info\":\"Failed\"", StringComparison.Ordinal));
        Assert.Equal(
            (0, "failed"),
            (
                Captured(await world.LedgerAsync("t1")),
                (await world.LedgerAsync("t1")).GetProperty("events")[1].Text("what")));
    }

    [Fact]
    public async Task an_unsaid_decline_lacks_balance()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.RuleAsync("""{"operation":"charge","action":"decline"}""");

        Assert.Equal("119", (await world.ChargeAsync(open)).Codes);
    }

    [Fact]
    public async Task notify_first_delivers_the_payment_before_the_answer()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync(84, country: "NL");
        await world.RuleAsync("""{"operation":"charge","action":"notify_first"}""");

        var charged = await world.ChargeAsync(open, currency: "EUR");

        Assert.Contains(world.Merchant.All, n => n.Body.Contains("\"Info\":\"Success\"", StringComparison.Ordinal));
        Assert.Equal(1, StatusOf(charged));
        Assert.Equal(2, StatusOf(await world.GetAsync($"/v1/payments/{charged.Payment.Int("ID")}")));
    }

    [Fact]
    public async Task notify_first_opens_a_preapproval_before_create_is_answered()
    {
        await using var world = await World.StartAsync();
        await world.RuleAsync("""{"operation":"create","action":"notify_first"}""");

        var created = await world.PostAsync("/v1/preapprovals", A.Preapproval());

        Assert.Contains("\"Info\":\"Open\"", Assert.Single(world.Merchant.All).Body, StringComparison.Ordinal);
        Assert.Equal(1, created.Preapproval.GetProperty("Status").Int("ID"));
    }

    [Theory]
    [InlineData("pending_then_success", 7, 2, 1)]
    [InlineData("pending_then_failure", 7, 4, 0)]
    [InlineData("failed_then_success", 4, 2, 1)]
    public async Task a_late_change_comes_after_its_days(string action, int first, int last, int captured)
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.RuleAsync($$"""{"operation":"charge","action":"{{action}}","afterDays":2}""");

        var charged = await world.ChargeAsync(open);
        await world.AdvanceAsync("P1D");
        await world.UntilIdleAsync();
        var between = await world.GetAsync("/v1/payments/3009261");
        await world.AdvanceAsync("P1D");
        await world.UntilIdleAsync();

        Assert.Equal(
            (first, first, last),
            (StatusOf(charged), StatusOf(between), StatusOf(await world.GetAsync("/v1/payments/3009261"))));
        Assert.Equal(captured, Captured(await world.LedgerAsync("t1")));
        Assert.Contains($"\"Status\":{{\"ID\":{last},", world.Merchant.All.Last().Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task wrong_amount_and_unknown_status_are_in_the_answer_only()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.ToolAsync(
            HttpMethod.Put, "/sandbox/scenarios",
            """{"rules":[{"operation":"charge","action":"wrong_amount","merchantTransactionId":"t1"},"""
            + """{"operation":"charge","action":"unknown_status","statusId":98,"merchantTransactionId":"t2"},"""
            + """{"operation":"find","action":"unknown_status"}]}""");

        var wrong = await world.ChargeAsync(open);
        var unknown = await world.ChargeAsync(open, "t2");
        var listed = await world.GetAsync("/v1/payments?merchantTransactionID=t2");

        Assert.Equal("101", wrong.Payment.Text("Amount"));
        Assert.Equal("100", (await world.GetAsync("/v1/payments/3009261")).Payment.Text("Amount"));
        Assert.Equal(
            (98, JsonValueKind.Null),
            (StatusOf(unknown), unknown.Payment.GetProperty("Status").GetProperty("Info").ValueKind));
        Assert.Equal(99, listed.Json.GetProperty("Payments")[0].GetProperty("Status").Int("ID"));
        Assert.Equal(2, StatusOf(await world.GetAsync("/v1/payments/3009262")));
    }

    [Fact]
    public async Task not_found_hides_what_is_there()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.ChargeAsync(open);
        await world.ToolAsync(
            HttpMethod.Put, "/sandbox/scenarios", """{"rules":[{"operation":"find","action":"not_found","times":1},"""
                + """{"operation":"read","action":"not_found"},{"operation":"read_payment","action":"not_found"}]}""");

        Assert.Equal(0, (await world.GetAsync("/v1/payments?merchantTransactionID=t1")).Json.Int("Count"));
        Assert.Equal(1, (await world.GetAsync("/v1/payments?merchantTransactionID=t1")).Json.Int("Count"));
        Assert.Equal(HttpStatusCode.NotFound, (await world.GetAsync($"/v1/preapprovals/{open}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await world.GetAsync("/v1/payments/3009261")).Status);
        Assert.Equal(2, (await world.LedgerAsync("t1")).Int("lookups"));
    }

    private static int StatusOf(Reply reply) => reply.Payment.GetProperty("Status").Int("ID");

    private static int Captured(JsonElement entry) => entry.Int("captured");
}
