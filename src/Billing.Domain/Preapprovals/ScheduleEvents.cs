using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

/// <summary>
/// From the schedule's first due date on, this is what is charged and when. Each set is a new revision. What was due
/// before it still belongs to the one before.
/// </summary>
public sealed record ScheduleSet(
    Guid PreapprovalId, Schedule Schedule, DateTimeOffset HappenedAt) : PreapprovalEvent(PreapprovalId);

/// <summary>What falls due while paused is skipped with that reason.</summary>
public sealed record SchedulePaused(Guid PreapprovalId, DateTimeOffset HappenedAt) : PreapprovalEvent(PreapprovalId);

public sealed record ScheduleResumed(Guid PreapprovalId, DateTimeOffset HappenedAt) : PreapprovalEvent(PreapprovalId);

/// <summary>
/// Charging stops until a person resumes the schedule or changes the preapproval; what falls due meanwhile is skipped.
/// </summary>
/// <param name="Reason">snake_case: declined_for_good, retries_exhausted, refused.</param>
/// <param name="Owner">Who has to look at it.</param>
public sealed record ScheduleSuspended(
    Guid PreapprovalId, string Reason, string Owner, DateTimeOffset HappenedAt) : PreapprovalEvent(PreapprovalId);

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
