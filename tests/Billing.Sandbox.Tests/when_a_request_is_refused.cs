using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Billing.Sandbox.Tests.Worlds;

namespace Billing.Sandbox.Tests;

public class when_a_request_is_refused
{
    [Theory]
    [InlineData("MerchantPreapprovalID", "null", "103")]
    [InlineData("MerchantPreapprovalID", "\"\"", "103")]
    [InlineData("MerchantPreapprovalID", "\"with space\"", "104")]
    [InlineData("MerchantPreapprovalID", "\"line\\n\"", "104")]
    [InlineData("MethodID", "0", "1")]
    [InlineData("MethodID", "\"x\"", "5")]
    [InlineData("MethodID", "78", "111")]
    [InlineData("Description", "\"\"", "107")]
    [InlineData("ReturnURL", "null", "105")]
    [InlineData("ReturnURL", "\"ftp://x\"", "106")]
    [InlineData("Currency", "\"brl\"", "100")]
    [InlineData("PreapprovedMaximumAmount", "\"1.5\"", "118")]
    [InlineData("Customer", "{\"FirstName\":\"John\"}", "101")]
    [InlineData("Customer", "{\"Email\":\"no-address\"}", "102")]
    [InlineData("Customer", "{\"Email\":\"a@b.c\",\"Phone\":\"call me\"}", "2")]
    [InlineData("Customer", "{\"Email\":\"a@b.c\",\"MerchantCustomerID\":\"a b\"}", "2")]
    [InlineData("Customer", "{\"Email\":\"a@b.c\",\"Gender\":\"2\"}", "2")]
    [InlineData("Customer", "{\"Email\":\"a@b.c\",\"DateOfBirth\":\"19991332\"}", "2")]
    [InlineData("BillingAddress", "{}", "1")]
    [InlineData("BillingAddress", "{\"Country\":\"XX\"}", "120")]
    public async Task a_bad_field_of_a_preapproval_is_named_by_its_code(string field, string value, string code)
    {
        await using var world = await World.StartAsync();
        var body = JsonNode.Parse(A.Preapproval())!;
        body["Preapproval"]![field] = JsonNode.Parse(value);

        var reply = await world.PostAsync("/v1/preapprovals", body.ToJsonString());

        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        Assert.Equal(code, reply.Codes);
        Assert.Equal(0, reply.Preapproval.GetProperty("Status").Int("ID"));
        Assert.Equal(JsonValueKind.Null, reply.Preapproval.GetProperty("ID").ValueKind);
        Assert.Empty((await world.GetAsync("/v1/preapprovals")).Json.GetProperty("Preapprovals").EnumerateArray());
    }

    [Fact]
    public async Task all_that_is_wrong_is_said_at_once()
    {
        await using var world = await World.StartAsync();

        Assert.Equal(
            "103 1 107 105 101 1", (await world.PostAsync("/v1/preapprovals", """{"Preapproval":{}}""")).Codes);
    }

    [Fact]
    public async Task a_merchant_preapproval_id_is_taken_once()
    {
        await using var world = await World.StartAsync();
        await world.PostAsync("/v1/preapprovals", A.Preapproval());

        var again = await world.PostAsync("/v1/preapprovals", A.Preapproval());

        Assert.Equal(HttpStatusCode.BadRequest, again.Status);
        Assert.Equal("109", again.Codes);
        Assert.Equal("sub-1", again.Preapproval.Text("MerchantPreapprovalID"));
    }

    [Theory]
    [InlineData("PreapprovalID", "null", "115")]
    [InlineData("PreapprovalID", "999", "12")]
    [InlineData("MerchantTransactionID", "\"\"", "1")]
    [InlineData("MerchantTransactionID", "\"a b\"", "2")]
    [InlineData("OriginatorTransactionID", "\"a b\"", "2")]
    [InlineData("Amount", "null", "1")]
    [InlineData("Amount", "0", "118")]
    [InlineData("Amount", "\"-5\"", "118")]
    [InlineData("Amount", "1.5", "118")]
    [InlineData("Currency", "\"real\"", "100")]
    [InlineData("MethodID", "84", "5")]
    [InlineData("Customer", "{\"Email\":\"no-address\"}", "102")]
    [InlineData("BillingAddress", "{\"Country\":\"ZZ\"}", "120")]
    public async Task a_bad_field_of_a_charge_is_named_by_its_code(string field, string value, string code)
    {
        await using var world = await World.StartAsync();
        var body = JsonNode.Parse(A.Charge(await world.AnOpenPreapprovalAsync()))!;
        body["Payment"]![field] = JsonNode.Parse(value);

        var reply = await world.PostAsync("/v1/payments/recurrent", body.ToJsonString());

        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        Assert.Equal(code, reply.Codes);
        Assert.Equal(JsonValueKind.Null, reply.Payment.GetProperty("Status").GetProperty("ID").ValueKind);
        Assert.Equal(JsonValueKind.Null, reply.Payment.GetProperty("ID").ValueKind);
        Assert.Equal(0, (await world.GetAsync("/v1/payments")).Json.Int("TotalCount"));
    }

