using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Billing.Sandbox.Tests.Worlds;

namespace Billing.Sandbox.Tests;

public class when_a_refund_is_refused
{
    [Theory]
    [InlineData("MerchantTransactionID", "null", "1")]
    [InlineData("MerchantTransactionID", "\"\"", "1")]
    [InlineData("MerchantTransactionID", "\"with space\"", "2")]
    [InlineData("OriginatorTransactionID", "\"a b\"", "2")]
    [InlineData("Amount", "null", "1")]
    [InlineData("Amount", "0", "118")]
    [InlineData("Amount", "\"1.5\"", "118")]
    [InlineData("Amount", "-1", "118")]
    [InlineData("Amount", "101", "118")]
    [InlineData("Amount", "1234567890123", "118")]
    [InlineData("Customer", "{\"Email\":\"no-address\"}", "102")]
    [InlineData("BankAddress", "{\"Country\":\"ZZ\"}", "120")]
    public async Task a_bad_field_is_named_by_its_code(string field, string value, string code)
    {
        await using var world = await World.StartAsync();
        var payment = await world.APaymentAsync(await world.AnOpenPreapprovalAsync());
        var body = JsonNode.Parse(A.Refund())!;
        body["Refund"]![field] = JsonNode.Parse(value);

        var reply = await world.PostAsync($"/v1/payments/{payment}/refunds", body.ToJsonString());

        Assert.Equal((HttpStatusCode.BadRequest, code), (reply.Status, reply.Codes));
        Assert.Equal("""{"Refunds":[]}""", (await world.GetAsync($"/v1/payments/{payment}/refunds")).Text);
    }

    [Fact]
    public async Task the_refusal_is_the_one_that_the_real_gateway_gave()
    {
        await using var world = await World.StartAsync();
        var payment = await world.APaymentAsync(await world.AnOpenPreapprovalAsync());
        await world.ToolAsync(HttpMethod.Post, $"/sandbox/payments/{payment}/status", """{"statusId":9}""");

        var reply = await world.RefundAsync(payment, "t1", "100");

        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        Assert.Equal(("t1", "100"), (reply.Refund.Text("MerchantTransactionID"), reply.Refund.Text("Amount")));
        Assert.Equal(
            """{"ID":null,"Info":null,"Reasons":[{"Code":"17","Info":"Payment is invalid"}]}""",
            reply.Refund.GetProperty("Status").GetRawText());

        // These the .NET client does not read as null.
        Assert.Equal(
            (0, payment, 1),
            (reply.Refund.Int("ID"), reply.Refund.Int("InitialPaymentID"), reply.Refund.Int("TypeID")));
    }

    [Fact]
    public async Task the_payments_own_transaction_id_is_taken_and_a_refunds_is_not_taken_twice()
    {
        await using var world = await World.StartAsync();
        var payment = await world.APaymentAsync(await world.AnOpenPreapprovalAsync(), "t1", "500");

        Assert.Equal(HttpStatusCode.Created, (await world.RefundAsync(payment, "t1", "50")).Status);
        var twice = await world.RefundAsync(payment, "t1", "50");

        Assert.Equal((HttpStatusCode.BadRequest, "20"), (twice.Status, twice.Codes));
        Assert.Equal("20", (await world.ChargeAsync(4217, "t1")).Codes);
    }

    [Fact]
    public async Task without_dedupe_a_repeated_refund_shows_as_money_twice()
    {
        await using var world = await World.StartAsync("Dedupe=off");
        var payment = await world.APaymentAsync(await world.AnOpenPreapprovalAsync(), "t1", "500");

        await world.RefundAsync(payment, "r1", "50", requestId: "q1");
        await world.RefundAsync(payment, "r1", "50", requestId: "q1");
        await world.AdvanceAsync("P1D");
        await world.UntilIdleAsync();

        Assert.Equal(100, (await world.LedgerAsync("t1")).GetProperty("wentBack").GetInt64());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(16)]
    [InlineData(19)]
    [InlineData(26)]
    public async Task only_what_was_paid_and_kept_is_refunded(int statusId)
    {
        await using var world = await World.StartAsync();
        var payment = await world.APaymentAsync(await world.AnOpenPreapprovalAsync());
        await world.ToolAsync(
            HttpMethod.Post, $"/sandbox/payments/{payment}/status", $$"""{"statusId":{{statusId}}}""");

        Assert.Equal("17", (await world.RefundAsync(payment)).Codes);
    }

