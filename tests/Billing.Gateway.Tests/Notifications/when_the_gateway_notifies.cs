using System.Text;
using System.Text.Json.Nodes;
using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Gateway.Notifications;
using Billing.Gateway.Tests.Calls;
using Billing.Gateway.Tests.Recorded;
using Billing.Gateway.Translation;

namespace Billing.Gateway.Tests.Notifications;

[Keeps(Promise.AcknowledgedNotificationsAreKept)]
public class when_the_gateway_notifies
{
    [Fact]
    public void kakaopay_opens_by_its_number_and_says_no_currency()
    {
        var mandate = Assert.IsType<GatewayUpdate.OfMandate>(Read(Recording.Of("opened_1135.notification"))).Mandate;

        Assert.Equal(
            (22276, 30597, 2, null),
            (
                mandate.Gateway.PreapprovalId, mandate.Gateway.SiteId, mandate.Gateway.StatusId,
                mandate.Gateway.StatusInfo));
        Assert.Equal((MandateStatus.Open, null, "ID"), (mandate.Status, mandate.Terms.Currency, mandate.Terms.Country));
    }

    [Fact]
    public void sepa_brings_its_mandate_reference() =>
        Assert.Equal(
            "SLMP004606504",
            Assert.IsType<GatewayUpdate.OfMandate>(
                Read(Recording.Of("opened_84.notification"))).Mandate.Personal.MandateReference!.Value);

    [Fact]
    public void a_payment_is_read_whole()
    {
        var payment = Assert.IsType<GatewayUpdate.OfPayment>(Read(Encoding.UTF8.GetBytes(A.Payment()))).Payment;

        Assert.Equal(
            (3009284, PaymentStatus.Charged, A.Transaction, new Money(4990, "BRL")),
            (payment.Gateway.PaymentId, payment.State, payment.MerchantTransactionId, payment.Amount));
    }

    // Truemoney (docs/globalpay.md), and numbers that may be null.
    [Theory]
    [InlineData("Preapproval", "RecurringPeriod", "MethodOptionID", "MethodID", "SiteID", "Status.ID")]
    [InlineData("Payment", "ID", "MethodID", "SiteID", "PreapprovalID", "CapturedAmount", "Status.ID")]
    public void numbers_may_be_null(string root, params string[] keys)
    {
        var body = JsonNode.Parse(
            root == "Payment" ? Encoding.UTF8.GetBytes(A.Payment()) : Recording.Of("opened_46.notification"))!;

        foreach (var path in keys.Select(key => key.Split('.')))
        {
            path[..^1].Aggregate(body[root]!, (node, part) => node[part]!)[path[^1]] = null;
        }

        var update = Read(Encoding.UTF8.GetBytes(body.ToJsonString()));

        Assert.True(
            update is GatewayUpdate.OfMandate
            {
                Mandate.Status: null
            } or GatewayUpdate.OfPayment
            {
                Payment:
                {
                    State: PaymentStatus.Unrecognised, MerchantTransactionId: A.Transaction
                }
            },
            $"{update}");
    }

    [Theory]
    [InlineData("""{"Refund":{"ID":1}}""", "Refund")]
    [InlineData("""{"Dispute":{"ID":1},"Payment":{"ID":2}}""", "Dispute")]
    [InlineData("""{"preapproval":{"ID":1}}""", "preapproval")]
    [InlineData("""{"a b\r\n<x>":1}""", "a?b???x?")]
    public void the_first_root_key_decides(string body, string root) =>
        Assert.Equal(new GatewayUpdate.Other(root), Read(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void a_long_root_is_cut() =>
        Assert.Equal(
            50,
            Assert.IsType<GatewayUpdate.Other>(
                Read(Encoding.UTF8.GetBytes($$"""{"{{new string('R', 500)}}":1}"""))).Root.Length);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("12")]
    [InlineData("<xml/>")]
    [InlineData("{\"Payment\":null}")]
    [InlineData("{\"Payment\":{}}")]
    [InlineData("{\"Preapproval\":null}")]
    [InlineData("{\"Preapproval\":{\"MerchantPreapprovalID\":\"a\"}}")]
    [InlineData("{\"Preapproval\":{\"ID\":{}}}")]
    [InlineData("{\"Preapproval\":{\"ID\":1,\"ID\":2}}")]
    [InlineData("{\"Preapproval\":{\"ID\":1}} trailing")]
    [InlineData("{\"Preapproval\":{\"ID\":1,\"Description\":\"\\u0000\"}}")]
    [InlineData("{\"Preapproval\":{\"ID\":1,\"\\u0000\":1}}")]
    [InlineData("{\"Preapproval\":{\"ID\":1,\"Description\":\"\\ud83d\"}}")]
    [InlineData("{\"Preapproval\":{\"ID\":1,\"Unknown\":[\"\\udc00\"]}}")]
    public void what_cannot_be_read_or_stored_says_so(string body) =>
        Assert.IsType<GatewayUpdate.Unreadable>(Read(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void invalid_utf_8_and_endless_depth_are_unreadable()
    {
        Assert.IsType<GatewayUpdate.Unreadable>(Read([.. "{\"Refund\":\""u8, 0xff, .. "\"}"u8]));
        Assert.IsType<GatewayUpdate.Unreadable>(
            Read(Encoding.UTF8.GetBytes("{\"Refund\":" + new string('[', 40) + new string(']', 40) + "}")));
        Assert.IsType<GatewayUpdate.Other>(
            Read(Encoding.UTF8.GetBytes("{\"Refund\":" + new string('[', 31) + new string(']', 31) + "}")));
    }

    [Fact]
    public void a_whole_surrogate_pair_is_text_like_any_other() =>
        Assert.IsType<GatewayUpdate.OfMandate>(
            Read("""{"Preapproval":{"ID":1,"Description":"\ud83d\ude00"}}"""u8.ToArray()));

    private static GatewayUpdate Read(byte[] body) => NotificationReader.Read(body, WireMoney.Default);
}
