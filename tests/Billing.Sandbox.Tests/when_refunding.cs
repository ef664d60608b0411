using System.Net;
using System.Text.Json;
using Billing.Sandbox.Tests.Worlds;

namespace Billing.Sandbox.Tests;

public class when_refunding
{
    private static readonly string[] Keys =
        [
            "ID", "Created", "MerchantTransactionID", "OriginatorTransactionID", "InitialPaymentID", "Amount",
            "Currency", "Description", "TypeID", "SiteID", "Details", "Customer", "BillingAddress", "BankAddress",
            "Articles",
            "Status"
        ];

    [Fact]
    public async Task a_refund_is_open_first_and_the_result_comes_by_notification()
    {
        await using var world = await World.StartAsync();
        var payment = await world.APaymentAsync(await world.AnOpenPreapprovalAsync(), amount: "500");

        var asked = await world.RefundAsync(payment, amount: "500");
        var before = await world.StatusAsync(payment);
        await world.AdvanceAsync("PT23H");
        await world.UntilIdleAsync();
        var early = world.Notified().Length;
        await world.AdvanceAsync("PT1H");
        await world.UntilIdleAsync();

        Assert.Equal(HttpStatusCode.Created, asked.Status);
        Assert.Equal("""{"ID":1,"Info":"Open","Reasons":null}""", asked.Refund.GetProperty("Status").GetRawText());
        Assert.Equal((2, "Success"), before);
        Assert.Equal(2, early);
        Assert.Equal((22, "Refunded"), await world.StatusAsync(payment));
        Assert.Equal(["Payment 22", "Refund 2"], world.Notified()[2..].Order());
        Assert.Equal("22", world.LastNotified("Payment").GetProperty("Status").GetProperty("ID").ToString());
        Assert.Equal(
            (1, 500),
            (
                (await world.LedgerAsync("t1")).Int("captured"),
                (await world.LedgerAsync("t1")).GetProperty("wentBack").GetInt64()));
        Assert.Equal(
            ["received", "captured", "answered", "refund_received", "refund_answered", "refunded"],
            (await world.LedgerAsync("t1")).GetProperty("events").EnumerateArray().Select(e => e.Text("what")!));
    }

    [Fact]
    public async Task answers_and_notifications_have_the_documents_keys_and_types()
    {
        await using var world = await World.StartAsync();
        var payment = await world.APaymentAsync(await world.AnOpenPreapprovalAsync(84, country: "NL"), currency: "EUR");
        await world.AdvanceAsync("P3D");
        await world.UntilIdleAsync();

        var asked = await world.RefundAsync(payment);
        await world.AdvanceAsync("P2D");
        await world.UntilIdleAsync();

        Assert.Equal([.. Keys, "SplitID"], asked.Refund.EnumerateObject().Select(p => p.Name));
        Assert.Matches(
            """^\{"ID":16405,"Created":"\d{14}","MerchantTransactionID":"r1","OriginatorTransactionID":null"""
            + $$$""","InitialPaymentID":{{{payment}}},"Amount":"100","Currency":"EUR","Description":null,"TypeID":5"""
            + ""","SiteID":30201,"Details":null,"Customer":null,"BillingAddress":null,"BankAddress":null"""
            + ""","Articles":null,"Status":\{"ID":1,"Info":"Open","Reasons":null\},"SplitID":0\}$""",
            asked.Refund.GetRawText());

        // The documents' notification: a number, a text that is not null, no SplitID.
        var notified = world.LastNotified("Refund");
        Assert.Equal(Keys, notified.EnumerateObject().Select(p => p.Name));
        Assert.Equal(
            (JsonValueKind.Number, ""), (notified.GetProperty("Amount").ValueKind, notified.Text("Description")));
        Assert.Equal("""{"ID":2,"Info":"Success","Reasons":null}""", notified.GetProperty("Status").GetRawText());
    }

