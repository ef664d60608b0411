using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Streams;
using Billing.Domain.Preapprovals;
using Wolverine.Marten;

namespace Billing.Api.Schedules;

/// <summary>What falls due from now on is skipped until the schedule is resumed.</summary>
public sealed record PauseSchedule(Guid PreapprovalId, IfMatch? IfMatch = null);

public sealed record ResumeSchedule(Guid PreapprovalId, IfMatch? IfMatch = null);

public static class PauseScheduleHandler
{
    [AggregateHandler]
    public static (ScheduleDecided, Events) Handle(
        PauseSchedule command, Preapproval preapproval, BusinessClock clock) =>
        ScheduleDecided.By(
            command.IfMatch, preapproval, () => PreapprovalDecider.Pause(preapproval, clock.GetUtcNow()));

    [AggregateHandler]
    public static (ScheduleDecided, Events) Handle(
        ResumeSchedule command, Preapproval preapproval, BusinessClock clock) =>
        ScheduleDecided.By(
            command.IfMatch, preapproval, () => PreapprovalDecider.Resume(preapproval, clock.GetUtcNow()));
}
