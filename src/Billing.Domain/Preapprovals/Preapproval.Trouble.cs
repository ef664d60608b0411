using Billing.Domain.Profiles;

namespace Billing.Domain.Preapprovals;

/// <remarks>What a person has to look at although nothing is unknown.</remarks>
public sealed partial record Preapproval
{
    /// <summary>The gateway refused the newest due charge as invalid: the next one will meet the same answer.</summary>
    public const string ChargeRefused = "charge_refused";

    /// <summary>The newest due charge that was refused; null once a later charge is pending or charged.</summary>
    public RefusedCharge? RefusedCharge { get; init; }

    /// <summary>suspended, charge_refused or null; a stored column. A closed preapproval has none.</summary>
    public string? Trouble => Status is PreapprovalStatus.Closed ? null
        : Suspension is not null ? PreapprovalDecider.Suspended
        : RefusedCharge is not null ? ChargeRefused
        : null;

    /// <summary>Business time since which it has its trouble; a stored column.</summary>
    public DateTimeOffset? TroubleSince => Trouble switch
    {
        null => null,
        ChargeRefused => RefusedCharge!.RefusedAt,
        _ => Suspension!.Since,
    };

    // Decided from the event alone: the snapshot may hold no more of an old charge than its line.
    private Preapproval WithTrouble(IChargeEvent @event) => @event switch
    {
        PaymentFailed { Origin: ChargeOrigin.FoundAtGateway } => this,
        PaymentFailed { Charge.Period: { } period } failed when IsRefusal(failed) && !IsBefore(period) =>
            this with { RefusedCharge = RefusedCharge.Of(failed, period) },
        PaymentCharged or PaymentPending when RefusedCharge is not null && IsLater((PaymentEvent)@event) =>
            this with { RefusedCharge = null },
        _ => this,
    };

    private static bool IsRefusal(PaymentFailed failed) =>
        failed.Reason == Outcomes.Word(OutcomeClass.RefusedByValidation);

    private bool IsBefore(Period period) => RefusedCharge is { DueOn: var refused } && period.DueOn < refused;

    // Of a charge on demand only its own answer says that it is a new one.
    private bool IsLater(PaymentEvent @event) => @event.Charge.Period is { } period
        ? !IsBefore(period)
        : @event.LearntFrom is LearntFrom.Answer;
}

/// <summary>A due charge that the gateway refused: what was sent or how the site is set up is wrong.</summary>
/// <param name="Code">The gateway's return code; null where it gave none.</param>
/// <param name="RefusedAt">Business time.</param>
public sealed record RefusedCharge(
    string MerchantTransactionId, DateOnly DueOn, string? Code, DateTimeOffset RefusedAt)
{
    internal static RefusedCharge Of(PaymentFailed failed, Period period) => new(
        failed.Charge.MerchantTransactionId, period.DueOn, failed.Gateway?.Code, failed.HappenedAt);
}
