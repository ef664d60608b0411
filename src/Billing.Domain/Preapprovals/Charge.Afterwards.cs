using System.Collections.Immutable;
using Billing.Domain.Gateway;

namespace Billing.Domain.Preapprovals;

/// <remarks>What comes after a success is a set of facts, each once; all that is derived from it here is the same in whatever order they came.</remarks>
public sealed partial record Charge
{
    /// <summary>By <see cref="Refund.Key"/>.</summary>
    public ImmutableSortedDictionary<string, Refund> Refunds { get; init; } = ImmutableSortedDictionary.Create<string, Refund>(StringComparer.Ordinal);

    /// <summary>By the gateway's Dispute.ID.</summary>
    public ImmutableSortedDictionary<int, Dispute> Disputes { get; init; } = ImmutableSortedDictionary<int, Dispute>.Empty;

    /// <summary>Minor units that came in; 0 before the success.</summary>
    public long PaidMinor => State is MoneyState.Charged ? (CapturedAmount ?? Amount).Minor : 0;

    /// <summary>Minor units that went back as refunds.</summary>
    public long RefundedMinor => Has(AfterSuccess.Refunded) ? Math.Max(PaidMinor, NamedRefundsMinor) : NamedRefundsMinor;

    /// <summary>Minor units that a reversal or a chargeback took back.</summary>
    public long TakenBackMinor => Has(AfterSuccess.Reversed) ? LeftMinor : Has(AfterSuccess.ChargedBack) ? Math.Min(LeftMinor, ClaimedMinor ?? LeftMinor) : 0;

    /// <summary>Minor units that the merchant has kept.</summary>
    public long NetMinor => PaidMinor - RefundedMinor - TakenBackMinor;

    /// <summary>Minor units that may still be asked back: a refund that is requested, unknown or pending has taken its part already.</summary>
    public long RefundableMinor => Math.Max(0, Has(AfterSuccess.Refunded) ? 0 : PaidMinor - TakenBackMinor - Refunds.Values.Sum(refund => refund.TakenMinor));

    /// <summary>What the facts make of the payment, in the gateway's terms.</summary>
    public PaymentStatus Standing =>
        Has(AfterSuccess.ChargedBack) ? PaymentStatus.ChargedBack
        : Has(AfterSuccess.Reversed) ? PaymentStatus.Reversed
        : IsDisputed ? PaymentStatus.Disputed
        : Has(AfterSuccess.DisputeLost) ? PaymentStatus.DisputeLost
        : RefundedMinor > 0 && RefundedMinor >= PaidMinor ? PaymentStatus.Refunded
        : RefundedMinor > 0 ? PaymentStatus.PartiallyRefunded
        : Has(AfterSuccess.DisputeWon) ? PaymentStatus.DisputeWon
        : PaymentStatus.Charged;

    internal long NamedRefundsMinor => Refunds.Values.Where(refund => refund.State is RefundState.Refunded).Sum(refund => refund.Amount.Minor);

    // With one dispute the payment's own status tells of the same one; with several only their own news can tell them apart.
    private bool IsDisputed => Disputes.Count > 1
        ? Disputes.Values.Any(dispute => dispute.IsOpen)
        : Has(AfterSuccess.Disputed) && !Has(AfterSuccess.DisputeWon) && !Has(AfterSuccess.DisputeLost);

    private long LeftMinor => Math.Max(0, PaidMinor - RefundedMinor);

    private long? ClaimedMinor => Disputes.Values.Where(dispute => dispute is { IsLost: true, Claimed: not null }).ToArray() is { Length: > 0 } lost
        ? lost.Sum(dispute => dispute.Claimed!.Value.Minor)
        : null;

    /// <summary>The refund that a Refund object of the gateway is about; null for one that is new to us.</summary>
    public Refund? RefundOf(int refundId, string? reference) =>
        Refunds.Values.FirstOrDefault(refund => refund.RefundId == refundId)
        ?? (reference is not null && Refunds.GetValueOrDefault(reference) is { IsOurs: true, RefundId: null } ours ? ours : null);

    internal Charge With(Refund refund) => this with { Refunds = Refunds.SetItem(refund.Key, refund) };

    internal Charge With(int? disputeId, AfterSuccess fact, Func<Dispute, Dispute> change) =>
        (disputeId is { } id ? this with { Disputes = Disputes.SetItem(id, change(Disputes.GetValueOrDefault(id) ?? new Dispute(id))) } : this).With(fact);

    internal Charge Claims(int disputeId, Money claimed) =>
        this with { Disputes = Disputes.SetItem(disputeId, (Disputes.GetValueOrDefault(disputeId) ?? new Dispute(disputeId)) with { Claimed = claimed }) };
}
