using System.Text;
using Billing.Domain.Gateway;

namespace Billing.Gateway.Tests.Calls;

public class when_an_answer_does_not_fit
{
    private readonly StubGateway _stub = new();

    [Fact]
    public async Task it_is_kept_whole_with_what_was_asked_and_what_it_names()
    {
        var body = A.Payment(transaction: "another", id: "77", preapproval: "4218");

        await _stub.Answers(201, body).Open().ChargeAsync(A.Charge, default);

        var kept = Assert.Single(_stub.Kept);
        Assert.Equal(
            ("mismatch_merchant_transaction_id", 201, body),
            (kept.Reason, kept.StatusCode, Encoding.UTF8.GetString(kept.Body.Span)));
        Assert.Equal(new Asked(A.Site, "charge", 4217, MerchantTransactionId: A.Transaction), kept.Asked);
        Assert.Equal(
            ("another", 4218, 77), (kept.Named!.MerchantTransactionId, kept.Named.GatewayPreapprovalId, kept.NamedId));
    }

    [Fact]
    public async Task so_is_one_about_a_preapproval_and_one_that_was_looked_up()
    {
        var gateway = _stub
            .Answers(200, """{"Preapproval":{"ID":4218,"MerchantPreapprovalID":"another","Status":{"ID":2}}}""")
            .Answers(200, A.Payments(A.Row(amount: "\"1\"")))
            .Open();

        await gateway.RegisterAsync(A.Site, A.Mandate, default);
        await gateway.FindChargeAsync(A.Charge, default);

        Assert.Equal(
            [
                ("register", "s2ptest_g107", "mismatch_merchant_preapproval_id"),
                ("find", A.Transaction, "mismatch_amount"),
            ],
            _stub.Kept.Select(kept => (kept.Asked.Operation, kept.Asked.Reference, kept.Reason)));
    }

    [Fact]
    public async Task so_is_one_about_a_refund()
    {
        var order = new RefundOrder(A.Site, 3009284, "refund-1", A.Charge.Amount);
        var answer = await _stub.Answers(201, """{"Refund":{"ID":5,"InitialPaymentID":3009284"""
            + ""","MerchantTransactionID":"another","Amount":"4990","Created":[],"Status":{"ID":1}}}""").Open()
            .RefundAsync(order, default);

        Assert.Equal(new RefundResult.Unknown("mismatch_merchant_transaction_id"), answer);
        var kept = Assert.Single(_stub.Kept);
        Assert.Equal(
            (new Asked(A.Site, "refund", GatewayPaymentId: 3009284, RefundReference: "refund-1"), "refund-1", 5),
            (kept.Asked, kept.Asked.Reference, kept.NamedId));
        Assert.Equal((3009284, "another"), (kept.Named!.GatewayPaymentId, kept.Named.RefundReference));
    }

    [Theory]
    [InlineData(500, "")]
    [InlineData(200, "<html>")]
    [InlineData(201, """{"Payment":{"MerchantTransactionID":"another","Amount":[]}}""")]
    [InlineData(201, """{"Payment":[]}""")]
    public async Task what_cannot_be_read_at_all_is_unknown_and_not_kept(int status, string body)
    {
        Assert.IsType<ChargeResult.Unknown>(await _stub.Answers(status, body).Open().ChargeAsync(A.Charge, default));
        Assert.Empty(_stub.Kept);
    }

    [Fact]
    public async Task what_cannot_be_kept_is_not_answered()
    {
        _stub.Kept.Fails = true;

        await Assert.ThrowsAsync<IOException>(() =>
            _stub.Answers(201, A.Payment(amount: "\"1\"")).Open().ChargeAsync(A.Charge, default));
    }
}
