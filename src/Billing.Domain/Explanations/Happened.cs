using Billing.Domain.Preapprovals;

namespace Billing.Domain.Explanations;

/// <summary>An event of a stream with its two times, as an explanation reads it.</summary>
/// <param name="HappenedAt">Business time, as the event itself says.</param>
/// <param name="RecordedAt">Database clock.</param>
/// <param name="By">Who caused it.</param>
public sealed record Happened(long Version, string Type, DateTimeOffset HappenedAt, DateTimeOffset RecordedAt, string? By, PreapprovalEvent Event)
{
    /// <summary>The MerchantTransactionID of the charge that it is about, or null.</summary>
    public string? MerchantTransactionId => ChargeId?.MerchantTransactionId;

    /// <summary>The period that it is about, or null.</summary>
    public Period? Period => Event switch
    {
        PeriodSkipped e => e.Period,
        PeriodReinstated e => e.Period,
        ChargeSkipped e => e.Period,
        ChargeDeferred e => e.Period,
        RetryScheduled e => e.Period,
        RetriesExhausted e => e.Period,
        PeriodPaidTwice e => e.Period,
        _ => ChargeId?.Period,
    };

    private ChargeId? ChargeId => Event switch
    {
        ChargeRequested e => e.Charge,
        ChargeResent e => e.Charge,
        ChargeStopped e => e.Charge,
        PaymentEvent e => e.Charge,
        OutcomeSetByOperator e => e.Charge,
        RefundRequested e => e.Charge,
        RefundAccepted e => e.Charge,
        RefundOutcomeUnknown e => e.Charge,
        RefundResent e => e.Charge,
        RefundFailed e => e.Charge,
        RefundSetByOperator e => e.Charge,
        DisputeReported e => e.Charge,
        _ => null,
    };

    public static Preapproval? Fold(IEnumerable<Happened> stream) => stream.Aggregate((Preapproval?)null, (state, one) => Preapproval.Evolve(state, one.Event));
}
