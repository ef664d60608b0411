namespace Billing.Domain.Gateway;

/// <summary>What a notification says, in our own words.</summary>
public abstract record GatewayNews
{
    public sealed record OfMandate(MandateReading Mandate) : GatewayNews;

    public sealed record OfPayment(PaymentReading Payment) : GatewayNews;

    public sealed record OfRefund(RefundReading Refund) : GatewayNews;

    public sealed record OfDispute(DisputeReading Dispute) : GatewayNews;

    /// <summary>A root we do not act on (Payout, or one we do not know): kept and shown.</summary>
    public sealed record Other(string Root) : GatewayNews;

    /// <summary>Not a notification at all.</summary>
    /// <param name="Reason">A sentence for the sender; holds nothing of the body.</param>
    public sealed record Unreadable(string Reason) : GatewayNews;
}
