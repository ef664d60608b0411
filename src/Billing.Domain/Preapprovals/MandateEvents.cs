using System.Text.Json.Serialization;
using Billing.Domain.Gateway;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

/// <summary>The merchant asked for a mandate; the gateway has not been called yet.</summary>
/// <param name="StatedSiteId">The site that the body named, perhaps not the authenticated one; never trusted.</param>
/// <param name="WindowStart"><inheritdoc cref="IIntentEvent.WindowStart" path="/summary"/></param>
public sealed record PreapprovalRequested(
    Guid PreapprovalId, MandateTerms Terms, MandatePersonal? Personal, ScheduleTerms? Schedule, int? StatedSiteId,
    DateTimeOffset WindowStart, DateTimeOffset HappenedAt) : PreapprovalEvent(PreapprovalId), IIntentEvent
{
    protected override IEnumerable<(string Field, ISealed? Value)> Sealed() => Personal?.SealedFields ?? [];
}

/// <summary>The gateway has the mandate: its whole answer, so that GET can be rebuilt.</summary>
/// <remarks>A later, fuller answer may follow an early notification.</remarks>
public sealed record PreapprovalRegistered(
    Guid PreapprovalId, GatewayMandate Gateway, MandateTerms Terms, MandatePersonal? Personal, LearntFrom LearntFrom,
    DateTimeOffset HappenedAt) : PreapprovalEvent(PreapprovalId)
{
    protected override IEnumerable<(string Field, ISealed? Value)> Sealed() => Personal?.SealedFields ?? [];
}

/// <summary>It was not created at the gateway; its MerchantPreapprovalID is free again.</summary>
/// <param name="Code">The gateway's code in digits, or customer_forgotten, set_by_operator.</param>
public sealed record PreapprovalRefused(
    Guid PreapprovalId, string Code, Sealed<string>? ReasonText,
    DateTimeOffset HappenedAt) : PreapprovalEvent(PreapprovalId)
{
    protected override IEnumerable<(string Field, ISealed? Value)> Sealed() => [("reason_text", ReasonText)];
}

/// <summary>The customer never answered within the configured time. A late Open notification revives it.</summary>
public sealed record PreapprovalAbandoned(
    Guid PreapprovalId, DateTimeOffset HappenedAt) : PreapprovalEvent(PreapprovalId);

public sealed record PreapprovalOpened(
    Guid PreapprovalId, int? StatusId, string? StatusInfo, Sealed<string>? MandateReference, LearntFrom LearntFrom,
    DateTimeOffset HappenedAt) : PreapprovalEvent(PreapprovalId)
{
    protected override IEnumerable<(string Field, ISealed? Value)> Sealed() =>
        [("mandate_reference", MandateReference)];
}

/// <inheritdoc cref="PreapprovalRequested"/>
public sealed record ChangeRequested(
    Guid PreapprovalId, MandateTerms Terms, MandatePersonal? Personal, ScheduleTerms? Schedule, int? StatedSiteId,
    DateTimeOffset WindowStart, DateTimeOffset HappenedAt) : PreapprovalEvent(PreapprovalId), IIntentEvent
{
    protected override IEnumerable<(string Field, ISealed? Value)> Sealed() => Personal?.SealedFields ?? [];
}

public sealed record PreapprovalChanged(
    Guid PreapprovalId, GatewayMandate Gateway, MandateTerms Terms, MandatePersonal? Personal, LearntFrom LearntFrom,
    DateTimeOffset HappenedAt) : PreapprovalEvent(PreapprovalId)
{
    protected override IEnumerable<(string Field, ISealed? Value)> Sealed() => Personal?.SealedFields ?? [];
}

/// <param name="Code">The gateway's code in digits, or not_applied, superseded_by_close,
/// superseded_by_change, customer_forgotten, set_by_operator.</param>
public sealed record ChangeFailed(
    Guid PreapprovalId, string Code, Sealed<string>? ReasonText,
    DateTimeOffset HappenedAt) : PreapprovalEvent(PreapprovalId)
{
    protected override IEnumerable<(string Field, ISealed? Value)> Sealed() => [("reason_text", ReasonText)];
}

/// <param name="WindowStart"><inheritdoc cref="IIntentEvent.WindowStart" path="/summary"/></param>
public sealed record CloseRequested(Guid PreapprovalId, DateTimeOffset WindowStart, DateTimeOffset HappenedAt)
    : PreapprovalEvent(PreapprovalId), IIntentEvent
{
    /// <summary>snake_case: dunning. Null: the merchant asked for it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }
}

/// <param name="Code">The gateway's code in digits, or set_by_operator.</param>
public sealed record CloseFailed(
    Guid PreapprovalId, string Code, Sealed<string>? ReasonText,
    DateTimeOffset HappenedAt) : PreapprovalEvent(PreapprovalId)
{
    protected override IEnumerable<(string Field, ISealed? Value)> Sealed() => [("reason_text", ReasonText)];
}

