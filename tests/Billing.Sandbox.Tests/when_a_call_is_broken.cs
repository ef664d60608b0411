using System.Net;
using System.Text.Json;
using Billing.Sandbox.Tests.Worlds;

namespace Billing.Sandbox.Tests;

public class when_a_call_is_broken
{
    [Theory]
    [InlineData("create", "POST", "/v1/preapprovals")]
    [InlineData("charge", "POST", "/v1/payments/recurrent")]
    [InlineData("change", "PATCH", "/v1/preapprovals/4217")]
    [InlineData("close", "DELETE", "/v1/preapprovals/4217")]
    [InlineData("read", "GET", "/v1/preapprovals/4217")]
    [InlineData("read_payment", "GET", "/v1/payments/3009261")]
    public async Task refuse_is_a_400_with_that_code_and_nothing_done(string operation, string method, string path)
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.ChargeAsync(open);
        await world.RuleAsync($$"""{"operation":"{{operation}}","action":"refuse","code":16}""");

        var refused = await world.CallAsync(
            new HttpMethod(method), path, operation == "charge" ? A.Charge(open, "t2") : A.Preapproval("new"));

        Assert.Equal((HttpStatusCode.BadRequest, "16"), (refused.Status, refused.Codes));
        await world.ToolAsync(HttpMethod.Delete, "/sandbox/scenarios");
        Assert.Equal(1, (await world.GetAsync("/v1/payments")).Json.Int("TotalCount"));
        Assert.Single((await world.GetAsync("/v1/preapprovals")).Json.GetProperty("Preapprovals").EnumerateArray());
        Assert.Equal(2, (await world.GetAsync("/v1/preapprovals/4217")).Preapproval.GetProperty("Status").Int("ID"));
    }

    [Theory]
    [InlineData("find", "/v1/payments?merchantTransactionID=t1", "Payments")]
    [InlineData("list", "/v1/preapprovals", "Preapprovals")]
    public async Task a_refused_list_says_an_error(string operation, string path, string key)
    {
        await using var world = await World.StartAsync();
        await world.RuleAsync($$"""{"operation":"{{operation}}","action":"refuse","code":16}""");

        var refused = await world.GetAsync(path);

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Empty(refused.Json.GetProperty(key).EnumerateArray());
        Assert.Equal("An error has occurred. Please try again later", refused.Json.Text("Error"));
    }

    [Theory]
    [InlineData("timeout", 0, "timeout without acting")]
    [InlineData("act_then_timeout", 1, "timeout after acting")]
    public async Task a_timeout_holds_the_connection(string action, int captured, string says)
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.RuleAsync($$"""{"operation":"charge","action":"{{action}}"}""");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            world.CallAsync(HttpMethod.Post, "/v1/payments/recurrent", A.Charge(open), timeoutSeconds: 1));

        await AssertLedgerAsync(world, captured, says);
    }

    [Theory]
    [InlineData("reset", 0, "reset without acting")]
    [InlineData("act_then_reset", 1, "reset after acting")]
    public async Task a_reset_breaks_the_connection(string action, int captured, string says)
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.RuleAsync($$"""{"operation":"charge","action":"{{action}}"}""");

        await Assert.ThrowsAsync<HttpRequestException>(() => world.ChargeAsync(open));

        await AssertLedgerAsync(world, captured, says);
    }

    [Theory]
    [InlineData("error_500", 0, "500 without acting")]
    [InlineData("act_then_500", 1, "500 after acting")]
    public async Task a_500_may_or_may_not_have_acted(string action, int captured, string says)
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.RuleAsync($$"""{"operation":"charge","action":"{{action}}"}""");

        Assert.Equal(HttpStatusCode.InternalServerError, (await world.ChargeAsync(open)).Status);

        await AssertLedgerAsync(world, captured, says);
    }

    [Fact]
    public async Task rate_limited_says_when_to_come_back()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.RuleAsync("""{"operation":"charge","action":"rate_limited"}""");

        var limited = await world.ChargeAsync(open);

        Assert.Equal((HttpStatusCode.TooManyRequests, "1"), (limited.Status, limited.RetryAfter));
        await AssertLedgerAsync(world, 0, "429 without acting");
    }

    [Fact]
    public async Task rate_limited_for_as_long_as_the_rule_says()
    {
        await using var world = await World.StartAsync();
        await world.RuleAsync("""{"operation":"list","action":"rate_limited","delayMs":29100}""");

        Assert.Equal("30", (await world.GetAsync("/v1/preapprovals")).RetryAfter);
    }

    [Theory]
    [InlineData("null_status", "201 Success, without status")]
    [InlineData("answered_twice", "201 Success, twice")]
    [InlineData("another_payment", "201 Success, of another payment")]
    [InlineData("duplicate_code", "400 20")]
    public async Task an_answer_may_be_of_no_use_although_all_was_done(string action, string says)
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.ChargeAsync(open, "other");
        await world.RuleAsync($$"""{"operation":"charge","action":"{{action}}"}""");

        var bent = await world.ChargeAsync(open);

        switch (action)
        {
            case "null_status":
                Assert.Equal(JsonValueKind.Null, bent.Payment.GetProperty("Status").ValueKind);
                break;
            case "answered_twice":
                Assert.Equal(bent.Text[..(bent.Text.Length / 2)], bent.Text[(bent.Text.Length / 2)..]);
                Assert.ThrowsAny<JsonException>(() => bent.Json);
                break;
            case "another_payment":
                Assert.Equal("other", bent.Payment.Text("MerchantTransactionID"));
                break;
            default:
                Assert.Equal((HttpStatusCode.BadRequest, "20"), (bent.Status, bent.Codes));
                break;
        }

        await AssertLedgerAsync(world, 1, says);
    }

    [Fact]
    public async Task another_payment_is_made_up_where_there_is_no_other()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.RuleAsync("""{"operation":"charge","action":"another_payment"}""");

        Assert.Equal("another-payment", (await world.ChargeAsync(open)).Payment.Text("MerchantTransactionID"));
    }

    [Fact]
    public async Task slow_acts_also_when_its_caller_has_left()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.RuleAsync("""{"operation":"charge","action":"slow","delayMs":1500}""");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            world.CallAsync(HttpMethod.Post, "/v1/payments/recurrent", A.Charge(open), timeoutSeconds: 1));

        await world.Merchant.ReceivedAsync(2);
        Assert.Equal(1, Captured(await world.LedgerAsync("t1")));
    }

    [Fact]
    public async Task garbled_is_half_an_answer()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.RuleAsync("""{"operation":"charge","action":"garbled"}""");

        var garbled = await world.ChargeAsync(open);

        Assert.Equal(HttpStatusCode.Created, garbled.Status);
        Assert.ThrowsAny<JsonException>(() => garbled.Json);
        await AssertLedgerAsync(world, 1, "201 Success, garbled");
    }

    [Fact]
    public async Task html_is_no_json_and_still_acted()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.RuleAsync("""{"operation":"charge","action":"html"}""");

        var html = await world.ChargeAsync(open);

        Assert.Equal((HttpStatusCode.OK, "text/html; charset=utf-8"), (html.Status, html.ContentType));
        await AssertLedgerAsync(world, 1, "200 text/html after acting");
    }

    private static async Task AssertLedgerAsync(World world, int captured, string says)
    {
        var entry = await world.AnsweredLedgerAsync("t1");
        Assert.Equal((1, captured), (entry.Int("received"), Captured(entry)));
        Assert.Equal(says, Assert.Single(entry.GetProperty("answers").EnumerateArray()).GetString());
    }

    private static int Captured(JsonElement entry) => entry.Int("captured");
}
