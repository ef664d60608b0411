using System.Text;
using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Gateway.Tests.Recorded;

namespace Billing.Gateway.Tests.Calls;

public class when_asking_the_gateway
{
    private readonly StubGateway _stub = new();

    [Fact]
    public async Task a_preapproval_is_created_as_the_documentation_does_it()
    {
        var answer = await _stub.Answers(201, Text("create_46.answer")).Open()
            .RegisterAsync(A.Site, A.Mandate, default);

        var seen = Assert.Single(_stub.Calls);
        Assert.Equal(("POST", "/v1/preapprovals"), (seen.Method, seen.PathAndQuery));
        Assert.Equal(
            "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("30201:gateway-key-30201")),
            seen.Headers["Authorization"]);
        Assert.Equal("application/json; charset=utf-8", seen.Headers["Content-Type"]);
        Assert.False(seen.Headers.ContainsKey("RequestId"));
        Assert.True(Recording.SameValues(Recording.Of("create_46.request"), Encoding.UTF8.GetBytes(seen.Body)));
        Assert.Equal((4217, MandateStatus.Pending), Shown(answer));
    }

    [Fact]
    public async Task a_change_repeats_the_whole_object()
    {
        var order = A.Mandate with { Terms = A.Mandate.Terms with { Description = "1 year subscription update1" } };
        var answer = await _stub.Answers(201, Text("change_46.answer")).Open()
            .ChangeMandateAsync(A.Site, 4217, order, default);

        var seen = Assert.Single(_stub.Calls);
        Assert.Equal(("PATCH", "/v1/preapprovals/4217"), (seen.Method, seen.PathAndQuery));
        Assert.True(Recording.SameValues(Recording.Of("change_46.request"), Encoding.UTF8.GetBytes(seen.Body)));
        Assert.Equal((4217, MandateStatus.Open), Shown(answer));
    }

    [Fact]
    public async Task a_close_is_a_delete_without_a_body()
    {
        var answer = await _stub.Answers(200, Text("close_84.answer")).Open().CloseMandateAsync(A.Site, 12351, default);

        var seen = Assert.Single(_stub.Calls);
        Assert.Equal(("DELETE", "/v1/preapprovals/12351", ""), (seen.Method, seen.PathAndQuery, seen.Body));
        Assert.Equal((12351, MandateStatus.Closed), Shown(answer));
    }

    [Fact]
    public async Task a_preapproval_is_read_by_its_id()
    {
        var answer = await _stub.Answers(200, Text("read_46.answer")).Open().ReadMandateAsync(A.Site, 4217, default);

        Assert.Equal(("GET", "/v1/preapprovals/4217"), (_stub.Calls[0].Method, _stub.Calls[0].PathAndQuery));
        Assert.Equal((4217, MandateStatus.Open), Shown(answer));
    }

    [Fact]
    public async Task preapprovals_are_listed_with_a_limit()
    {
        var rows = await _stub.Answers(200, Text("preapprovals.answer")).Open().ListMandatesAsync(A.Site, 200, default);

        Assert.Equal("/v1/preapprovals?limit=200", _stub.Calls[0].PathAndQuery);
        Assert.Equal([4217, 4103, 1744, 1743], rows!.Select(row => row.Gateway.PreapprovalId));
        Assert.Equal(500, rows![1].Terms.MaximumAmountHundredths);
    }

    [Fact]
    public async Task a_preapproval_is_found_in_the_list_and_then_read_whole()
    {
        var answer = await _stub.Answers(200, Text("preapprovals.answer")).Answers(200, Text("read_46.answer")).Open()
            .FindMandateAsync(A.Site, "s2ptest_g107", 50, default);

        Assert.Equal(
            ["/v1/preapprovals?limit=50", "/v1/preapprovals/4217"], _stub.Calls.Select(seen => seen.PathAndQuery));
        Assert.Equal(
            "test_user_83022133@testuser.com",
            Assert.IsType<MandateResult.Confirmed>(answer).Value.Personal.Customer!.Value!.Email);
    }