/// <param name="By">From our own events: the gateway says ClosedByCustomer of a DELETE too.</param>
public sealed record PreapprovalClosed(
    Guid PreapprovalId, ClosedBy By, int? StatusId, string? StatusInfo, LearntFrom LearntFrom,
    DateTimeOffset HappenedAt)
    : PreapprovalEvent(PreapprovalId);

/// <summary>Unknown whether the gateway did what was asked: looked up at NextLookUpAt, or an owner has it.</summary>
/// <param name="Symptom">snake_case, as in <see cref="PaymentOutcomeUnknown"/>.</param>
/// <param name="LookUps">How often it has been looked up since it became unknown.</param>
/// <param name="NextLookUpAt">Business time; null when an owner has taken over.</param>
/// <param name="Owner">Who has to decide; null while look-ups go on.</param>
public sealed record MandateOutcomeUnknown(
    Guid PreapprovalId, MandateOperation Operation, string Symptom, int LookUps, DateTimeOffset? NextLookUpAt,
    string? Owner,
    DateTimeOffset HappenedAt) : PreapprovalEvent(PreapprovalId);

/// <summary>
/// The gateway does not show it although the quiet period has passed, or it was never sent: it is sent again.
/// </summary>
/// <param name="WindowStart"><inheritdoc cref="IIntentEvent.WindowStart" path="/summary"/></param>
public sealed record MandateCallResent(
    Guid PreapprovalId, MandateOperation Operation, DateTimeOffset WindowStart, DateTimeOffset HappenedAt)
    : PreapprovalEvent(PreapprovalId), IIntentEvent;

/// <summary>This call was certainly not sent. It is due for sending at SendAgainAt.</summary>
/// <param name="Symptom">snake_case: breaker_open, not_connected, shutdown …</param>
/// <param name="SendAgainAt">Business time.</param>
public sealed record MandateCallNotSent(
    Guid PreapprovalId, MandateOperation Operation, string Symptom, DateTimeOffset SendAgainAt,
    DateTimeOffset HappenedAt)
    : PreapprovalEvent(PreapprovalId);

/// <summary>
/// A named person settles a create, change or close of which the gateway says nothing. What follows from it is in the
/// events of the same commit, learnt from the operator.
/// </summary>
/// <param name="By">The person's name, for ever readable.</param>
public sealed record MandateSetByOperator(
    Guid PreapprovalId, MandateOperation Operation, MandateOutcome Outcome, string By, Sealed<string>? Why,
    Sealed<string>? Evidence, DateTimeOffset HappenedAt) : PreapprovalEvent(PreapprovalId)
{
    protected override IEnumerable<(string Field, ISealed? Value)> Sealed() => [("why", Why), ("evidence", Evidence)];
}

/// <summary>The personal data of this stream is gone: its key is destroyed in the same commit.</summary>
public sealed record CustomerForgotten(Guid PreapprovalId, DateTimeOffset HappenedAt) : PreapprovalEvent(PreapprovalId);

/// <summary>The gateway had a mandate of which we had no record; our history begins here.</summary>
public sealed record RecoveredFromGateway(
    Guid PreapprovalId, GatewayMandate Gateway, MandateTerms Terms, MandatePersonal? Personal,
    DateTimeOffset HappenedAt)
    : PreapprovalEvent(PreapprovalId)
{
    protected override IEnumerable<(string Field, ISealed? Value)> Sealed() => Personal?.SealedFields ?? [];
}

/// <summary>The gateway shows other values than we hold. Found, kept, never applied.</summary>
/// <param name="Fields">Their names, always readable.</param>
/// <param name="Differences">The values on both sides; some are personal.</param>
public sealed record DriftFound(
    Guid PreapprovalId, IReadOnlyList<string> Fields, Sealed<IReadOnlyList<Difference>>? Differences,
    LearntFrom LearntFrom,
    DateTimeOffset HappenedAt) : PreapprovalEvent(PreapprovalId)
{
    protected override IEnumerable<(string Field, ISealed? Value)> Sealed() => [("differences", Differences)];
}

public sealed record DriftHealed(Guid PreapprovalId, IReadOnlyList<string> Fields, DateTimeOffset HappenedAt)
    : PreapprovalEvent(PreapprovalId);

/// <param name="Field">snake_case path, for example billing_address.country.</param>
public sealed record Difference(string Field, string? Ours, string? Theirs);

public enum ClosedBy
{
    Merchant,
    Customer,
}

/// <summary>What an operator says of a create, change or close.</summary>
public enum MandateOutcome
{
    /// <summary>The gateway did what was asked.</summary>
    Done,

    /// <summary>It did not, and will not.</summary>
    Failed,
}

public enum MandateOperation
{
    Create,
    Change,
    Close,
}
