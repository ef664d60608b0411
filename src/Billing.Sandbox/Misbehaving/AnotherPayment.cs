namespace Billing.Sandbox;

/// <summary>Answers with the payment that somebody else asked about.</summary>
internal sealed class AnotherPayment(Store store, PaymentShape shape)
{
    /// <summary>The newest payment of the site that is not the one in question; where there is no other, this one under other ids.</summary>
    public Answer InsteadOf(Answer answer, Call call, string? merchantTransactionId)
    {
        var other = store.PaymentsOf(call.Site.Id).FirstOrDefault(payment => payment.MerchantTransactionId != merchantTransactionId);
        return answer with
        {
            Body = other is null ? BentBody.Elsewhere(answer.Body) : shape.Answer(answer.Status, other).Body,
            Says = answer.Says + ", of another payment",
        };
    }
}
