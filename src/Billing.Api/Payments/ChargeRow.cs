using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.EventStore;
using Billing.Gateway.Translation;

namespace Billing.Api.Payments;

/// <summary>What the payment history shows of one charge, folded from its events.</summary>
public sealed record ChargeRow(
    string Tenant, string MerchantTransactionId, Guid PreapprovalId, long? GatewayPreapprovalId, int MethodId,
    Period? Period, int Attempt, ChargeOrigin Origin, Money Amount, DateTimeOffset RequestedAt)
{
    public string Status { get; init; } = "requested";

    public long? CapturedMinor { get; init; }

    public long RefundedMinor { get; init; }

    /// <summary>What a reversal or a chargeback took back.</summary>
    public long TakenBackMinor { get; init; }

    /// <summary>What came after the success, with commas; the same whatever the order it came in.</summary>
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
        PaymentEvent e => this with { GatewayStatusInfo = e.Gateway?.StatusInfo ?? GatewayStatusInfo, NotifiedAt = e.Gateway?.NotifiedAt ?? NotifiedAt },
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

    /// <summary>What came after the success, from all facts together.</summary>
    /// <param name="charge">After the event.</param>
    public ChargeRow With(Charge charge)
    {
        var isPlain = charge.State is not MoneyState.Charged || charge.Standing is PaymentStatus.Charged;

        return this with
        {
            RefundedMinor = charge.RefundedMinor,
            TakenBackMinor = charge.TakenBackMinor,
            Afterwards = string.Join(',', Words(charge)),
            GatewayStatusId = isPlain ? GatewayStatusId : PaymentStatuses.NumberOf(charge.Standing),
            GatewayStatusInfo = isPlain ? GatewayStatusInfo : PaymentStatuses.InfoOf(PaymentStatuses.NumberOf(charge.Standing)),
        };
    }

    private static IEnumerable<string> Words(Charge charge) => new[]
    {
        charge.RefundedMinor == 0 ? null : charge.RefundedMinor >= charge.PaidMinor && charge.PaidMinor > 0 ? "refunded" : "partially_refunded",
        charge.Has(AfterSuccess.Disputed) ? "disputed" : null,
        charge.Has(AfterSuccess.DisputeWon) ? "dispute_won" : null,
        charge.Has(AfterSuccess.DisputeLost) ? "dispute_lost" : null,
        charge.Has(AfterSuccess.Reversed) ? "reversed" : null,
        charge.Has(AfterSuccess.ChargedBack) ? "charged_back" : null,
    }.OfType<string>();
}
