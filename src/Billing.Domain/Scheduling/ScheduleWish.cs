namespace Billing.Domain.Scheduling;

/// <summary>What a change of a running schedule asks for; null: as it is.</summary>
/// <param name="AmountMinor">In minor units of the schedule's currency.</param>
/// <param name="EndsOn">The last day that may be due, inclusive.</param>
/// <param name="Periods">Of the whole plan, those that are used included.</param>
public sealed record ScheduleWish(
    long? AmountMinor = null, int? Every = null, ScheduleUnit? Unit = null, DateOnly? EndsOn = null,
    int? Periods = null);
