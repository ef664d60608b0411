using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Streams;
using Billing.Domain.Preapprovals;
using Wolverine.Marten;

namespace Billing.Api.Schedules;

/// <summary>The merchant skips one period before its day begins.</summary>
/// <param name="DueOn">Null: the next calendar date, skipped or not: a repeat does not skip another.</param>
public sealed record SkipPeriod(Guid PreapprovalId, DateOnly? DueOn, IfMatch? IfMatch = null);

/// <summary>The merchant takes a skip back before the period's day begins.</summary>
/// <inheritdoc cref="SkipPeriod"/>
public sealed record ReinstatePeriod(Guid PreapprovalId, DateOnly? DueOn, IfMatch? IfMatch = null);

public static class SkipPeriodHandler
{
    [AggregateHandler]
    public static (ScheduleDecided, Events) Handle(SkipPeriod command, Preapproval preapproval, BusinessClock clock) =>
        ScheduleDecided.By(
            command.IfMatch, preapproval,
            () => PreapprovalDecider.SkipPeriod(preapproval, command.DueOn, clock.GetUtcNow()));

    [AggregateHandler]
    public static (ScheduleDecided, Events) Handle(
        ReinstatePeriod command, Preapproval preapproval, BusinessClock clock) =>
        ScheduleDecided.By(
            command.IfMatch, preapproval,
            () => PreapprovalDecider.ReinstatePeriod(preapproval, command.DueOn, clock.GetUtcNow()));
}
