using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Billing.Sandbox.Tests.Worlds;

namespace Billing.Sandbox.Tests;

public class when_methods_differ
{
    [Theory]
    [InlineData(58, "Customer", """{"Email":"a@b.c"}""", "1 1")]
    [InlineData(58, "Customer", """{"FirstName":"John","LastName":"Doe"}""", "101")]
    [InlineData(84, "Customer", """{"FirstName":"John","Email":"a@b.c"}""", "1")]
    [InlineData(84, "BillingAddress", """{"Country":"NL"}""", "1 1 1")]
    [InlineData(84, "BillingAddress", """{"Country":"NL","Street":"Brink #","ZipCode":"1251","City":"Laren"}""", "2")]
    [InlineData(84, "Currency", "\"USD\"", "100")]
    [InlineData(84, "ExecutionDate", "\"20260231\"", "2")]
    [InlineData(46, "Customer", """{"Email":"a@b.c"}""", "")]
    public async Task each_wants_its_own_of_a_preapproval(int method, string field, string value, string codes)
    {
        await using var world = await World.StartAsync();
        var body = JsonNode.Parse(A.Preapproval(method: method, country: "NL"))!;
        body["Preapproval"]![field] = JsonNode.Parse(value);

        var reply = await world.PostAsync("/v1/preapprovals", body.ToJsonString());

        Assert.Equal(codes.Length == 0 ? HttpStatusCode.Created : HttpStatusCode.BadRequest, reply.Status);
        Assert.Equal(codes, codes.Length == 0 ? "" : reply.Codes);
    }

    [Theory]
    [InlineData(84, "EUR", "Description", "1")]
    [InlineData(84, "EUR", "BillingAddress", "1")]
    [InlineData(1143, "THB", "Description", "1")]
    [InlineData(1143, "THB", "BillingAddress", "1")]
    [InlineData(1134, "PHP", "Description", "")]
    public async Task sepa_and_truemoney_want_description_and_country_of_a_charge(
        int method, string currency, string left, string codes)
    {
        await using var world = await World.StartAsync();
        var body =
            JsonNode.Parse(A.Charge(await world.AnOpenPreapprovalAsync(method, country: "NL"), currency: currency))!;
        body["Payment"]!.AsObject().Remove(left);

        var reply = await world.PostAsync("/v1/payments/recurrent", body.ToJsonString());

        Assert.Equal(codes.Length == 0 ? HttpStatusCode.Created : HttpStatusCode.BadRequest, reply.Status);
        Assert.Equal(codes, codes.Length == 0 ? "" : reply.Codes);
    }

    [Fact]
    public async Task a_mandate_reference_comes_with_open_and_not_before()
    {
        await using var world = await World.StartAsync();

        var created = await world.PostAsync("/v1/preapprovals", A.Preapproval(method: 84, country: "NL"));
        var pending = await world.GetAsync("/v1/preapprovals/4217");
        await world.ToolAsync(HttpMethod.Post, "/sandbox/preapprovals/4217/approve");
        var open = await world.GetAsync("/v1/preapprovals/4217");
        var wallet =
            await world.GetAsync($"/v1/preapprovals/{await world.AnOpenPreapprovalAsync(1134, "w", country: "PH")}");

        Assert.Null(created.Preapproval.Text("MandateReference"));
        Assert.Null(pending.Preapproval.Text("MandateReference"));
        Assert.Matches("^SLMP\\d{9}$", open.Preapproval.Text("MandateReference"));
        Assert.Null(wallet.Preapproval.Text("MandateReference"));
    }

    [Fact]
    public async Task an_execution_date_decides_when_a_debit_is_taken()
    {
        await using var world = await World.StartAsync("ClockStart=2026-03-01T12:00:00Z");
        var body = JsonNode.Parse(A.Charge(await world.AnOpenPreapprovalAsync(84, country: "NL"), currency: "EUR"))!;
        body["Payment"]!["ExecutionDate"] = "20260310";
        var payment = (await world.PostAsync("/v1/payments/recurrent", body.ToJsonString())).Payment.Int("ID");

        await world.AdvanceAsync("P8D");
        await world.UntilIdleAsync();
        Assert.Equal((1, "Open"), await world.StatusAsync(payment));
        await world.AdvanceAsync("PT12H");
        await world.UntilIdleAsync();
        Assert.Equal((2, "Success"), await world.StatusAsync(payment));

        (body["Payment"]!["MerchantTransactionID"], body["Payment"]!["ExecutionDate"]) = ("t2", "20261332");
        Assert.Equal("2", (await world.PostAsync("/v1/payments/recurrent", body.ToJsonString())).Codes);
    }

    [Fact]
    public async Task a_gcash_token_is_still_good_after_its_two_years()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync(1134, country: "PH");

        await world.AdvanceAsync("P2Y1D");