    [Fact]
    public async Task a_refund_of_no_payment_is_404_in_the_envelope()
    {
        await using var world = await World.StartAsync();
        var payment = await world.APaymentAsync(await world.AnOpenPreapprovalAsync());

        var reply = await world.RefundAsync(999);

        Assert.Equal((HttpStatusCode.NotFound, "17"), (reply.Status, reply.Codes));
        Assert.Equal(
            (999, JsonValueKind.Null),
            (reply.Refund.Int("InitialPaymentID"), reply.Refund.GetProperty("Status").GetProperty("ID").ValueKind));
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await world.CallAsync(
                HttpMethod.Post, $"/v1/payments/{payment}/refunds", A.Refund(), "30999:another-key")).Status);
        Assert.Equal("1", (await world.PostAsync($"/v1/payments/{payment}/refunds", "{}")).Codes);
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await world.CallAsync(
                HttpMethod.Post, $"/v1/payments/{payment}/refunds", A.Refund(), "30201:wrong")).Status);
    }

    [Theory]
    [InlineData(""","Details":{"BankName":"\ud800"}""")]
    [InlineData(""","Articles":["\ud800"]""")]
    [InlineData(""","Details":{"\ud800":1}""")]
    public async Task half_a_letter_is_taken_as_not_given(string more)
    {
        await using var world = await World.StartAsync(
            "StatePath=" + Path.Combine(Directory.CreateTempSubdirectory("sandbox").FullName, "state.jsonl"));
        var payment = await world.APaymentAsync(await world.AnOpenPreapprovalAsync());

        var asked = await world.RefundAsync(payment, more: more);

        Assert.Equal(HttpStatusCode.Created, asked.Status);
        Assert.All(
            ["Details", "Articles"], key => Assert.Equal(JsonValueKind.Null, asked.Refund.GetProperty(key).ValueKind));
    }

    [Fact]
    public async Task a_type_without_parts_refunds_all_or_nothing()
    {
        await using var world = await World.StartAsync();
        var payment = await world.APaymentAsync(await world.AnOpenPreapprovalAsync());
        await world.ToolAsync(
            HttpMethod.Put, "/sandbox/methods/46/refund-type", """{"typeId":4,"allowsPartialRefund":false}""");

        Assert.Equal("18", (await world.RefundAsync(payment, "r1", "99")).Codes);
        Assert.Equal(4, (await world.RefundAsync(payment, "r2", "100")).Refund.Int("TypeID"));
    }

    [Fact]
    public async Task a_bank_transfer_wants_the_customers_account()
    {
        await using var world = await World.StartAsync();
        var payment = await world.APaymentAsync(await world.AnOpenPreapprovalAsync());
        await world.ToolAsync(HttpMethod.Put, "/sandbox/methods/46/refund-type", """{"typeId":2}""");

        Assert.Equal("1 1 1 1", (await world.RefundAsync(payment, "r1")).Codes);
        Assert.Equal(
            "124 124",
            (await world.RefundAsync(
                payment, "r1", more: ""","Customer":{"FirstName":"John","LastName":"Doe"},"Details":"""
                    + """{"BankCode":"?","CustomerIBAN":"?"}""")).Codes);
        Assert.Equal(
            HttpStatusCode.Created,
            (await world.RefundAsync(
                payment, "r1", more: ""","Customer":{"FirstName":"John","LastName":"Doe"},"Details":"""
                    + """{"BankCode":"ABNANL2A","CustomerIBAN":"NL91ABNA0417164300"}""")).Status);
    }
}
