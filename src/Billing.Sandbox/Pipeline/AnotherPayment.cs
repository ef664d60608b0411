using Billing.Sandbox.Calls;
using Billing.Sandbox.Misbehaving;
using Billing.Sandbox.Payments;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Pipeline;

/// <summary>Answers with another payment than the one asked for.</summary>
internal sealed class AnotherPayment(Store store, PaymentShape shape)
{
    /// <summary>The site's newest payment other than this one; if there is none, this one under other ids.</summary>
    public Answer InsteadOf(Answer answer, Call call, string? merchantTransactionId)
    {
        var other = store.PaymentsOf(call.Site.Id)
            .FirstOrDefault(payment => payment.MerchantTransactionId != merchantTransactionId);
        return answer with
        {
            Body = other is null ? BentBody.Elsewhere(answer.Body) : shape.Answer(answer.Status, other).Body,
            Says = answer.Says + ", of another payment",
        };
    }
}
