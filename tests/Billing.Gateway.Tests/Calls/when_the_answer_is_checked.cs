using Billing.Domain;
using Billing.Domain.Gateway;

namespace Billing.Gateway.Tests.Calls;

[Keeps(Promise.UnknownIsAState)]
public class when_the_answer_is_checked
{
    private readonly StubGateway _stub = new();

    public static TheoryData<string, string> Mismatches => new()
    {
        { A.Payment(transaction: "another"), "mismatch_merchant_transaction_id" },
        { A.Payment(transaction: A.Transaction.ToUpperInvariant()), "mismatch_merchant_transaction_id" },
        { A.Payment(amount: "\"49900\""), "mismatch_amount" },
        { A.Payment(amount: "49.90"), "mismatch_amount" },
        { A.Payment(amount: "null"), "mismatch_amount" },
        { A.Payment(currency: "\"USD\""), "mismatch_currency" },
        { A.Payment(preapproval: "4218"), "mismatch_preapproval_id" },
        {
            A.Payment(preapproval: "null").Replace("\"SiteID\":30201", "\"SiteID\":30202", StringComparison.Ordinal),
            "mismatch_site_id"
        },
    };

    [Theory]
    [MemberData(nameof(Mismatches))]
    public async Task a_payment_that_differs_from_the_order_is_unknown(string body, string symptom) =>
        Assert.Equal(
            new ChargeResult.Unknown(symptom), await _stub.Answers(201, body).Open().ChargeAsync(A.Charge, default));

    [Theory]
    [MemberData(nameof(Mismatches))]
    public async Task a_payment_that_was_looked_up_is_checked_once_more(string body, string symptom) =>
        Assert.Equal(
            new ChargeResult.Unknown(symptom),
            await _stub.Answers(200, A.Payments(A.Row())).Answers(200, body).Open().FindChargeAsync(A.Charge, default));

    [Fact]
    public async Task a_payment_read_by_its_id_must_be_that_one() => Assert.Equal(
        new ChargeResult.Unknown("mismatch_payment_id"),
        await _stub.Answers(200, A.Payments(A.Row())).Answers(200, A.Payment(id: "3009285")).Open()
            .FindChargeAsync(A.Charge, default));

    // KakaoPay answers with another site's number; there the preapproval says whose payment it is.
    [Fact]
    public async Task another_site_s_number_is_no_mismatch_where_our_preapproval_is_named() =>
        Assert.IsType<ChargeResult.Confirmed>(
        await _stub.Answers(201, A.Payment().Replace("\"SiteID\":30201", "\"SiteID\":30597", StringComparison.Ordinal))
            .Open().ChargeAsync(A.Charge, default));

    [Theory]
    [InlineData("4990", "\"BRL\"", "4217")]
    [InlineData("\"4990\"", "null", "null")]
    [InlineData("\"4990\"", "\"\"", "0")]
    public async Task what_is_not_said_does_not_differ(string amount, string currency, string preapproval) =>
        Assert.IsType<ChargeResult.Confirmed>(
            await _stub.Answers(201, A.Payment(amount: amount, currency: currency, preapproval: preapproval)).Open()
                .ChargeAsync(A.Charge, default));

    [Fact]
    public async Task an_unknown_status_number_is_kept()
    {
        var shown = Assert.IsType<ChargeResult.Confirmed>(
            await _stub.Answers(201, A.Payment(status: "99")).Open().ChargeAsync(A.Charge, default)).Value;

        Assert.Equal((99, PaymentStatus.Unrecognised), (shown.Gateway.StatusId, shown.State));
    }

    [Fact]
    public async Task our_own_request_sent_back_is_no_answer() => Assert.Equal(
        new ChargeResult.Unknown("garbled"),
        await _stub.Answers(200, A.Payment(id: "null", status: "null")).Open().ChargeAsync(A.Charge, default));

    [Fact]
    public async Task a_refusal_with_our_transaction_id_is_final() =>
        Assert.Equal(
            new ChargeResult.Refused("12", "why"),
            await _stub.Answers(400, A.RefusedPayment("12")).Open().ChargeAsync(A.Charge, default));

    [Fact]
    public async Task a_refusal_of_another_transaction_is_not_ours() => Assert.Equal(
        new ChargeResult.Unknown("mismatch_merchant_transaction_id"), await _stub.Answers(
            400, A.RefusedPayment("12", transaction: "another")).Open().ChargeAsync(A.Charge, default));

    [Fact]
    public async Task a_refusal_without_a_transaction_id_decides_nothing() =>
        Assert.Equal(
            new ChargeResult.Unknown("http_404"),
            await _stub.Answers(404, A.RefusedPayment("12", transaction: "")).Open().ChargeAsync(A.Charge, default));

    [Theory]
    [InlineData("20")]
    [InlineData("\"20\"")]
    public async Task a_duplicate_is_distinguished(string code) =>
        Assert.IsType<ChargeResult.Duplicate>(
            await _stub.Answers(400, A.RefusedPayment(code, id: "3009284", status: "2")).Open()
                .ChargeAsync(A.Charge, default));

    [Fact]
    public async Task a_failed_payment_behind_a_402_is_a_payment()
    {
        var answer = await _stub.Answers(402, A.RefusedPayment("119", id: "3009284", status: "4")).Open()
            .ChargeAsync(A.Charge, default);

        Assert.Equal(
            (3009284, PaymentStatus.Failed, "119"),
            Assert.IsType<ChargeResult.Confirmed>(answer).Value is var p
                ? (p.Gateway.PaymentId, p.State, p.Gateway.Code)
                : default);
    }

