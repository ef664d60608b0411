using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Billing.Domain.Gateway;

namespace Billing.Domain.Preapprovals;

/// <remarks>
/// What comes after a success is a set of facts, each once; all that is derived from it here is the same in any order.
/// </remarks>
public sealed partial record Charge
{
    private static readonly ImmutableSortedDictionary<string, Refund> NoRefunds =
        ImmutableSortedDictionary.Create<string, Refund>(StringComparer.Ordinal);

    /// <summary>By <see cref="Refund.Key"/>.</summary>
    [JsonIgnore]
    public ImmutableSortedDictionary<string, Refund> Refunds { get; init; } = NoRefunds;

    /// <summary>By the gateway's Dispute.ID.</summary>
    [JsonIgnore]
    public ImmutableSortedDictionary<int, Dispute> Disputes { get; init; } =
        ImmutableSortedDictionary<int, Dispute>.Empty;

    /// <summary>Refunds as they are stored: absent where there are none.</summary>
    [JsonInclude, JsonPropertyName("Refunds")]
    internal IReadOnlyList<Refund>? StoredRefunds
    {
        get => Refunds.IsEmpty ? null : [.. Refunds.Values];
        init => Refunds = NoRefunds.AddRange((value ?? []).Select(refund => KeyValuePair.Create(refund.Key, refund)));
    }

    /// <summary>Disputes as they are stored: absent where there are none.</summary>
    [JsonInclude, JsonPropertyName("Disputes")]
    internal IReadOnlyList<Dispute>? StoredDisputes
    {
        get => Disputes.IsEmpty ? null : [.. Disputes.Values];
        init => Disputes = (value ?? []).ToImmutableSortedDictionary(dispute => dispute.Id, dispute => dispute);
    }

    /// <summary>Minor units that came in; 0 before the success.</summary>
    [JsonIgnore]
    public long PaidMinor => State is MoneyState.Charged ? Paid.Minor : 0;

    /// <summary>Minor units that went back as refunds.</summary>
    [JsonIgnore]
    public long RefundedMinor =>
        Has(PostPaymentFact.Refunded) ? Math.Max(PaidMinor, NamedRefundsMinor) : NamedRefundsMinor;

    /// <summary>Minor units that a reversal, a chargeback or a lost dispute took back.</summary>
    [JsonIgnore]
    public long TakenBackMinor =>
        Has(PostPaymentFact.Reversed) ? LeftMinor
        : Has(PostPaymentFact.ChargedBack) || Has(PostPaymentFact.DisputeLost)
            ? Math.Min(LeftMinor, ClaimedMinor ?? LeftMinor)
        : 0;

    /// <summary>Minor units that the merchant has kept.</summary>
    [JsonIgnore]
    public long NetMinor => PaidMinor - RefundedMinor - TakenBackMinor;

    /// <summary>
    /// Minor units that may still be asked back: a refund that is requested, unknown or pending has taken its part
    /// already.
    /// </summary>
    [JsonIgnore]
    public long RefundableMinor => Math.Max(
        0,
        Has(PostPaymentFact.Refunded)
            ? 0
            : PaidMinor - TakenBackMinor - Refunds.Values.Sum(refund => refund.TakenMinor));

    /// <summary>What the facts make of the payment, in the gateway's terms.</summary>
    [JsonIgnore]
    public PaymentStatus Standing =>
        Has(PostPaymentFact.ChargedBack) ? PaymentStatus.ChargedBack
        : Has(PostPaymentFact.Reversed) ? PaymentStatus.Reversed
        : IsDisputed ? PaymentStatus.Disputed
        : Has(PostPaymentFact.DisputeLost) ? PaymentStatus.DisputeLost
        : RefundedMinor > 0 && RefundedMinor >= PaidMinor ? PaymentStatus.Refunded
        : RefundedMinor > 0 ? PaymentStatus.PartiallyRefunded
        : Has(PostPaymentFact.DisputeWon) ? PaymentStatus.DisputeWon
        : PaymentStatus.Charged;

