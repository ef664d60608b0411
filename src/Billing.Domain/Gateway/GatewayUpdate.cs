namespace Billing.Domain.Gateway;

/// <summary>What a notification says, in our own words.</summary>
public abstract record GatewayUpdate
{
    public sealed record OfMandate(MandateSnapshot Mandate) : GatewayUpdate;

    public sealed record OfPayment(PaymentSnapshot Payment) : GatewayUpdate;

    public sealed record OfRefund(RefundSnapshot Refund) : GatewayUpdate;

    public sealed record OfDispute(DisputeSnapshot Dispute) : GatewayUpdate;

    /// <summary>A root we do not act on (Payout, or one we do not know): kept and shown.</summary>
    public sealed record Other(string Root) : GatewayUpdate;

    /// <summary>Not a notification at all.</summary>
    /// <param name="Reason">A sentence for the sender; holds nothing of the body.</param>
    public sealed record Unreadable(string Reason) : GatewayUpdate;
}
