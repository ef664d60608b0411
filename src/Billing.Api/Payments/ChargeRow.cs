using Billing.Domain;
using Billing.Domain.Preapprovals;
using Billing.EventStore;

namespace Billing.Api.Payments;

/// <summary>What the payment history shows of one charge, folded from its events.</summary>
public sealed record ChargeRow(
    string Tenant, string MerchantTransactionId, Guid PreapprovalId, long? GatewayPreapprovalId, int MethodId,
    Period? Period, int Attempt, ChargeOrigin Origin, Money Amount, DateTimeOffset RequestedAt)
{
    public string Status { get; init; } = "requested";

    public long? CapturedMinor { get; init; }

    public long RefundedMinor { get; init; }

    /// <summary>What came after the success, in the order it came, with commas.</summary>
    public string Afterwards { get; init; } = "";

    public string? Symptom { get; init; }

    public string? Code { get; init; }

    public long? GatewayPaymentId { get; init; }

    public int? GatewayStatusId { get; init; }

    public string? GatewayStatusInfo { get; init; }

    public string? GatewayCreated { get; init; }

    public string? NotifiedAt { get; init; }

    public LearntFrom? LearntFrom { get; init; }

    public int Sends { get; init; } = 1;

    public int LookUps { get; init; }

    public DateTimeOffset? NextLookUpAt { get; init; }

    /// <summary>Database clock.</summary>
    public DateTimeOffset? UnknownRecordedAt { get; init; }

    public string? Owner { get; init; }

    public DateTimeOffset? SettledAt { get; init; }

    public long StreamVersion { get; init; }

    public static ChargeRow Of(ChargeRequested e, Recorded recorded)
    {
        var preapproval = (Preapproval)recorded.State!;

        return new ChargeRow(
            recorded.Tenant, e.Charge.MerchantTransactionId, e.PreapprovalId, preapproval.Gateway?.PreapprovalId, preapproval.Terms.MethodId,
            e.Charge.Period, e.Charge.Attempt, e.Origin, e.Amount, e.RequestedAt) { StreamVersion = recorded.Version };
    }

    /// <returns>The charge that an event is about; null for events that no row shows.</returns>
    public static ChargeId? ChargeOf(object @event) => @event switch
    {
        PaymentEvent e => e.Charge,
        ChargeResent e => e.Charge,
        ChargeStopped e => e.Charge,
        OutcomeSetByOperator e => e.Charge,
        _ => null,
    };

    /// <param name="event">One that <see cref="ChargeOf"/> knows.</param>
    /// <param name="recordedAt">Database clock.</param>
    public ChargeRow After(object @event, DateTimeOffset recordedAt) => @event switch
    {
        ChargeResent => Moved("requested", null, null) with { Sends = Sends + 1 },
        ChargeStopped e => Moved("stopped", e.Reason, e.StoppedAt),
        OutcomeSetByOperator e => Moved(e.State is MoneyState.Charged ? "charged" : "failed", "set_by_operator", e.SetAt),
        PaymentOutcomeUnknown e => Unknown(e, recordedAt),
        PaymentPending e => Settled(e, "pending", null) with { LookUps = e.LookUps, NextLookUpAt = e.NextLookUpAt, Owner = e.Owner },
        PaymentFailed e => Settled(e, "failed", e.FailedAt),
        PaymentCharged e => Settled(e, "charged", e.ChargedAt),
        PaymentReversed e => Followed("reversed", e.Gateway),
        PaymentDisputed e => Followed("disputed", e.Gateway),
        DisputeWon e => Followed("dispute_won", e.Gateway),
        DisputeLost e => Followed("dispute_lost", e.Gateway),
        PaymentChargedBack e => Followed("charged_back", e.Gateway),
        PaymentRefunded e => Followed("refunded", e.Gateway) with { RefundedMinor = RefundedMinor + e.Refunded.Minor },
        _ => throw new ArgumentException($"The payment history does not show {@event.GetType().Name}.", nameof(@event)),
    };

    private ChargeRow Moved(string status, string? symptom, DateTimeOffset? at) =>
        this with { Status = status, Symptom = symptom, SettledAt = at, LookUps = 0, NextLookUpAt = null, UnknownRecordedAt = null, Owner = null };

    private ChargeRow Unknown(PaymentOutcomeUnknown e, DateTimeOffset recordedAt) => this with
    {
        Status = "unknown",
        Symptom = e.Symptom,
        LookUps = e.LookUps,
        NextLookUpAt = e.NextLookUpAt,
        Owner = e.Owner,
        UnknownRecordedAt = recordedAt,
        GatewayPaymentId = e.Gateway?.PaymentId ?? GatewayPaymentId,
        GatewayStatusId = e.Gateway?.StatusId ?? GatewayStatusId,
    };

    private ChargeRow Settled(PaymentEvent e, string status, DateTimeOffset? at) => Moved(status, null, at) with
    {
        CapturedMinor = e.CapturedAmount?.Minor ?? CapturedMinor,
        Code = e.Gateway?.Code,
        GatewayPaymentId = e.Gateway?.PaymentId ?? GatewayPaymentId,
        GatewayStatusId = e.Gateway?.StatusId ?? GatewayStatusId,
        GatewayStatusInfo = e.Gateway?.StatusInfo ?? GatewayStatusInfo,
        GatewayCreated = e.Gateway?.Created ?? GatewayCreated,
        NotifiedAt = e.Gateway?.NotifiedAt ?? NotifiedAt,
        LearntFrom = e.LearntFrom,
    };

    private ChargeRow Followed(string fact, GatewayPayment? gateway) => this with
    {
        Afterwards = Afterwards.Length == 0 ? fact : $"{Afterwards},{fact}",
        GatewayStatusId = gateway?.StatusId ?? GatewayStatusId,
        GatewayStatusInfo = gateway?.StatusInfo ?? GatewayStatusInfo,
        NotifiedAt = gateway?.NotifiedAt ?? NotifiedAt,
    };
}
