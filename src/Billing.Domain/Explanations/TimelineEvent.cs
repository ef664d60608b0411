using Billing.Domain.Preapprovals;

namespace Billing.Domain.Explanations;

/// <summary>An event of a stream with its two times, as an explanation reads it.</summary>
/// <param name="HappenedAt">Business time, as the event itself says.</param>
/// <param name="RecordedAt">Real clock.</param>
/// <param name="By">Who caused it.</param>
public sealed record TimelineEvent(
    long Version, string Type, DateTimeOffset HappenedAt, DateTimeOffset RecordedAt, string? By, PreapprovalEvent Event)
{
    /// <summary>The MerchantTransactionID of the charge that it is about, or null.</summary>
    public string? MerchantTransactionId => (Event as IChargeEvent)?.Charge.MerchantTransactionId;

    /// <summary>The period that it is about, or null.</summary>
    public Period? Period => Event switch
    {
        PeriodSkipped e => e.Period,
        PeriodReinstated e => e.Period,
        ChargeSkipped e => e.Period,
        ChargeDeferred e => e.Period,
        RetryScheduled e => e.Period,
        RetriesExhausted e => e.Period,
        DunningEnded e => e.Period,
        PeriodPaidTwice e => e.Period,
        IChargeEvent e => e.Charge.Period,
        _ => null,
    };

    public static Preapproval? Fold(IEnumerable<TimelineEvent> stream) =>
        stream.Aggregate((Preapproval?)null, (state, one) => Preapproval.Fold(state, one.Event));
}