    [Fact]
    public async Task a_pending_and_a_closed_preapproval_are_not_charged()
    {
        await using var world = await World.StartAsync();
        await world.PostAsync("/v1/preapprovals", A.Preapproval());

        var pending = await world.ChargeAsync(4217);
        await world.CallAsync(HttpMethod.Delete, "/v1/preapprovals/4217");
        var closed = await world.ChargeAsync(4217);

        Assert.Equal("12", pending.Codes);
        Assert.Equal("12", closed.Codes);
    }

    [Fact]
    public async Task sepa_takes_euros_only()
    {
        await using var world = await World.StartAsync();
        var mandate = await world.AnOpenPreapprovalAsync(method: 84, country: "NL");

        Assert.Equal("100", (await world.ChargeAsync(mandate, currency: "USD")).Codes);
        Assert.Equal(HttpStatusCode.Created, (await world.ChargeAsync(mandate, currency: "EUR")).Status);
    }

    [Fact]
    public async Task pay_with_my_bank_caps_the_sum_of_all_charges()
    {
        await using var world = await World.StartAsync();
        var capped = await world.AnOpenPreapprovalAsync(method: 58, country: "US", maximum: 250);

        Assert.Equal(HttpStatusCode.Created, (await world.ChargeAsync(capped, "t1", "200", "USD")).Status);
        Assert.Equal("13", (await world.ChargeAsync(capped, "t2", "51", "USD")).Codes);
        Assert.Equal(HttpStatusCode.Created, (await world.ChargeAsync(capped, "t3", "50", "USD")).Status);
    }

    [Theory]
    [InlineData("GET", "/v1/preapprovals/999")]
    [InlineData("GET", "/v1/preapprovals/none")]
    [InlineData("DELETE", "/v1/preapprovals/999")]
    [InlineData("GET", "/v1/preapprovals/999/payments")]
    [InlineData("GET", "/v1/payments/999")]
    public async Task what_is_not_there_is_404_in_the_envelope(string method, string path)
    {
        await using var world = await World.StartAsync();

        var reply = await world.CallAsync(new HttpMethod(method), path);

        Assert.Equal(HttpStatusCode.NotFound, reply.Status);
        Assert.Equal(
            path.Contains("/payments/", StringComparison.Ordinal)
                && !path.Contains("preapprovals", StringComparison.Ordinal)
                ? "17"
                : "12",
            reply.Codes);
    }

    [Fact]
    public async Task another_sites_rows_are_not_there()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        var payment = (await world.ChargeAsync(open)).Payment.Int("ID");

        foreach (var (method, path) in new[]
        {
            (HttpMethod.Get, $"/v1/preapprovals/{open}"), (HttpMethod.Delete, $"/v1/preapprovals/{open}"),
            (HttpMethod.Get, $"/v1/payments/{payment}"),
            (HttpMethod.Get, $"/v1/preapprovals/{open}/payments")
        })
        {
            Assert.Equal(
                HttpStatusCode.NotFound,
                (await world.CallAsync(method, path, credentials: "30999:another-key")).Status);
        }

        var charge = await world.CallAsync(
            HttpMethod.Post, "/v1/payments/recurrent", A.Charge(open, "t9"), "30999:another-key");
        Assert.Equal("12", charge.Codes);
        Assert.Equal(
            0,
            (await world.CallAsync(HttpMethod.Get, "/v1/payments", credentials: "30999:another-key"))
                .Json.Int("TotalCount"));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{\"Preapproval\":{\"Description\":\"\\ud800\"}}")]
    [InlineData("{\"Preapproval\":{\"\\ud800\":1}}")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("[]")]
    [InlineData("{\"Preapproval\":[1]}")]
    public async Task what_is_no_request_is_a_plain_400(string body)
    {
        await using var world = await World.StartAsync();

        Assert.Equal(HttpStatusCode.BadRequest, (await world.PostAsync("/v1/preapprovals", body)).Status);
    }

    [Theory]
    [InlineData("30201:wrong")]
    [InlineData("30201:")]
    [InlineData("30202:gateway-key-30201")]
    [InlineData("30999:gateway-key-30201")]
    [InlineData("absent")]
    public async Task wrong_credentials_are_401_with_a_message(string credentials)
    {
        await using var world = await World.StartAsync();

        var reply = await world.CallAsync(HttpMethod.Post, "/v1/preapprovals", A.Preapproval(), credentials);

        Assert.Equal(HttpStatusCode.Unauthorized, reply.Status);
        Assert.NotEmpty(reply.Json.Text("Message")!);
        Assert.Equal(HttpStatusCode.Unauthorized, (await world.ToolAsync(HttpMethod.Get, "/v1/preapprovals")).Status);
        Assert.Empty((await world.GetAsync("/v1/preapprovals")).Json.GetProperty("Preapprovals").EnumerateArray());
    }
}
