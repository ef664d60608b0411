using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

/// <summary>
/// From the schedule's first due date on, this is what is charged and when. Each set is a new revision. What was due
/// before it still belongs to the one before.
/// </summary>
public sealed record ScheduleSet(
    Guid PreapprovalId, Schedule Schedule, DateTimeOffset HappenedAt) : PreapprovalEvent(PreapprovalId);

/// <summary>What falls due while paused is skipped with that reason, unless terms of the pause say otherwise.</summary>
public sealed record SchedulePaused(Guid PreapprovalId, DateTimeOffset HappenedAt) : PreapprovalEvent(PreapprovalId);

/// <summary>How long the pause in force lasts, and what becomes of the dates that fall due in it.</summary>
/// <param name="Until">The day that charging goes on with, in the schedule's zone; null: until it is resumed.</param>
/// <param name="EndsAt">The first instant of that day, business time.</param>
/// <param name="IsCollected">True: what falls due is charged when the pause ends. False: it is skipped.</param>
public sealed record PauseTermsSet(
    Guid PreapprovalId, DateOnly? Until, DateTimeOffset? EndsAt, bool IsCollected, DateTimeOffset HappenedAt)
    : PreapprovalEvent(PreapprovalId);

public sealed record ScheduleResumed(Guid PreapprovalId, DateTimeOffset HappenedAt) : PreapprovalEvent(PreapprovalId);

/// <summary>
/// Charging stops until a person resumes the schedule or changes the preapproval; what falls due meanwhile is skipped.
/// </summary>
/// <param name="Reason">snake_case: declined_for_good, retries_exhausted, refused.</param>
/// <param name="Owner">Who has to look at it.</param>
public sealed record ScheduleSuspended(
    Guid PreapprovalId, string Reason, string Owner, DateTimeOffset HappenedAt) : PreapprovalEvent(PreapprovalId);

/// <summary>
/// From a future date on another schedule is in force; what is due before it still belongs to the one before.
/// </summary>
/// <param name="Schedule">Complete, and a revision of its own.</param>
/// <param name="EffectiveOn">The first day that may be due by it, in the schedule's zone.</param>
/// <param name="EffectiveAt">The first instant of that day, business time.</param>
/// <param name="PriceChange">The id of the change of many prices that it belongs to; null: it is of its own.</param>
public sealed record ScheduleChangePlanned(
    Guid PreapprovalId, Schedule Schedule, DateOnly EffectiveOn, DateTimeOffset EffectiveAt, Guid? PriceChange,
    DateTimeOffset HappenedAt) : PreapprovalEvent(PreapprovalId);

/// <summary>A planned change will not take effect.</summary>
/// <param name="Reason">
/// cancelled, replaced (by another plan), superseded (by a change that is in force at once).
/// </param>
public sealed record PlannedChangeCancelled(
    Guid PreapprovalId, int ScheduleRevision, string Reason, DateTimeOffset HappenedAt)
    : PreapprovalEvent(PreapprovalId);

/// <summary>The merchant skips one period before it is due.</summary>
public sealed record PeriodSkipped(
    Guid PreapprovalId, Period Period, DateTimeOffset HappenedAt) : PreapprovalEvent(PreapprovalId);

/// <summary>
/// At what time of their day the charges of the schedule just set fall due: the site spreads them over its hours.
/// </summary>
/// <param name="MillisecondOfDay">Milliseconds of the local clock since midnight, 0 to 86399999.</param>
/// <param name="After">Holds on days after this one.</param>
public sealed record DueTimeSet(
    Guid PreapprovalId, int ScheduleRevision, int MillisecondOfDay, DateOnly After, DateTimeOffset HappenedAt)
    : PreapprovalEvent(PreapprovalId);

/// <summary>The merchant wants a skipped period charged after all, before it is due.</summary>
public sealed record PeriodReinstated(Guid PreapprovalId, Period Period, DateTimeOffset HappenedAt)
    : PreapprovalEvent(PreapprovalId);
