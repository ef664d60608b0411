using System.Globalization;
using System.Text;
using System.Text.Json;
using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Gateway.Tests.Calls;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;

namespace Billing.Gateway.Tests.Translation;

public class when_our_answers_are_written
{
    private static readonly GatewayMandate Opened = new(13199, "20181101142508", 30201, 2, null, null);

    [Fact]
    public void a_forgotten_person_leaves_the_terms()
    {
        var shown = PreapprovalWriter.Write(Opened, A.Mandate.Terms, personal: null);

        Assert.Null(shown.Customer);
        Assert.Null(shown.BillingAddress);
        Assert.Equal(("s2ptest_g107", "Open"), (shown.MerchantPreapprovalID, shown.Status!.Info));
    }

    [Theory]
    [InlineData(46, false, false)]
    [InlineData(58, false, false)]
    [InlineData(84, false, true)]
    [InlineData(1134, true, false)]
    [InlineData(1135, true, false)]
    [InlineData(1145, true, false)]
    public void a_method_has_its_own_keys(int method, bool details, bool secondNumber)
    {
        var json = Json(
            PreapprovalWriter.Write(Opened, A.Mandate.Terms with { MethodId = method }, A.Mandate.Personal));

        Assert.Equal(details, json.Contains("\"Details\":null", StringComparison.Ordinal));
        Assert.Equal(
            secondNumber,
            json.Contains("\"SocialSecurityNumber\":null,\"SocialSecurityNumber2\":null", StringComparison.Ordinal));
    }

    [Fact]
    public void details_come_out_as_they_came_in()
    {
        const string bank = """{"BankCode":"X1","Account":[1,2]}""";
        var wire = JsonSerializer.Deserialize(
            $$"""{"Preapproval":{"ID":1,"MethodID":1135,"Details":{{bank}} } }""",
            GlobalPayJson.Answers.PreapprovalEnvelope)!.Preapproval!;
        var mandate = PreapprovalReader.Read(wire)!;

        Assert.Equal(bank, mandate.Personal.Details!.Value);
        Assert.Contains(
            $"\"Details\":{bank}", Json(PreapprovalWriter.Write(mandate.Gateway, mandate.Terms, mandate.Personal)));
        Assert.DoesNotContain(
            "Details", Json(PreapprovalWriter.Limited(mandate.Gateway, mandate.Terms, mandate.Personal)));
    }

    [Fact]
    public void ids_of_customer_and_address_are_never_null_as_official_clients_need_them()
    {
        var shown = PreapprovalWriter.Write(Opened, A.Mandate.Terms, A.Mandate.Personal);

        Assert.Equal((0, 0), (shown.Customer!.ID, shown.BillingAddress!.ID));
    }

    [Fact]
    public void a_schedule_is_echoed_if_set_and_never_sent_to_the_gateway()
    {
        var schedule = new WireSchedule
        {
            AmountMinor = 990,
            Currency = "BRL",
            Every = 1,
            Unit = "month",
            FirstDueOn = "2026-01-31",
            TimeZone = "America/Sao_Paulo",
            Periods = 12,
            CatchUp = "latest_only",
            AfterRetries = "suspend",
            Revision = 2
        };

        var json = Json(PreapprovalWriter.Write(Opened, A.Mandate.Terms, A.Mandate.Personal, schedule));

        Assert.EndsWith(
            """
            "Schedule":{"AmountMinor":990,"Currency":"BRL","Every":1,"Unit":"month","FirstDueOn":"2026-01-31",
            "TimeZone":"America/Sao_Paulo","EndsOn":null,"Periods":12,"PeriodsLeft":null,"CatchUp":"latest_only",
            "AfterRetries":"suspend","Revision":2}}}
            """.ReplaceLineEndings(""),
            json);
        Assert.DoesNotContain("Schedule", Json(PreapprovalWriter.Write(Opened, A.Mandate.Terms, A.Mandate.Personal)));
        Assert.Null(PreapprovalWriter.Request(A.Mandate).Schedule);
    }

    [Fact]
    public void a_charge_of_unknown_outcome_is_pending_on_the_provider_without_an_id()
    {
        var payment = PaymentWriter.Write(
            new GatewayPayment(
                null, null, PaymentStatuses.PendingOnProvider, null, null,
                null), new PaymentFacts(30201, "a1", new Money(4990, "KRW"), 1135, 22276, "1 year"), WireMoney.Default);

        Assert.Equal(
            (null, "499000", 7, "PendingOnProvider"),
            (payment.ID, payment.Amount!.Value.Text, payment.Status!.ID, payment.Status.Info));
        Assert.StartsWith(
            """{"Payment":{"ID":null,"SkinID":null,"ClientIP":null,"Created":null,"MerchantTransactionID":"a1",""",
            JsonSerializer.Serialize(new PaymentEnvelope { Payment = payment }, GlobalPayJson.Answers.PaymentEnvelope));
    }

    [Theory]
    [InlineData("th-TH")]
    [InlineData("fa-IR")]
    [InlineData("ar-SA")]
    public void no_culture_changes_a_digit(string culture)
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo(culture);
        try
        {
            var payment = PaymentWriter.Write(
                new GatewayPayment(3009284, null, 2, null, null, null),
                new PaymentFacts(30201, "a", new Money(1_234_567, "BRL"), 46, 4217), WireMoney.Default);

            Assert.Equal("1234567", payment.Amount!.Value.Text);
            Assert.Equal(1_234_567, Digits.InNumber(1_234_567).Value);
            Assert.Null(new Digits("۱۲۳", Quoted: true).Value);
            Assert.Contains(
                "\"Amount\":\"1234567\"",
                JsonSerializer.Serialize(
                    new PaymentEnvelope { Payment = payment }, GlobalPayJson.Answers.PaymentEnvelope));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static string Json(WirePreapproval preapproval) =>
        Encoding.UTF8.GetString(
            JsonSerializer.SerializeToUtf8Bytes(
                new PreapprovalEnvelope { Preapproval = preapproval }, GlobalPayJson.Answers.PreapprovalEnvelope));
}
