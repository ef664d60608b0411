using System.Text.Json;
using Billing.Domain.Gateway;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;

namespace Billing.Gateway.Tests.Translation;

public class when_a_status_is_translated
{
    [Theory]
    [InlineData(PaymentStatus.Pending, 1, 6, 7, 8, 9, 10, 13, 15, 18, 30, 33, 34, 36)]
    [InlineData(PaymentStatus.UnderReview, 14, 37)]
    [InlineData(PaymentStatus.Failed, 3, 4, 5, 12)]
    [InlineData(PaymentStatus.Charged, 2, 11, 17, 25, 35)]
    [InlineData(PaymentStatus.Reversed, 16)]
    [InlineData(PaymentStatus.Disputed, 19)]
    [InlineData(PaymentStatus.PartiallyRefunded, 21)]
    [InlineData(PaymentStatus.Refunded, 22)]
    [InlineData(PaymentStatus.DisputeWon, 23)]
    [InlineData(PaymentStatus.DisputeLost, 24)]
    [InlineData(PaymentStatus.ChargedBack, 26)]
    [InlineData(PaymentStatus.Unrecognised, -1, 0, 20, 27, 28, 29, 31, 32, 38, 99)]
    public void a_payment_s_number_means_one_thing(PaymentStatus meaning, params int[] numbers) =>
        Assert.All(numbers, number => Assert.Equal(meaning, PaymentStatuses.MeaningOf(number)));

    [Fact]
    public void no_number_means_nothing()
    {
        Assert.Equal(PaymentStatus.Unrecognised, PaymentStatuses.MeaningOf(null));
        Assert.Null(PreapprovalStatuses.MeaningOf(null));
        Assert.Null(PaymentStatuses.InfoOf(99));
        Assert.Null(PreapprovalStatuses.InfoOf(5));
    }

    [Theory]
    [InlineData(1, MandateStatus.Pending, "Pending")]
    [InlineData(2, MandateStatus.Open, "Open")]
    [InlineData(3, MandateStatus.Closed, "Close")]
    [InlineData(4, MandateStatus.Closed, "ClosedByCustomer")]
    [InlineData(0, null, null)]
    [InlineData(5, null, null)]
    public void a_preapproval_s_number_means_one_thing(int number, MandateStatus? meaning, string? info)
    {
        Assert.Equal(meaning, PreapprovalStatuses.MeaningOf(number));
        Assert.Equal(info, PreapprovalStatuses.InfoOf(number));
    }

    [Fact]
    public void the_word_decides_nothing()
    {
        var payment = Payment("""{"ID":1,"Status":{"ID":4,"Info":"Success"}}""");
        var mandate = PreapprovalReader.Read(JsonSerializer.Deserialize(
            """{"Preapproval":{"ID":"1","Status":{"ID":"4","Info":"Open"}}}""",
            GlobalPayJson.Answers.PreapprovalEnvelope)!.Preapproval!)!;

        Assert.Equal((PaymentStatus.Failed, "Success"), (payment.State, payment.Gateway.StatusInfo));
        Assert.Equal((MandateStatus.Closed, "Open"), (mandate.Status, mandate.Gateway.StatusInfo));
    }

    [Fact]
    public void an_unknown_number_survives_in_and_out()
    {
        var payment = Payment("""{"ID":1,"MerchantTransactionID":"a","Amount":100,"Currency":"EUR","Status":{"ID":99"""
            + ""","Info":"Levitating","Reasons":[{"Code":7001,"Info":"who knows"},{"Code":2}]}}""");

        var shown = PaymentWriter.Write(
            payment.Gateway,
            new PaymentFacts(30201, "a", payment.Amount!.Value, 46, 4217, ReasonText: payment.ReasonText?.Value),
            WireMoney.Default);

        Assert.Equal(PaymentStatus.Unrecognised, payment.State);
        Assert.Equal((99, "Levitating"), (shown.Status!.ID, shown.Status.Info));
        Assert.Equal([new WireReason { Code = "7001", Info = "who knows" }], shown.Status.Reasons);
    }

    [Theory]
    [InlineData("""{"ID":1,"Amount":"100"}""")]
    [InlineData("""{"ID":1,"Amount":"100","Currency":""}""")]
    [InlineData("""{"ID":1,"Amount":"1.00","Currency":"EUR"}""")]
    [InlineData("""{"ID":1,"Amount":"101","Currency":"KRW"}""")]
    [InlineData("""{"ID":1,"Amount":"100","Currency":"???"}""")]
    [InlineData("""{"ID":1,"Amount":-5,"Currency":"EUR"}""")]
    public void an_amount_that_cannot_be_read_is_not_said(string payment) => Assert.Null(Payment(payment).Amount);

    [Fact]
    public void an_unusual_shape_elsewhere_does_not_hide_the_money()
    {
        var payment = Payment("""{"ID":"7","Amount":"100","Currency":"EUR","CapturedAmount":40,"Customer":[]"""
            + ""","Details":"x","Articles":{},"TokenLifetime":"9","PreapprovalID":0,"Status":{"ID":35}}""");

        Assert.Equal(
            (7, PaymentStatus.Charged, 40, null),
            (
                payment.Gateway.PaymentId, payment.State, payment.CapturedAmount!.Value.Minor,
                payment.GatewayPreapprovalId));
    }

    private static PaymentSnapshot Payment(string json) =>
        PaymentReader.Read(
            JsonSerializer.Deserialize($"{{\"Payment\":{json}}}", GlobalPayJson.Answers.PaymentEnvelope)!.Payment!,
            WireMoney.Default);
}
