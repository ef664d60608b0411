namespace Billing.Domain.Preapprovals;

/// <summary>Decided to charge; not sent yet. Written before the gateway is called.</summary>
/// <param name="DueAt">The due instant that it answers; null on demand.</param>
/// <param name="ProfileVersion">Version of the method profile that the charge obeys.</param>
/// <param name="Description">The storefront's free text, on demand only.</param>
/// <param name="ExecutionDate">yyyyMMdd: the day of the debit, as the storefront asked for it or the method profile set it; passed on to methods that debit later (SEPA).</param>
/// <param name="StatedSiteId">The site that the storefront's body named, which need not be the one that authenticated; recorded, never trusted.</param>
public sealed record ChargeRequested(
    Guid PreapprovalId, ChargeId Charge, Money Amount, ChargeOrigin Origin, int ProfileVersion, DateTimeOffset? DueAt, string? Description, string? ExecutionDate, int? StatedSiteId, DateTimeOffset RequestedAt)
    : PreapprovalEvent(PreapprovalId);

/// <summary>The gateway said "not found" and the quiet period has passed: the same MerchantTransactionID is sent again.</summary>
public sealed record ChargeResent(Guid PreapprovalId, ChargeId Charge, DateTimeOffset ResentAt) : PreapprovalEvent(PreapprovalId);

/// <summary>Withdrawn before it was ever sent, or found never to have reached the gateway.</summary>
/// <param name="Reason">snake_case: closing, earlier_attempt_charged, paused …</param>
public sealed record ChargeStopped(Guid PreapprovalId, ChargeId Charge, string Reason, DateTimeOffset StoppedAt) : PreapprovalEvent(PreapprovalId);

/// <summary>Due, but another charge is still in flight; decided again as soon as that one is settled. A step, not an outcome.</summary>
/// <param name="BlockedBy">MerchantTransactionID of the charge in flight.</param>
public sealed record ChargeDeferred(Guid PreapprovalId, Period Period, int Attempt, string BlockedBy, DateTimeOffset DeferredAt) : PreapprovalEvent(PreapprovalId);

/// <summary>Due and deliberately not charged.</summary>
/// <param name="Reason">snake_case: paused, missed, superseded, schedule_changed, closed, over_cap.</param>
public sealed record ChargeSkipped(Guid PreapprovalId, Period Period, string Reason, DateTimeOffset SkippedAt) : PreapprovalEvent(PreapprovalId);

/// <summary>News of money: what a payment's books are made of.</summary>
/// <param name="Amount">What was asked for.</param>
/// <param name="CapturedAmount">What the gateway says it took, where it says so.</param>
public abstract record PaymentEvent(
    Guid PreapprovalId, ChargeId Charge, Money Amount, Money? CapturedAmount, GatewayPayment? Gateway, ChargeOrigin Origin, int ProfileVersion, LearntFrom LearntFrom)
    : PreapprovalEvent(PreapprovalId);

/// <summary>The provider has it and has not decided. Said again with each look-up past its window, until an owner takes over.</summary>
/// <param name="LookUps">How often it has been asked about since its window ended.</param>
/// <param name="NextLookUpAt">Business time: the end of the profile's window, or the next look-up; null when an owner has it.</param>
/// <param name="Owner">Who has to see to it; null while it may simply take its time.</param>
public sealed record PaymentPending(
    Guid PreapprovalId, ChargeId Charge, Money Amount, Money? CapturedAmount, GatewayPayment? Gateway, ChargeOrigin Origin, int ProfileVersion, LearntFrom LearntFrom,
    int LookUps, DateTimeOffset? NextLookUpAt, string? Owner, DateTimeOffset PendingSince)
    : PaymentEvent(PreapprovalId, Charge, Amount, CapturedAmount, Gateway, Origin, ProfileVersion, LearntFrom);

public sealed record PaymentCharged(
    Guid PreapprovalId, ChargeId Charge, Money Amount, Money? CapturedAmount, GatewayPayment? Gateway, ChargeOrigin Origin, int ProfileVersion, LearntFrom LearntFrom,
    DateTimeOffset ChargedAt)
    : PaymentEvent(PreapprovalId, Charge, Amount, CapturedAmount, Gateway, Origin, ProfileVersion, LearntFrom);

/// <param name="Reason">Outcome class in snake_case: declined_for_now, declined_for_good, refused.</param>
/// <param name="ReasonText">The gateway's free text.</param>
public sealed record PaymentFailed(
    Guid PreapprovalId, ChargeId Charge, Money Amount, Money? CapturedAmount, GatewayPayment? Gateway, ChargeOrigin Origin, int ProfileVersion, LearntFrom LearntFrom,
    string Reason, string? ReasonText, DateTimeOffset FailedAt)
    : PaymentEvent(PreapprovalId, Charge, Amount, CapturedAmount, Gateway, Origin, ProfileVersion, LearntFrom);

/// <summary>Money that may or may not have moved. Never becomes "failed" by itself.</summary>
/// <param name="Symptom">snake_case: timeout, http_502, garbled, status_99, not_found_yet …</param>
/// <param name="LookUps">How often the gateway has been asked since it became unknown.</param>
/// <param name="NextLookUpAt">Business time; null when an owner has taken over.</param>
/// <param name="ClaimedAt">Database clock: when a process last took the submission in hand. "Not found" is believed only a lease and a time-out later.</param>
/// <param name="Owner">Who has to decide; null while look-ups go on.</param>
public sealed record PaymentOutcomeUnknown(
    Guid PreapprovalId, ChargeId Charge, Money Amount, Money? CapturedAmount, GatewayPayment? Gateway, ChargeOrigin Origin, int ProfileVersion, LearntFrom LearntFrom,
    string Symptom, int LookUps, DateTimeOffset? NextLookUpAt, DateTimeOffset? ClaimedAt, string? Owner, DateTimeOffset SeenAt)
    : PaymentEvent(PreapprovalId, Charge, Amount, CapturedAmount, Gateway, Origin, ProfileVersion, LearntFrom);

public sealed record RetryScheduled(Guid PreapprovalId, Period Period, int Attempt, DateTimeOffset DueAt, int PolicyVersion, DateTimeOffset ScheduledAt)
    : PreapprovalEvent(PreapprovalId);

/// <param name="Reason">snake_case, why no retry will come: attempts_used, declined_for_good, refused, charged, skipped, over_cap, not_open, closing</param>
public sealed record RetriesExhausted(Guid PreapprovalId, Period Period, int Attempts, string Reason, int PolicyVersion, DateTimeOffset ExhaustedAt)
    : PreapprovalEvent(PreapprovalId);

/// <summary>A failed attempt turned into a Success after a later attempt had succeeded too. An owner has to pay one back.</summary>
public sealed record PeriodPaidTwice(Guid PreapprovalId, Period Period, string FirstCharge, string SecondCharge, string Owner, DateTimeOffset FoundAt)
    : PreapprovalEvent(PreapprovalId);

/// <summary>A named person settles what the gateway cannot tell. Provisional: a later positive answer of the gateway replaces it.</summary>
/// <param name="Amount">What the charge had asked for.</param>
/// <param name="State">Charged or Failed.</param>
/// <param name="Why">Sealed, like <paramref name="Evidence"/>: null once the person is forgotten.</param>
public sealed record OutcomeSetByOperator(
    Guid PreapprovalId, ChargeId Charge, Money Amount, ChargeOrigin Origin, int ProfileVersion, MoneyState State, string By, string? Why, string? Evidence, DateTimeOffset SetAt)
    : PreapprovalEvent(PreapprovalId);
