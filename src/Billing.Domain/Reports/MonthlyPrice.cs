using Billing.Domain.Scheduling;

namespace Billing.Domain.Reports;

/// <summary>The price of a schedule for one month.</summary>
/// <remarks>
/// A year has 12 months, 52 weeks and 365 days: amount / every for months, amount / (12 · every) for years, amount · 52
/// / (12 · every) for weeks, amount · 365 / (12 · every) for days; rounded to a minor unit, half of one upwards.
/// </remarks>
public static class MonthlyPrice
{
    /// <returns>Minor units.</returns>
    public static long Of(Schedule schedule) => Of(schedule.Amount.Minor, schedule.Every, schedule.Unit);

    /// <param name="amountMinor">0 or more.</param>
    /// <param name="every">1 or more.</param>
    public static long Of(long amountMinor, int every, ScheduleUnit unit)
    {
        var (times, parts) = unit switch
        {
            ScheduleUnit.Day => (365L, 12L),
            ScheduleUnit.Week => (52L, 12L),
            ScheduleUnit.Year => (1L, 12L),
            _ => (1L, 1L),
        };
        parts *= every;

        return ((2 * amountMinor * times) + parts) / (2 * parts);
    }
}
