using System.Net;
using System.Text.Json;
using Billing.Sandbox.Tests.Worlds;

namespace Billing.Sandbox.Tests;

public class when_charging
{
    [Theory]
    [InlineData(46, "BR", "BRL", 30201)]
    [InlineData(1135, "KR", "KRW", 30597)]
    public async Task most_methods_say_success_at_once_and_notify_it_too(
        int method, string country, string currency, int siteShown)
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync(method, country: country);
        await world.UntilIdleAsync();

        var charged = await world.ChargeAsync(open, currency: currency);

        Assert.Equal(HttpStatusCode.Created, charged.Status);
        AssertStatus(2, "Success", charged.Payment);
        Assert.Equal("100", charged.Payment.Text("Amount"));
        Assert.Equal(siteShown, charged.Payment.Int("SiteID"));
        Assert.Equal(open, charged.Payment.Int("PreapprovalID"));
        Assert.Equal(JsonValueKind.Null, charged.Payment.GetProperty("ReturnURL").ValueKind);
        var notified = JsonDocument.Parse((await world.Merchant.ReceivedAsync(2))[1].Body)
            .RootElement.GetProperty("Payment");
        AssertStatus(2, "Success", notified);
        Assert.Equal(Keys("payments"), notified.EnumerateObject().Select(p => p.Name));
        Assert.Equal(Keys("payments"), charged.Payment.EnumerateObject().Select(p => p.Name));
        Assert.Matches("^\\d{14}$", notified.Text("NotificationDateTime"));
    }

    [Theory]
    [InlineData(84, "NL", "EUR", "P2D", "P1D")]
    [InlineData(58, "US", "USD", "PT23H", "PT1H")]
    public async Task slow_methods_say_open_and_notify_success_days_later(
        int method, string country, string currency, string tooSoon, string rest)
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync(method, country: country);

        var charged = await world.ChargeAsync(open, currency: currency);
        await world.AdvanceAsync(tooSoon);
        await world.UntilIdleAsync();
        var before = await world.GetAsync($"/v1/payments/{Id(charged)}");
        var notifiedBefore = world.Merchant.All.Count;
        await world.AdvanceAsync(rest);
        await world.UntilIdleAsync();

        AssertStatus(1, "Open", charged.Payment);
        AssertStatus(1, "Open", before.Payment);
        Assert.Equal(1, notifiedBefore);
        AssertStatus(2, "Success", (await world.GetAsync($"/v1/payments/{Id(charged)}")).Payment);
        Assert.Contains(
            world.Merchant.All,
            n => n.Body.Contains("\"Status\":{\"ID\":2,\"Info\":\"Success\"", StringComparison.Ordinal));
        Assert.Equal(1, (await world.LedgerAsync("t1")).Int("captured"));
    }

    [Fact]
    public async Task a_repeated_transaction_id_is_refused_and_counted()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.ChargeAsync(open);

        var again = await world.ChargeAsync(open);

        Assert.Equal(HttpStatusCode.BadRequest, again.Status);
        Assert.Equal("20", again.Codes);
        Assert.Equal("100", again.Payment.Text("Amount"));
        var entry = await world.LedgerAsync("t1");
        Assert.Equal((2, 1), (entry.Int("received"), entry.Int("captured")));
        Assert.Equal(
            ["201 Success", "400 20"], entry.GetProperty("answers").EnumerateArray().Select(a => a.GetString()!));
    }

    [Fact]
    public async Task without_dedupe_a_repeated_transaction_id_takes_money_twice()
    {
        await using var world = await World.StartAsync("Dedupe=off");
        var open = await world.AnOpenPreapprovalAsync();
        await world.ChargeAsync(open);

        var again = await world.ChargeAsync(open);

        Assert.Equal(HttpStatusCode.Created, again.Status);
        var entry = await world.LedgerAsync("t1");
        Assert.Equal(
            (2, 2, 2),
            (entry.Int("received"), entry.Int("captured"), entry.GetProperty("paymentIds").GetArrayLength()));
        Assert.Equal(2, (await world.GetAsync("/v1/payments?merchantTransactionID=t1")).Json.Int("TotalCount"));
    }

    [Fact]
    public async Task the_ledger_shows_that_a_look_up_came_before_a_send()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();

        var nothing = await world.GetAsync("/v1/payments/?MERCHANTTRANSACTIONID=t1");
        await world.ChargeAsync(open, amount: "\"990\"");

        Assert.Equal(0, nothing.Json.Int("Count"));
        var entry = await world.LedgerAsync("t1");
        Assert.Equal(
            ["looked_up", "received", "captured", "answered"],
            entry.GetProperty("events").EnumerateArray().Select(e => e.Text("what")!));
        Assert.Equal((1, 1, 1), (entry.Int("lookups"), entry.Int("received"), entry.Int("captured")));
        Assert.Equal(
            (990, "BRL", open),
            (entry.GetProperty("amount").GetInt64(), entry.Text("currency"), entry.Int("preapprovalId")));
    }

    [Fact]
    public async Task a_request_id_is_answered_again_and_acted_on_once()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();

        var first = await world.ChargeAsync(open, requestId: "r1");
        var second = await world.ChargeAsync(open, requestId: "r1");
        var other = await world.ChargeAsync(open, "t2", requestId: "r1");

        Assert.Equal(first.Text, second.Text);
        Assert.Equal((HttpStatusCode.BadRequest, "2"), (other.Status, other.Codes));

        // On GET it means nothing, also when it was used before.
        Assert.Equal(
            1, (await world.CallAsync(HttpMethod.Get, "/v1/payments", requestId: "r1")).Json.Int("TotalCount"));
        var entry = await world.LedgerAsync("t1");
        Assert.Equal((2, 1), (entry.Int("received"), entry.Int("captured")));
    }

    [Fact]
    public async Task a_request_id_is_forgotten_after_a_day()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        var first = await world.ChargeAsync(open, requestId: "r1");

        await world.AdvanceAsync("PT23H");
        Assert.Equal(first.Text, (await world.ChargeAsync(open, requestId: "r1")).Text);
        await world.AdvanceAsync("PT2H");
        Assert.Equal("20", (await world.ChargeAsync(open, requestId: "r1")).Codes);
    }

    [Fact]
    public async Task without_dedupe_a_request_id_does_not_hide_a_second_charge()
    {
        await using var world = await World.StartAsync("Dedupe=off");
        var open = await world.AnOpenPreapprovalAsync();

        await world.ChargeAsync(open, requestId: "r1");
        await world.ChargeAsync(open, requestId: "r1");

        Assert.Equal(2, (await world.LedgerAsync("t1")).Int("captured"));
    }

    [Fact]
    public async Task twins_with_one_request_id_are_one_charge()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();

        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => world.ChargeAsync(open, requestId: "r1")));

        Assert.Single(replies.Select(r => r.Text).Distinct());
        Assert.Equal(1, (await world.LedgerAsync("t1")).Int("captured"));
    }

    [Fact]
    public async Task a_status_set_by_hand_is_notified_with_its_reason()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync(84, country: "NL");
        var payment = Id(await world.ChargeAsync(open, currency: "EUR"));

        await world.ToolAsync(
            HttpMethod.Post, $"/sandbox/payments/{payment}/status",
            """{"statusId":16,"code":"AM04","info":"Insufficient funds"}""");
        await world.AdvanceAsync("P4D");
        await world.UntilIdleAsync();

        Assert.Contains(
            world.Merchant.All,
            n => n.Body.Contains(
                """{"ID":16,"Info":"Reversed","Reasons":[{"Code":"AM04","Info":"Insufficient funds"}]}""",
                StringComparison.Ordinal));
        AssertStatus(16, "Reversed", (await world.GetAsync($"/v1/payments/{payment}")).Payment);
    }

    private static int Id(Reply charged) => charged.Payment.Int("ID");

    private static void AssertStatus(int id, string info, JsonElement payment) =>
        Assert.Equal((id, info), (payment.GetProperty("Status").Int("ID"), payment.GetProperty("Status").Text("Info")));

    private static IEnumerable<string> Keys(string seed) =>
        JsonDocument.Parse(Seed.Text(seed)).RootElement.GetProperty("Payments")[0].EnumerateObject()
            .Select(p => p.Name);
}