    [Theory]
    [InlineData("3009284", "null", "refused_with_id")]
    [InlineData("null", "2", "http_400")]
    [InlineData("null", "7", "http_400")]
    public async Task a_refusal_that_contradicts_itself_decides_nothing(string id, string status, string symptom) =>
        Assert.Equal(
            new ChargeResult.Unknown(symptom),
            await _stub.Answers(400, A.RefusedPayment("118", id: id, status: status)).Open()
                .ChargeAsync(A.Charge, default));

    [Theory]
    [InlineData("null", true)]
    [InlineData("4", true)]
    [InlineData("2", false)]
    [InlineData("1", false)]
    [InlineData("99", false)]
    public async Task a_refused_refund_that_shows_a_living_status_decides_nothing(string status, bool isRefused)
    {
        var body = $$"""{"Refund":{"ID":0,"MerchantTransactionID":"r-1","Amount":500,"Status":{"ID":{{status}}"""
            + ""","Info":null,"Reasons":[{"Code":"18","Info":"why"}] } } }""";

        var answer = await _stub.Answers(400, body).Open()
            .RefundAsync(new RefundOrder(A.Site, 3009284, "r-1", new Money(500, "BRL")), default);

        Assert.Equal(isRefused ? new RefundResult.Refused("18", "why") : new RefundResult.Unknown("http_400"), answer);
    }

    [Theory]
    [InlineData("109", "null")]
    [InlineData("109", "4000")]
    [InlineData("103\"},{\"Code\":\"109", "null")]
    public async Task a_create_of_a_known_id_is_a_duplicate_whatever_id_it_shows(string codes, string id)
    {
        var register = await _stub.Answers(400, A.RefusedMandate(codes, id: id)).Open()
            .RegisterAsync(A.Site, A.Mandate, default);

        Assert.Equal(new MandateResult.Duplicate(), register);
    }

    [Theory]
    [InlineData("109", "another", "mismatch_merchant_preapproval_id")]
    [InlineData("109", "", "http_400")]
    [InlineData("109\"},{\"Code\":\"14", "s2ptest_g107", "code_14")]
    public async Task a_duplicate_that_is_not_clear_is_unknown(string codes, string name, string symptom)
    {
        var register = await _stub.Answers(400, A.RefusedMandate(codes, name)).Open()
            .RegisterAsync(A.Site, A.Mandate, default);

        Assert.Equal(new MandateResult.Unknown(symptom), register);
    }

    [Fact]
    public async Task a_change_is_never_a_duplicate()
    {
        var change = await _stub.Answers(400, A.RefusedMandate("109", id: "4217")).Open()
            .ChangeMandateAsync(A.Site, 4217, A.Mandate, default);

        Assert.Equal(new MandateResult.Refused("109", "why"), change);
    }

    [Fact]
    public async Task a_refusal_of_another_preapproval_is_not_ours()
    {
        var register = await _stub.Answers(400, A.RefusedMandate("103", name: "another")).Open()
            .RegisterAsync(A.Site, A.Mandate, default);
        var close = await new StubGateway().Answers(400, A.RefusedMandate("113", id: "4218")).Open()
            .CloseMandateAsync(A.Site, 4217, default);

        Assert.Equal(new MandateResult.Unknown("mismatch_merchant_preapproval_id"), register);
        Assert.Equal(new MandateResult.Unknown("mismatch_id"), close);
    }

    [Fact]
    public async Task a_close_is_refused_by_the_id_in_the_path_or_by_a_404_with_a_reason()
    {
        Assert.Equal(
            new MandateResult.Refused("113", "why"),
            await _stub.Answers(400, A.RefusedMandate("113", id: "4217")).Open()
                .CloseMandateAsync(A.Site, 4217, default));
        Assert.Equal(
            new MandateResult.Refused("12", "why"),
            await new StubGateway().Answers(404, A.RefusedMandate("12", name: "")).Open()
                .CloseMandateAsync(A.Site, 4217, default));
        Assert.Equal(
            new MandateResult.Unknown("http_400"),
            await new StubGateway().Answers(400, A.RefusedMandate("12", name: "")).Open()
                .CloseMandateAsync(A.Site, 4217, default));
    }

    [Fact]
    public async Task a_preapproval_that_is_not_the_one_asked_about_is_unknown()
    {
        var read = """{"Preapproval":{"ID":4218,"MerchantPreapprovalID":"another","Status":{"ID":2}}}""";

        Assert.Equal(
            new MandateResult.Unknown("mismatch_id"),
            await _stub.Answers(200, read).Open().ReadMandateAsync(A.Site, 4217, default));
        Assert.Equal(
            new MandateResult.Unknown("mismatch_merchant_preapproval_id"),
            await _stub.Open().RegisterAsync(A.Site, A.Mandate, default));
        Assert.Equal(
            new MandateResult.Unknown("mismatch_id"), await _stub.Open().CloseMandateAsync(A.Site, 4217, default));
    }

    [Fact]
    public async Task an_amount_that_could_have_been_sent_under_another_setting_is_not_looked_up_as_missing() =>
        Assert.Equal(
        new ChargeResult.Unknown("amount_not_representable"), await _stub.Open().FindChargeAsync(
            A.Charge with { Amount = new Money(1_234, "KWD") }, default));
}
