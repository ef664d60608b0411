using Billing.Domain.Gateway;

namespace Billing.Domain.Preapprovals;

/// <summary>Decided to pay back some or all of a charge; not sent yet. The amount counts as taken from here.</summary>
/// <param name="RefundReference">
/// The refund's MerchantTransactionID, ours or the storefront's; refunds have a namespace of their own.
/// </param>
/// <param name="Amount">What is to go back.</param>
/// <param name="Cause">snake_case: storefront, period_paid_twice.</param>
/// <param name="Description">The storefront's free text.</param>
/// <param name="Personal">Who gets the money and where, for methods that need to know.</param>
/// <param name="PersonalParts">
/// Which parts of <paramref name="Personal"/> were given, always readable: without them the refund may not be sent.
/// </param>
/// <param name="StatedSiteId">The site that the storefront's body named; recorded, never trusted.</param>
/// <param name="WindowStart"><inheritdoc cref="IIntentEvent.WindowStart" path="/summary"/></param>
public sealed record RefundRequested(
    Guid PreapprovalId, ChargeId Charge, string RefundReference, Money Amount, string Cause,
    Sealed<string>? Description,
    Sealed<RefundPersonal>? Personal, IReadOnlyList<string>? PersonalParts, int? StatedSiteId,
    DateTimeOffset WindowStart,
    DateTimeOffset HappenedAt) : PreapprovalEvent(PreapprovalId), IChargeEvent, IIntentEvent
{
    protected override IEnumerable<(string Field, ISealed? Value)> Sealed() =>
        [("description", Description), ("refund_personal", Personal)];
}

/// <summary>
/// The gateway has the refund under an id of its own; also one that we did not ask for. Repeated with each look-up past
/// its window.
/// </summary>
/// <param name="RefundReference">The MerchantTransactionID that the gateway shows; null where it shows none.</param>
/// <param name="NextLookUpAt">Business time; null when settled in the same commit, or when an owner has it.</param>
/// <param name="Owner">Who has to see to it; null while it may simply take its time.</param>
public sealed record RefundAccepted(
    Guid PreapprovalId, ChargeId Charge, int RefundId, string? RefundReference, Money Amount, GatewayRefund Gateway,
    LearntFrom LearntFrom, int LookUps, DateTimeOffset? NextLookUpAt, string? Owner, DateTimeOffset HappenedAt)
    : PreapprovalEvent(PreapprovalId), IChargeEvent;

/// <summary>
/// It is not known whether the gateway has it. Looked up at <paramref name="NextLookUpAt"/>, or an owner has it.
/// </summary>
/// <param name="Symptom">
/// snake_case, as in <see cref="PaymentOutcomeUnknown"/>; never_arrived: it is not sent again by itself.
/// </param>
public sealed record RefundOutcomeUnknown(
    Guid PreapprovalId, ChargeId Charge, string RefundReference, Money Amount, LearntFrom LearntFrom, string Symptom,
    int LookUps,
    DateTimeOffset? NextLookUpAt, string? Owner, DateTimeOffset HappenedAt) : PreapprovalEvent(PreapprovalId),
    IChargeEvent;

/// <summary>This refund was certainly not sent. It is due for sending at SendAgainAt.</summary>
/// <param name="SendAgainAt">Business time.</param>
public sealed record RefundNotSent(
    Guid PreapprovalId, ChargeId Charge, string RefundReference, Money Amount, string Symptom,
    DateTimeOffset SendAgainAt,
    DateTimeOffset HappenedAt) : PreapprovalEvent(PreapprovalId), IChargeEvent;

/// <summary>A refund that was certainly not sent is sent now. One that may have been sent never is.</summary>
/// <param name="WindowStart"><inheritdoc cref="IIntentEvent.WindowStart" path="/summary"/></param>
public sealed record RefundResent(
    Guid PreapprovalId, ChargeId Charge, string RefundReference, DateTimeOffset WindowStart, DateTimeOffset HappenedAt)
    : PreapprovalEvent(PreapprovalId), IChargeEvent, IIntentEvent;

/// <param name="RefundReference">Ours; null for one that we did not ask for.</param>
/// <param name="RefundId">The gateway's Refund.ID; null when it was refused before it had one.</param>
/// <param name="Amount">What should have gone back.</param>
/// <param name="Code">The gateway's return code; null where it gives none.</param>
public sealed record RefundFailed(
    Guid PreapprovalId, ChargeId Charge, string? RefundReference, int? RefundId, Money Amount, GatewayRefund? Gateway,
    LearntFrom LearntFrom, string? Code, Sealed<string>? ReasonText, DateTimeOffset HappenedAt)
    : PreapprovalEvent(PreapprovalId), IChargeEvent
{
    protected override IEnumerable<(string Field, ISealed? Value)> Sealed() => [("reason_text", ReasonText)];
}

/// <summary>
/// A named person settles a refund of which the gateway says nothing. Provisional: the gateway's answer replaces it.
/// </summary>
/// <param name="State">Refunded or Failed.</param>
public sealed record RefundSetByOperator(
    Guid PreapprovalId, ChargeId Charge, string RefundReference, Money Amount, RefundState State, string By,
    Sealed<string>? Why,
    Sealed<string>? Evidence, DateTimeOffset HappenedAt) : PreapprovalEvent(PreapprovalId), IChargeEvent
{
    protected override IEnumerable<(string Field, ISealed? Value)> Sealed() => [("why", Why), ("evidence", Evidence)];
}

/// <summary>What we know of a refund, in rising rank.</summary>
public enum RefundState
{
    Requested,
    Unknown,
    Pending,
    Failed,
    Refunded,
}