    internal long NamedRefundsMinor =>
        Refunds.Values.Where(refund => refund.State is RefundState.Refunded).Sum(refund => refund.Amount.Minor);

    // The payment's own status is about its only dispute; with several, only their own updates say which one.
    private bool IsDisputed => Disputes.Count > 1
        ? Disputes.Values.Any(dispute => dispute.IsOpen)
        : Has(PostPaymentFact.Disputed) && !Has(PostPaymentFact.DisputeWon) && !Has(PostPaymentFact.DisputeLost);

    private long LeftMinor => Math.Max(0, PaidMinor - RefundedMinor);

    // What the lost disputes claim; null: all, because one of them does not say how much. With one dispute the
    // payment's own status speaks of it: its loss may be known by that alone.
    private long? ClaimedMinor
    {
        get
        {
            var onlyOne = Disputes.Count == 1 && !Has(PostPaymentFact.DisputeWon);
            var lost = Disputes.Values.Where(dispute => dispute.IsLost || (onlyOne && dispute.IsOpen)).ToArray();

            return lost.Length > 0 && lost.All(dispute => dispute.Claimed is not null)
                ? lost.Sum(dispute => dispute.Claimed!.Value.Minor)
                : null;
        }
    }

    /// <summary>The refund that a Refund object of the gateway is about; null for one that is new to us.</summary>
    public Refund? RefundOf(int refundId, string? reference) =>
        Refunds.Values.FirstOrDefault(refund => refund.RefundId == refundId)
        ?? (reference is not null && Refunds.GetValueOrDefault(reference) is { IsOurs: true, RefundId: null } ours
            ? ours
            : null);

    private Charge With(PostPaymentFact fact) => this with { Facts = (Facts ?? []).Add(fact) };

    private Charge With(Refund refund) => this with { Refunds = Refunds.SetItem(refund.Key, refund) };

    private Charge With(int? disputeId, PostPaymentFact fact, Func<Dispute, Dispute> change) => (disputeId is { } id
        ? this with { Disputes = Disputes.SetItem(id, change(Disputes.GetValueOrDefault(id) ?? new Dispute(id))) }
        : this).With(fact);

    private Charge Claims(int disputeId, Money claimed) => this with
    {
        Disputes = Disputes.SetItem(
            disputeId, (Disputes.GetValueOrDefault(disputeId) ?? new Dispute(disputeId)) with { Claimed = claimed }),
    };

    private Charge WithRefund(string reference, Money amount, DateTimeOffset at, Func<Refund, Refund> change) =>
        With(
            change(
                Refunds.GetValueOrDefault(reference) ?? new Refund(
                    reference, reference, amount, RefundState.Requested, at)));

    private Charge Apply(RefundAccepted e) => With(
        (
            RefundOf(e.RefundId, e.RefundReference) ?? new Refund(
                $"#{e.RefundId}", e.RefundReference, e.Amount, RefundState.Pending, e.HappenedAt))
        .Apply(e));

    private Charge Apply(RefundFailed e) => With(
        ((e.RefundId is { } id ? RefundOf(id, e.RefundReference) : null)
            ?? (e.RefundReference is { } reference ? Refunds.GetValueOrDefault(reference) : null)
            ?? new Refund(
                e.RefundReference ?? $"#{e.RefundId}", e.RefundReference, e.Amount, RefundState.Requested,
                e.HappenedAt))
        .Apply(e));

    // Without an id the payment's own status says that all of it went back.
    private Charge Apply(PaymentRefunded e) => e.RefundId is not { } id
        ? With(PostPaymentFact.Refunded)
        : With(
            (RefundOf(id, null) ?? new Refund($"#{id}", null, e.Refunded, RefundState.Pending, e.HappenedAt))
                .Apply(e, id));
}