        Assert.Equal(HttpStatusCode.Created, (await world.ChargeAsync(open, currency: "PHP")).Status);
    }

    [Fact]
    public async Task without_a_maximum_pay_with_my_bank_has_no_bound()
    {
        await using var world = await World.StartAsync();
        var unbound = await world.AnOpenPreapprovalAsync(58, country: "US", maximum: 0);

        Assert.Equal(
            HttpStatusCode.Created, (await world.ChargeAsync(unbound, amount: "999999999999", currency: "USD")).Status);
    }

    [Fact]
    public async Task a_failed_charge_does_not_count_against_the_cap()
    {
        await using var world = await World.StartAsync();
        var capped = await world.AnOpenPreapprovalAsync(58, country: "US", maximum: 250);
        await world.RuleAsync("""{"operation":"charge","action":"decline","times":1}""");

        await world.ChargeAsync(capped, "t1", "250", "USD");

        Assert.Equal(HttpStatusCode.Created, (await world.ChargeAsync(capped, "t2", "250", "USD")).Status);
        Assert.Equal("13", (await world.ChargeAsync(capped, "t3", "1", "USD")).Codes);
    }

    [Fact]
    public async Task pay_with_my_banks_payments_say_fraud_and_no_null_description()
    {
        await using var world = await World.StartAsync();
        var body = JsonNode.Parse(A.Charge(await world.AnOpenPreapprovalAsync(58, country: "US"), currency: "USD"))!;
        body["Payment"]!.AsObject().Remove("Description");

        var payment = (await world.PostAsync("/v1/payments/recurrent", body.ToJsonString())).Payment;

        Assert.Equal(
            ("", JsonValueKind.Null, 1),
            (
                payment.Text("Description"), payment.GetProperty("Fraud").ValueKind,
                payment.GetProperty("Status").Int("ID")));
    }

    [Theory]
    [InlineData(46, "BR", "BRL")]
    [InlineData(58, "US", "USD")]
    [InlineData(84, "DE", "EUR")]
    [InlineData(1134, "PH", "PHP")]
    [InlineData(1135, "KR", "KRW")]
    [InlineData(1136, "ID", "IDR")]
    [InlineData(1143, "TH", "THB")]
    [InlineData(1144, "MY", "MYR")]
    [InlineData(1145, "HK", "HKD")]
    public async Task strictly_each_takes_its_own_currency_and_country_only(int method, string country, string currency)
    {
        await using var world = await World.StartAsync("StrictMethods=on");
        var open = await world.AnOpenPreapprovalAsync(method, currency: currency, country: country);
        var charge = JsonNode.Parse(A.Charge(open, currency: currency))!;
        charge["Payment"]!["BillingAddress"]!["Country"] = country;

        Assert.Equal(
            HttpStatusCode.Created, (await world.PostAsync("/v1/payments/recurrent", charge.ToJsonString())).Status);
        Assert.Equal("100", (await world.ChargeAsync(open, "t2", currency: "JPY")).Codes);
        Assert.Equal(
            "100", (await world.PostAsync("/v1/preapprovals", A.Preapproval("b", method, "JPY", country))).Codes);
        Assert.Equal(
            method == 84 ? HttpStatusCode.Created : HttpStatusCode.BadRequest,
            (await world.PostAsync("/v1/preapprovals", A.Preapproval("c", method, currency, "JP"))).Status);
        Assert.Equal(100, (await world.LedgerAsync("t1")).Int("amount"));
    }

    [Theory]
    [InlineData("off", JsonValueKind.Number)]
    [InlineData("on", JsonValueKind.Null)]
    public async Task truemoney_notifies_nulls_and_one_that_the_dotnet_client_cannot_read_only_strictly(
        string strictly, JsonValueKind option)
    {
        await using var world = await World.StartAsync("StrictMethods=" + strictly);
        await world.AnOpenPreapprovalAsync(1143, "p", "THB", "TH");
        await world.UntilIdleAsync();

        var notified = world.LastNotified("Preapproval");

        Assert.Equal(
            (JsonValueKind.Null, option),
            (notified.GetProperty("RecurringPeriod").ValueKind, notified.GetProperty("MethodOptionID").ValueKind));
    }

    [Fact]
    public async Task otherwise_a_currency_that_a_method_lacks_is_converted_and_taken()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync(1135, country: "KR");

        Assert.Equal(HttpStatusCode.Created, (await world.ChargeAsync(open, currency: "BRL")).Status);
    }

    [Fact]
    public async Task ids_stay_within_int32_and_dates_have_fourteen_digits()
    {
        await using var world = await World.StartAsync("ClockStart=2026-03-01T12:34:56Z");
        var payment = (await world.ChargeAsync(await world.AnOpenPreapprovalAsync())).Payment;

        Assert.StartsWith("20260301123", payment.Text("Created"), StringComparison.Ordinal);
        Assert.Matches("^\\d{14}$", payment.Text("Created"));
        Assert.True(int.TryParse(
            payment.GetProperty("ID").GetRawText(), NumberStyles.None, CultureInfo.InvariantCulture, out _));
    }
}