    [Theory]
    [InlineData("S2PTEST_G107")]
    [InlineData("s2ptest_g10")]
    public async Task a_preapproval_is_found_by_its_exact_name_only(string name) =>
        Assert.IsType<MandateResult.NotFound>(
            await _stub.Answers(200, Text("preapprovals.answer")).Open().FindMandateAsync(A.Site, name, 50, default));

    [Fact]
    public async Task a_charge_is_sent_in_hundredths()
    {
        var order = A.Charge with
        {
            MethodId = 1135,
            Amount = new Money(4990, "KRW"),
            Description = "1 year subscription",
            Country = "KR"
        };
        var answer = await _stub.Answers(201, A.Payment(amount: "\"499000\"", currency: "null", preapproval: "null"))
            .Open().ChargeAsync(order, default);

        var seen = Assert.Single(_stub.Calls);
        Assert.Equal(("POST", "/v1/payments/recurrent"), (seen.Method, seen.PathAndQuery));
        Assert.Equal(
            $$$$"""{"Payment":{"PreapprovalID":4217,"MerchantTransactionID":"{{{{A.Transaction}}}}","Amount":499000"""
            + ""","Currency":"KRW","MethodID":1135,"Description":"1 year subscription","BillingAddress":"""
            + """{"Country":"KR"}}}""",
            seen.Body);
        Assert.False(seen.Headers.ContainsKey("RequestId"));
        Assert.Equal(PaymentStatus.Charged, Assert.IsType<ChargeResult.Confirmed>(answer).Value.State);
    }

    [Fact]
    public async Task a_setting_says_how_the_gateway_counts_won()
    {
        var order = A.Charge with { Amount = new Money(4990, "KRW") };
        var answer = await _stub.Answers(201, A.Payment(currency: "\"KRW\"")).Open(("Gateway:Exponent:KRW", "0"))
            .ChargeAsync(order, default);

        Assert.Contains("\"Amount\":4990,", _stub.Calls[0].Body);
        Assert.Equal(new Money(4990, "KRW"), Assert.IsType<ChargeResult.Confirmed>(answer).Value.Amount);
    }

    [Fact]
    public async Task a_request_id_is_sent_on_demand()
    {
        await _stub.Answers(201, A.Payment()).Open(("Gateway:SendRequestId", "true")).ChargeAsync(A.Charge, default);

        Assert.Equal(A.Transaction, _stub.Calls[0].Headers["RequestId"]);
    }

    [Fact]
    public async Task an_amount_without_a_form_on_the_wire_is_refused_and_never_sent()
    {
        var answer = await _stub.Open().ChargeAsync(A.Charge with { Amount = new Money(1_234, "KWD") }, default);

        Assert.Equal("118", Assert.IsType<ChargeResult.Refused>(answer).Code);
        Assert.Empty(_stub.Calls);
    }

    [Fact]
    public async Task a_base_address_may_have_a_path()
    {
        await _stub.Answers(200, Text("read_46.answer")).Open(("Gateway:BaseAddress", "https://proxy.test/globalpay"))
            .ReadMandateAsync(A.Site, 4217, default);

        Assert.Equal("/globalpay/v1/preapprovals/4217", _stub.Calls[0].PathAndQuery);
    }

    [Fact]
    public async Task a_site_without_a_key_throws() =>
        await Assert.ThrowsAsync<KeyNotFoundException>(() =>
            _stub.Open().ChargeAsync(A.Charge with { SiteId = "1" }, default));

    private static (int, MandateStatus?) Shown(MandateResult answer)
    {
        var mandate = Assert.IsType<MandateResult.Confirmed>(answer).Value;
        return (mandate.Gateway.PreapprovalId, mandate.Status);
    }

    private static string Text(string name) => Encoding.UTF8.GetString(Recording.Of(name));
}
