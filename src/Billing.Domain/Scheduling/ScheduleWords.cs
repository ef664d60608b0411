namespace Billing.Domain.Scheduling;

/// <summary>
/// How units and catch-up rules are spelled towards callers; inside events they are spelled as the enums are.
/// </summary>
public static class ScheduleWords
{
    /// <returns>day, week, month or year.</returns>
    public static string ToWire(this ScheduleUnit unit) => unit switch
    {
        ScheduleUnit.Day => "day",
        ScheduleUnit.Week => "week",
        ScheduleUnit.Month => "month",
        ScheduleUnit.Year => "year",
        _ => throw new ArgumentOutOfRangeException(nameof(unit), unit, null),
    };

    /// <returns>bill_all, latest_only or skip.</returns>
    public static string ToWire(this CatchUp catchUp) => catchUp switch
    {
        CatchUp.BillAll => "bill_all",
        CatchUp.LatestOnly => "latest_only",
        CatchUp.Skip => "skip",
        _ => throw new ArgumentOutOfRangeException(nameof(catchUp), catchUp, null),
    };

    /// <returns>continue, suspend or close.</returns>
    public static string ToWire(this AfterRetries rule) => rule switch
    {
        AfterRetries.Continue => "continue",
        AfterRetries.Suspend => "suspend",
        AfterRetries.Close => "close",
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, null),
    };

    /// <summary>Reads exactly what <see cref="ToWire(AfterRetries)"/> writes.</summary>
    /// <returns>Null for anything else.</returns>
    public static AfterRetries? ReadAfterRetries(string? word) => word switch
    {
        "continue" => AfterRetries.Continue,
        "suspend" => AfterRetries.Suspend,
        "close" => AfterRetries.Close,
        _ => null,
    };

    /// <summary>Reads exactly what <see cref="ToWire(ScheduleUnit)"/> writes.</summary>
    /// <exception cref="RuleViolation">schedule_unit_invalid.</exception>
    public static ScheduleUnit ParseUnit(string? word) => word switch
    {
        "day" => ScheduleUnit.Day,
        "week" => ScheduleUnit.Week,
        "month" => ScheduleUnit.Month,
        "year" => ScheduleUnit.Year,
        _ => throw new RuleViolation("schedule_unit_invalid", "The schedule's unit must be day, week, month or year."),
    };

    /// <summary>Reads exactly what <see cref="ToWire(CatchUp)"/> writes.</summary>
    /// <exception cref="RuleViolation">schedule_catch_up_invalid.</exception>
    public static CatchUp ParseCatchUp(string? word) => word switch
    {
        "bill_all" => CatchUp.BillAll,
        "latest_only" => CatchUp.LatestOnly,
        "skip" => CatchUp.Skip,
        _ =>
            throw new RuleViolation(
                "schedule_catch_up_invalid", "The schedule's catch-up rule must be bill_all, latest_only or skip."),
    };

    /// <exception cref="RuleViolation">schedule_after_retries_invalid.</exception>
    public static AfterRetries ParseAfterRetries(string? word) =>
        ReadAfterRetries(word) ?? throw new RuleViolation(
            "schedule_after_retries_invalid", "The schedule's rule after retries must be continue, suspend or close.");
}
