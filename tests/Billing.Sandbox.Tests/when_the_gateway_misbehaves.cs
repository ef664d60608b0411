using System.Net;
using System.Text.Json;
using Billing.Sandbox.Tests.Worlds;

namespace Billing.Sandbox.Tests;

public class when_the_gateway_misbehaves
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
        Assert.Equal((4, "Failed", "121"), (StatusOf(declined), declined.Payment.GetProperty("Status").GetProperty("Info").GetString(), declined.Codes));
        Assert.Equal(2, StatusOf(next));
        await world.UntilIdleAsync();
        Assert.Contains(world.Merchant.All, n => n.Body.Contains("\"Info\":\"Failed\"", StringComparison.Ordinal));
        Assert.Equal((0, "failed"), (Captured(await world.LedgerAsync("t1")), (await world.LedgerAsync("t1")).GetProperty("events")[1].GetProperty("what").GetString()));
    }

    [Fact]
    public async Task an_unsaid_decline_lacks_balance()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.RuleAsync("""{"operation":"charge","action":"decline"}""");

        Assert.Equal("119", (await world.ChargeAsync(open)).Codes);
    }

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

        var refused = await world.CallAsync(new HttpMethod(method), path, operation == "charge" ? A.Charge(open, "t2") : A.Preapproval("new"));

        Assert.Equal((HttpStatusCode.BadRequest, "16"), (refused.Status, refused.Codes));
        await world.ToolAsync(HttpMethod.Delete, "/sandbox/scenarios");
        Assert.Equal(1, (await world.GetAsync("/v1/payments")).Json.GetProperty("TotalCount").GetInt32());
        Assert.Single((await world.GetAsync("/v1/preapprovals")).Json.GetProperty("Preapprovals").EnumerateArray());
        Assert.Equal(2, (await world.GetAsync("/v1/preapprovals/4217")).Preapproval.GetProperty("Status").GetProperty("ID").GetInt32());
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
        Assert.Equal("An error has occurred. Please try again later", refused.Json.GetProperty("Error").GetString());
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
    public async Task notify_first_delivers_the_payment_before_the_answer()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync(84, country: "NL");
        await world.RuleAsync("""{"operation":"charge","action":"notify_first"}""");

        var charged = await world.ChargeAsync(open, currency: "EUR");

        Assert.Contains(world.Merchant.All, n => n.Body.Contains("\"Info\":\"Success\"", StringComparison.Ordinal));
        Assert.Equal(1, StatusOf(charged));
        Assert.Equal(2, StatusOf(await world.GetAsync($"/v1/payments/{charged.Payment.GetProperty("ID").GetInt32()}")));
    }

    [Fact]
    public async Task notify_first_opens_a_preapproval_before_create_is_answered()
    {
        await using var world = await World.StartAsync();
        await world.RuleAsync("""{"operation":"create","action":"notify_first"}""");

        var created = await world.PostAsync("/v1/preapprovals", A.Preapproval());

        Assert.Contains("\"Info\":\"Open\"", Assert.Single(world.Merchant.All).Body, StringComparison.Ordinal);
        Assert.Equal(1, created.Preapproval.GetProperty("Status").GetProperty("ID").GetInt32());
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

        Assert.Equal((first, first, last), (StatusOf(charged), StatusOf(between), StatusOf(await world.GetAsync("/v1/payments/3009261"))));
        Assert.Equal(captured, Captured(await world.LedgerAsync("t1")));
        Assert.Contains($"\"Status\":{{\"ID\":{last},", world.Merchant.All.Last().Body, StringComparison.Ordinal);
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

    [Fact]
    public async Task wrong_amount_and_unknown_status_are_in_the_answer_only()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.ToolAsync(HttpMethod.Put, "/sandbox/scenarios", """{"rules":[{"operation":"charge","action":"wrong_amount","merchantTransactionId":"t1"},{"operation":"charge","action":"unknown_status","statusId":98,"merchantTransactionId":"t2"},{"operation":"find","action":"unknown_status"}]}""");

        var wrong = await world.ChargeAsync(open);
        var unknown = await world.ChargeAsync(open, "t2");
        var listed = await world.GetAsync("/v1/payments?merchantTransactionID=t2");

        Assert.Equal("101", wrong.Payment.GetProperty("Amount").GetString());
        Assert.Equal("100", (await world.GetAsync("/v1/payments/3009261")).Payment.GetProperty("Amount").GetString());
        Assert.Equal((98, JsonValueKind.Null), (StatusOf(unknown), unknown.Payment.GetProperty("Status").GetProperty("Info").ValueKind));
        Assert.Equal(99, listed.Json.GetProperty("Payments")[0].GetProperty("Status").GetProperty("ID").GetInt32());
        Assert.Equal(2, StatusOf(await world.GetAsync("/v1/payments/3009262")));
    }

    [Fact]
    public async Task not_found_hides_what_is_there()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.ChargeAsync(open);
        await world.ToolAsync(HttpMethod.Put, "/sandbox/scenarios", """{"rules":[{"operation":"find","action":"not_found","times":1},{"operation":"read","action":"not_found"},{"operation":"read_payment","action":"not_found"}]}""");

        Assert.Equal(0, (await world.GetAsync("/v1/payments?merchantTransactionID=t1")).Json.GetProperty("Count").GetInt32());
        Assert.Equal(1, (await world.GetAsync("/v1/payments?merchantTransactionID=t1")).Json.GetProperty("Count").GetInt32());
        Assert.Equal(HttpStatusCode.NotFound, (await world.GetAsync($"/v1/preapprovals/{open}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await world.GetAsync("/v1/payments/3009261")).Status);
        Assert.Equal(2, (await world.LedgerAsync("t1")).GetProperty("lookups").GetInt32());
    }

    [Fact]
    public async Task a_lost_notification_is_never_sent_until_someone_resends_it()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.RuleAsync("""{"operation":"charge","action":"lose_notification"}""");

        var charged = await world.ChargeAsync(open);
        await world.UntilIdleAsync();

        Assert.Equal(2, StatusOf(charged));
        Assert.Single(world.Merchant.All);
        await world.ToolAsync(HttpMethod.Post, "/sandbox/notifications/2/resend");
        Assert.Contains("\"Payment\"", (await world.Merchant.ReceivedAsync(2))[1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_lost_open_notification_belongs_to_the_create_call()
    {
        await using var world = await World.StartAsync();
        await world.RuleAsync("""{"operation":"create","action":"lose_notification"}""");

        var open = await world.AnOpenPreapprovalAsync();
        await world.UntilIdleAsync();

        Assert.Empty(world.Merchant.All);
        Assert.Equal(2, (await world.GetAsync($"/v1/preapprovals/{open}")).Preapproval.GetProperty("Status").GetProperty("ID").GetInt32());
    }

    [Fact]
    public async Task notify_twice_sends_the_same_body_twice()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.RuleAsync("""{"operation":"charge","action":"notify_twice"}""");

        await world.ChargeAsync(open);
        await world.UntilIdleAsync();

        var payments = world.Merchant.All.Where(n => n.Body.StartsWith("{\"Payment\"", StringComparison.Ordinal)).ToArray();
        Assert.Equal(2, payments.Length);
        Assert.Equal(payments[0].Body, payments[1].Body);
    }

    [Fact]
    public async Task a_rule_fires_only_for_what_it_names()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        var criteria = new[] { "\"merchantTransactionId\":\"x*\"", "\"methodId\":84", "\"amount\":101", "\"email\":\"other@gmail.com\"", "\"preapprovalId\":1", "\"merchantPreapprovalId\":\"sub-2\"", "\"times\":0" };
        await world.ToolAsync(HttpMethod.Put, "/sandbox/scenarios", $$"""{"rules":[{{string.Join(',', criteria.Select(c => $$"""{"operation":"charge","action":"decline",{{c}}}"""))}}]}""");

        Assert.Equal(2, StatusOf(await world.ChargeAsync(open)));
        Assert.Equal(4, StatusOf(await world.ChargeAsync(open, "x1")));
        Assert.Equal(4, StatusOf(await world.ChargeAsync(open, "t2", "101")));

        await world.ToolAsync(HttpMethod.Put, "/sandbox/scenarios", $$"""{"rules":[{"operation":"charge","action":"decline","methodId":46,"amount":100,"email":"JDoe@gmail.com","preapprovalId":{{open}},"merchantPreapprovalId":"sub-1","merchantTransactionId":"t3"}]}""");
        Assert.Equal(4, StatusOf(await world.ChargeAsync(open, "t3")));
    }

    [Fact]
    public async Task a_rule_lets_some_pass_and_then_fires_so_many_times()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.RuleAsync("""{"operation":"charge","action":"decline","skip":1,"times":2}""");

        var statuses = new List<int>();
        foreach (var i in Enumerable.Range(1, 5))
        {
            statuses.Add(StatusOf(await world.ChargeAsync(open, $"t{i}")));
        }

        Assert.Equal([2, 4, 4, 2, 2], statuses);
        var rule = (await world.ToolAsync(HttpMethod.Get, "/sandbox/scenarios")).Json.GetProperty("rules")[0];
        Assert.Equal((1, 2, "decline", "charge"), (rule.GetProperty("id").GetInt32(), rule.GetProperty("fired").GetInt32(), rule.GetProperty("action").GetString(), rule.GetProperty("operation").GetString()));
    }

    [Theory]
    [InlineData("""{"operation":"charge","action":"explode"}""")]
    [InlineData("""{"operation":"pay","action":"decline"}""")]
    [InlineData("""{"operation":"charge","action":"decline","amout":5}""")]
    [InlineData("""{"action":"decline"}""")]
    public async Task a_rule_that_is_not_understood_is_refused(string rule)
    {
        await using var world = await World.StartAsync();

        Assert.Equal(HttpStatusCode.BadRequest, (await world.ToolAsync(HttpMethod.Post, "/sandbox/scenarios", rule)).Status);
        Assert.Equal(0, (await world.ToolAsync(HttpMethod.Get, "/sandbox/scenarios")).Json.GetProperty("rules").GetArrayLength());
    }

    private static async Task AssertLedgerAsync(World world, int captured, string says)
    {
        var entry = await world.LedgerAsync("t1");
        Assert.Equal((1, captured), (entry.GetProperty("received").GetInt32(), Captured(entry)));
        Assert.Equal(says, Assert.Single(entry.GetProperty("answers").EnumerateArray()).GetString());
    }

    private static int Captured(JsonElement entry) => entry.GetProperty("captured").GetInt32();

    private static int StatusOf(Reply reply) => reply.Payment.GetProperty("Status").GetProperty("ID").GetInt32();
}