    [Fact]
    public async Task parts_are_refunded_until_nothing_is_left()
    {
        await using var world = await World.StartAsync();
        var payment = await world.APaymentAsync(await world.AnOpenPreapprovalAsync(), amount: "500");
        await world.UntilIdleAsync();

        await world.RefundAsync(payment, "r1", "200");
        Assert.Equal("118", (await world.RefundAsync(payment, "r2", "301")).Codes);
        await world.AdvanceAsync("P1D");
        await world.UntilIdleAsync();
        Assert.Equal((21, "PartiallyRefunded"), await world.StatusAsync(payment));

        await world.RefundAsync(payment, "r3", "\"100\"");
        await world.RefundAsync(payment, "r4", "200");
        await world.AdvanceAsync("P1D");
        await world.UntilIdleAsync();

        Assert.Equal((22, "Refunded"), await world.StatusAsync(payment));
        Assert.Equal(500, (await world.LedgerAsync("t1")).GetProperty("wentBack").GetInt64());
        Assert.Equal("17", (await world.RefundAsync(payment, "r5", "1")).Codes);
    }

    [Fact]
    public async Task a_refund_that_fails_gives_its_amount_free_again()
    {
        await using var world = await World.StartAsync();
        var payment = await world.APaymentAsync(await world.AnOpenPreapprovalAsync());
        await world.UntilIdleAsync();
        await world.RefundAsync(payment, "r1");
        Assert.Equal("118", (await world.RefundAsync(payment, "r2")).Codes);

        var failed = await world.ToolAsync(HttpMethod.Post, "/sandbox/refunds/16405/fail", """{"code":124}""");
        await world.AdvanceAsync("P2D");
        await world.UntilIdleAsync();

        Assert.Equal(
            """{"ID":4,"Info":"Failed","Reasons":[{"Code":"124","Info":"Invalid bank details"}]}""",
            failed.Refund.GetProperty("Status").GetRawText());
        Assert.Equal("Refund 4", world.Notified().Last());
        Assert.Equal((2, "Success"), await world.StatusAsync(payment));
        Assert.Equal(0, (await world.LedgerAsync("t1")).GetProperty("wentBack").GetInt64());
        Assert.Equal(HttpStatusCode.Created, (await world.RefundAsync(payment, "r3")).Status);
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await world.ToolAsync(HttpMethod.Post, "/sandbox/refunds/16405/succeed")).Status);
        Assert.Equal(
            HttpStatusCode.NotFound, (await world.ToolAsync(HttpMethod.Post, "/sandbox/refunds/1/fail")).Status);
    }

    [Theory]
    [InlineData("""{"operation":"refund","action":"decline","afterDays":3}""", "null")]
    [InlineData(
        """{"operation":"refund","action":"pending_then_failure","afterDays":3,"code":124}""",
        """[{"Code":"124","Info":"Invalid bank details"}]""")]
    public async Task a_rule_makes_a_refund_fail_late(string rule, string reasons)
    {
        await using var world = await World.StartAsync();
        var payment = await world.APaymentAsync(await world.AnOpenPreapprovalAsync());
        await world.RuleAsync(rule);

        await world.RefundAsync(payment);
        await world.AdvanceAsync("P2D");
        await world.UntilIdleAsync();
        Assert.DoesNotContain(world.Notified(), notified => notified.StartsWith("Refund", StringComparison.Ordinal));
        await world.AdvanceAsync("P1D");
        await world.UntilIdleAsync();

        Assert.Equal("Refund 4", world.Notified().Last());
        Assert.Equal(reasons, world.LastNotified("Refund").GetProperty("Status").GetProperty("Reasons").GetRawText());
    }

    [Fact]
    public async Task the_result_may_outrun_the_answer()
    {
        await using var world = await World.StartAsync();
        var payment = await world.APaymentAsync(await world.AnOpenPreapprovalAsync());
        await world.RuleAsync("""{"operation":"refund","action":"notify_first"}""");

        var asked = await world.RefundAsync(payment);

        Assert.Contains("Refund 2", world.Notified());
        Assert.Equal(1, asked.Refund.GetProperty("Status").Int("ID"));
        await world.UntilIdleAsync();
        Assert.Equal((22, "Refunded"), await world.StatusAsync(payment));
    }

    [Fact]
    public async Task refunds_are_listed_newest_first_and_read_one_by_one()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        var payment = await world.APaymentAsync(open);
        var other = await world.APaymentAsync(open, "t2");
        Assert.Equal("""{"Refunds":[]}""", (await world.GetAsync($"/v1/payments/{payment}/refunds")).Text);
        await world.RefundAsync(
            payment, "r1", "10",
            ""","Description":"too much","Customer":{"FirstName":"John","Email":"jdoe@gmail.com"},"Articles":"""
            + """[{"MerchantArticleID":"1231","Quantity":1}],"Details":{"BankName":"a bank"}""");
        await world.RefundAsync(payment, "r2", "20");

        var list = (await world.GetAsync($"/v1/payments/{payment}/refunds/")).Json.GetProperty("Refunds");
        var one = (await world.GetAsync($"/v1/payments/{payment}/refunds/16405")).Refund;

        Assert.Equal(["r2", "r1"], list.EnumerateArray().Select(r => r.Text("MerchantTransactionID")!));
        Assert.Equal([.. Keys, "SplitID"], list[1].EnumerateObject().Select(p => p.Name));
        Assert.All(
            ["Details", "Customer", "BillingAddress", "BankAddress", "Articles"],
            key => Assert.Equal(JsonValueKind.Null, list[1].GetProperty(key).ValueKind));
        Assert.Equal(
            ("10", "too much", 3627),
            (one.Text("Amount"), one.Text("Description"), one.GetProperty("Customer").Int("ID")));
        Assert.Equal(
            ("""[{"MerchantArticleID":"1231","Quantity":1}]""", """{"BankName":"a bank"}"""),
            (one.GetProperty("Articles").GetRawText(), one.GetProperty("Details").GetRawText()));

        var notThere = await world.GetAsync($"/v1/payments/{other}/refunds/16405");
        Assert.Equal((HttpStatusCode.NotFound, "18"), (notThere.Status, notThere.Codes));
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await world.CallAsync(
                HttpMethod.Get, $"/v1/payments/{payment}/refunds/16405", credentials: "30999:another-key")).Status);
        Assert.Equal("17", (await world.GetAsync("/v1/payments/999/refunds")).Codes);
    }

    [Fact]
    public async Task a_request_id_refunds_once()
    {
        await using var world = await World.StartAsync();
        var payment = await world.APaymentAsync(await world.AnOpenPreapprovalAsync(), amount: "500");

        var first = await world.RefundAsync(payment, "r1", "50", requestId: "q1");
        var again = await world.RefundAsync(payment, "r1", "50", requestId: "q1");
        var other = await world.RefundAsync(payment, "r2", "50", requestId: "q1");

        Assert.Equal(first.Text, again.Text);
        Assert.Equal((HttpStatusCode.BadRequest, "2"), (other.Status, other.Codes));
        Assert.Single(
            (await world.GetAsync($"/v1/payments/{payment}/refunds")).Json.GetProperty("Refunds").EnumerateArray());
    }

    [Fact]
    public async Task refunds_survive_a_restart_and_still_end()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("sandbox").FullName, "state.jsonl");
        await using var merchant = await Merchant.StartAsync();
        var before = await World.StartAsync(merchant, "StatePath=" + path);
        var payment = await before.APaymentAsync(await before.AnOpenPreapprovalAsync());
        await before.RefundAsync(payment, "r1", "40", ""","Details":{"BankName":"a bank"}""");
        await before.ToolAsync(
            HttpMethod.Put, "/sandbox/methods/46/refund-type", """{"typeId":4,"allowsPartialRefund":false}""");
        await before.UntilIdleAsync();
        var refund = (await before.GetAsync($"/v1/payments/{payment}/refunds/16405")).Text;
        await before.StopAsync();

        var after = await World.StartAsync(merchant, "StatePath=" + path);

        Assert.Equal(refund, (await after.GetAsync($"/v1/payments/{payment}/refunds/16405")).Text);
        Assert.Equal("20", (await after.RefundAsync(payment, "r1", "100")).Codes);
        Assert.Equal("18", (await after.RefundAsync(payment, "r2", "10")).Codes);
        await after.AdvanceAsync("P1D");
        await after.UntilIdleAsync();
        Assert.Equal((21, "PartiallyRefunded"), await after.StatusAsync(payment));
        await after.ToolAsync(HttpMethod.Post, "/sandbox/reset");
        Assert.Equal(HttpStatusCode.NotFound, (await after.GetAsync($"/v1/payments/{payment}/refunds/16405")).Status);
        await after.StopAsync();
    }
}
