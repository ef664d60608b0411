namespace Billing.Domain.Preapprovals;

/// <summary>The event with which the record of a charge begins. Its MerchantTransactionID is reserved by it.</summary>
public interface IFirstChargeEvent : IChargeEvent
{
    /// <summary>The gateway's id of the preapproval that is charged.</summary>
    int GatewayPreapprovalId { get; }

    /// <summary>The payment method of the preapproval.</summary>
    int MethodId { get; }
}

/// <summary>Decided to charge; not sent yet. Committed before the gateway is called.</summary>
/// <param name="ScheduleRevision">The schedule that named the due date; null on demand.</param>
/// <param name="DueAt">The due instant that it answers; null on demand.</param>
/// <param name="ProfileVersion">Version of the method profile that the charge obeys.</param>
/// <param name="Description">The storefront's free text, on demand only.</param>
/// <param name="ExecutionDate">yyyyMMdd: the day of the debit; passed on to methods that debit later (SEPA).</param>
/// <param name="StatedSiteId">The site that the storefront's body named; recorded, never trusted.</param>
/// <param name="WindowStart"><inheritdoc cref="IIntentEvent.WindowStart" path="/summary"/></param>
public sealed record ChargeRequested(
    Guid PreapprovalId, ChargeId Charge, Money Amount, ChargeOrigin Origin, int ProfileVersion, int? ScheduleRevision,
    DateTimeOffset? DueAt, Sealed<string>? Description, string? ExecutionDate, int? StatedSiteId,
    DateTimeOffset WindowStart,
    DateTimeOffset HappenedAt) : PreapprovalEvent(PreapprovalId), IFirstChargeEvent, IIntentEvent
{
    /// <summary>The gateway's id of the preapproval that is charged.</summary>
    public int GatewayPreapprovalId { get; init; }

    /// <summary>The payment method of the preapproval.</summary>
    public int MethodId { get; init; }

    protected override IEnumerable<(string Field, ISealed? Value)> Sealed() => [("description", Description)];
}

/// <summary>
/// The gateway has this charge of a due date and the stream has no record of it: a restored backup had lost it. What
/// became of it is recorded in the same commit.
/// </summary>
/// <param name="Amount">What the gateway shows; what was asked for is not known any more.</param>
/// <param name="UsesPeriod">No other attempt at its period is recorded, so it uses one of the plan's periods.</param>
/// <param name="DueAt">
/// Business time: the due instant of its date by the schedule in force; without one the beginning of the date in UTC.
/// </param>
/// <param name="AskedAt">Real clock: when the gateway was asked for it.</param>
public sealed record ChargeFoundAtGateway(
    Guid PreapprovalId, ChargeId Charge, Money Amount, int ProfileVersion, bool UsesPeriod, int GatewayPreapprovalId,
    int MethodId, DateTimeOffset DueAt, DateTimeOffset AskedAt, DateTimeOffset HappenedAt)
    : PreapprovalEvent(PreapprovalId), IFirstChargeEvent;

/// <summary>
/// The same MerchantTransactionID is sent again: not found after the quiet period, or certainly not sent before.
/// </summary>
/// <param name="WindowStart"><inheritdoc cref="IIntentEvent.WindowStart" path="/summary"/></param>
public sealed record ChargeResent(
    Guid PreapprovalId, ChargeId Charge, DateTimeOffset WindowStart, DateTimeOffset HappenedAt)
    : PreapprovalEvent(PreapprovalId), IChargeEvent, IIntentEvent;

/// <summary>Withdrawn before it was ever sent, or found never to have reached the gateway.</summary>
/// <param name="Reason">snake_case: closing, earlier_attempt_charged, paused, not_sent.</param>
/// <param name="SendAgainAt">Business time; only with not_sent: when the charge is due for sending again.</param>
/// <param name="Symptom">Why it was not sent; only with not_sent.</param>
public sealed record ChargeStopped(
    Guid PreapprovalId, ChargeId Charge, string Reason, DateTimeOffset? SendAgainAt, string? Symptom,
    DateTimeOffset HappenedAt)
    : PreapprovalEvent(PreapprovalId), IChargeEvent;

/// <summary>
/// Due, but another charge is in flight; decided again as soon as that one is settled. A step, not an outcome.
/// </summary>
/// <param name="BlockedBy">MerchantTransactionID of the charge in flight.</param>
public sealed record ChargeDeferred(
    Guid PreapprovalId, Period Period, int Attempt, string BlockedBy, DateTimeOffset HappenedAt)
    : PreapprovalEvent(PreapprovalId);

/// <summary>Due and deliberately not charged.</summary>
/// <param name="ScheduleRevision">The schedule that named the due date.</param>
/// <param name="Reason">snake_case: paused, missed, superseded, schedule_changed, closed, over_cap, mandate_lapsed,
/// frequency_exceeded.</param>
public sealed record ChargeSkipped(
    Guid PreapprovalId, Period Period, int ScheduleRevision, string Reason, DateTimeOffset HappenedAt)
    : PreapprovalEvent(PreapprovalId);

public sealed record RetryScheduled(
    Guid PreapprovalId, Period Period, int Attempt, DateTimeOffset DueAt, int PolicyVersion, DateTimeOffset HappenedAt)
    : PreapprovalEvent(PreapprovalId);

/// <param name="Reason">
/// snake_case, why no retry will come: attempts_used, declined_for_good, refused, charged, skipped, over_cap,
/// mandate_lapsed, not_open, closing, date_already_decided.
/// </param>
public sealed record RetriesExhausted(
    Guid PreapprovalId, Period Period, int Attempts, string Reason, int PolicyVersion, DateTimeOffset HappenedAt)
    : PreapprovalEvent(PreapprovalId);

/// <summary>
/// A failed attempt turned into a Success after a later attempt had succeeded too. An owner has to pay one back.
/// </summary>
public sealed record PeriodPaidTwice(
    Guid PreapprovalId, Period Period, string FirstCharge, string SecondCharge, string Owner, DateTimeOffset HappenedAt)
    : PreapprovalEvent(PreapprovalId);

/// <summary>
/// A named person settles what the gateway cannot answer. Provisional: a later positive answer of the gateway replaces
/// it.
/// </summary>
/// <param name="Amount">What the charge had asked for.</param>
/// <param name="State">Charged or Failed.</param>
public sealed record OutcomeSetByOperator(
    Guid PreapprovalId, ChargeId Charge, Money Amount, ChargeOrigin Origin, int ProfileVersion, MoneyState State,
    string By,
    Sealed<string>? Why, Sealed<string>? Evidence, DateTimeOffset HappenedAt) : PreapprovalEvent(PreapprovalId),
    IChargeEvent
{
    protected override IEnumerable<(string Field, ISealed? Value)> Sealed() => [("why", Why), ("evidence", Evidence)];
}
