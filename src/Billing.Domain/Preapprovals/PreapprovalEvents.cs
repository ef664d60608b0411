using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

// These records are the storage format. Renaming one, or a property, rewrites history: add a new event or an upcaster
// instead, and let the golden files prove that old rows still read. StoredEvents.cs names each and says what is sealed.
// "Personal" and the free texts are sealed under the stream's own key; everything else stays readable for ever.

/// <summary>Something that happened to one preapproval.</summary>
public abstract record PreapprovalEvent(Guid PreapprovalId);

/// <summary>The merchant asked for a mandate; the gateway has not been called yet.</summary>
/// <param name="StatedSiteId">The site that the body named, which need not be the one that authenticated; recorded, never trusted.</param>
public sealed record PreapprovalRequested(
    Guid PreapprovalId, MandateTerms Terms, MandatePersonal? Personal, ScheduleTerms? Schedule, int? StatedSiteId, DateTimeOffset RequestedAt) : PreapprovalEvent(PreapprovalId);

/// <summary>The gateway has the mandate: its whole answer, so that GET can be rebuilt. A later, fuller answer may follow an early notification.</summary>
public sealed record PreapprovalRegistered(
    Guid PreapprovalId, GatewayMandate Gateway, MandateTerms Terms, MandatePersonal? Personal, LearntFrom LearntFrom, DateTimeOffset RegisteredAt)
    : PreapprovalEvent(PreapprovalId);

/// <summary>The gateway refused to create it; its MerchantPreapprovalID is free again.</summary>
public sealed record PreapprovalRefused(Guid PreapprovalId, string Code, string? ReasonText, DateTimeOffset RefusedAt) : PreapprovalEvent(PreapprovalId);

/// <summary>The customer never answered within the configured time. A late Open notification revives it.</summary>
public sealed record PreapprovalAbandoned(Guid PreapprovalId, DateTimeOffset AbandonedAt) : PreapprovalEvent(PreapprovalId);

public sealed record PreapprovalOpened(
    Guid PreapprovalId, int? StatusId, string? StatusInfo, string? MandateReference, LearntFrom LearntFrom, DateTimeOffset OpenedAt)
    : PreapprovalEvent(PreapprovalId);

/// <param name="StatedSiteId"><inheritdoc cref="PreapprovalRequested" path="/param[@name='StatedSiteId']"/></param>
public sealed record ChangeRequested(
    Guid PreapprovalId, MandateTerms Terms, MandatePersonal? Personal, ScheduleTerms? Schedule, int? StatedSiteId, DateTimeOffset RequestedAt) : PreapprovalEvent(PreapprovalId);

public sealed record PreapprovalChanged(
    Guid PreapprovalId, GatewayMandate Gateway, MandateTerms Terms, MandatePersonal? Personal, LearntFrom LearntFrom, DateTimeOffset ChangedAt)
    : PreapprovalEvent(PreapprovalId);

public sealed record ChangeFailed(Guid PreapprovalId, string Code, string? ReasonText, DateTimeOffset FailedAt) : PreapprovalEvent(PreapprovalId);

public sealed record CloseRequested(Guid PreapprovalId, DateTimeOffset RequestedAt) : PreapprovalEvent(PreapprovalId);

public sealed record CloseFailed(Guid PreapprovalId, string Code, string? ReasonText, DateTimeOffset FailedAt) : PreapprovalEvent(PreapprovalId);

/// <param name="By">Known from our own events: the gateway says ClosedByCustomer of the merchant's own DELETE too.</param>
public sealed record PreapprovalClosed(
    Guid PreapprovalId, ClosedBy By, int? StatusId, string? StatusInfo, LearntFrom LearntFrom, DateTimeOffset ClosedAt) : PreapprovalEvent(PreapprovalId);

/// <summary>Nobody knows whether the gateway did what was asked. Looked up at <paramref name="NextLookUpAt"/>, or an owner has it.</summary>
/// <param name="LookUps">How often it has been looked up since it became unknown.</param>
/// <param name="NextLookUpAt">Business time; null when an owner has taken over.</param>
/// <param name="Owner">Who has to decide; null while look-ups go on.</param>
public sealed record MandateOutcomeUnknown(
    Guid PreapprovalId, MandateOperation Operation, string Symptom, int LookUps, DateTimeOffset? NextLookUpAt, string? Owner, DateTimeOffset SeenAt)
    : PreapprovalEvent(PreapprovalId);

/// <summary>The personal data of this stream is gone: its key is destroyed in the same commit.</summary>
public sealed record CustomerForgotten(Guid PreapprovalId, DateTimeOffset ForgottenAt) : PreapprovalEvent(PreapprovalId);

/// <summary>The gateway had a mandate that we had no record of; our books begin here.</summary>
public sealed record RecoveredFromGateway(
    Guid PreapprovalId, GatewayMandate Gateway, MandateTerms Terms, MandatePersonal? Personal, DateTimeOffset RecoveredAt) : PreapprovalEvent(PreapprovalId);

/// <summary>The gateway shows other values than we hold. Found, kept, never applied.</summary>
/// <param name="Fields">Their names, readable for ever.</param>
/// <param name="Differences">The values on both sides, sealed: some are personal.</param>
public sealed record DriftFound(
    Guid PreapprovalId, IReadOnlyList<string> Fields, IReadOnlyList<Difference>? Differences, LearntFrom LearntFrom, DateTimeOffset FoundAt)
    : PreapprovalEvent(PreapprovalId);

public sealed record DriftHealed(Guid PreapprovalId, IReadOnlyList<string> Fields, DateTimeOffset HealedAt) : PreapprovalEvent(PreapprovalId);

/// <param name="Field">snake_case path, for example billing_address.country.</param>
public sealed record Difference(string Field, string? Ours, string? Theirs);

public enum ClosedBy
{
    Merchant,
    Customer,
}

public enum MandateOperation
{
    Create,
    Change,
    Close,
}
