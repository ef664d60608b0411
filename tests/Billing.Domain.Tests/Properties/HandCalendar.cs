using Billing.Domain.Scheduling;

namespace Billing.Domain.Tests.Properties;

/// <summary>What a merchant does next.</summary>
internal sealed record Whim(string Kind, ScheduleTerms Terms, int Hours, bool JobsRun);

/// <summary>What is due and charged, by counting days and months, without the product's calendar.</summary>
internal sealed class HandCalendar(ScheduleTerms begun, DateOnly begin)
{
    private readonly HashSet<DateOnly> skipped = [];
    private ScheduleTerms terms = begun;
    private DateOnly anchor = begin;
    private DateOnly first = begin;
    private DateOnly next = begin;
    private DateOnly last = DateOnly.MinValue;
    private DateTimeOffset setAt = DateTimeOffset.MinValue;
    private DateTimeOffset? pausedSince;
    private DateTimeOffset now = Midnight(begin).AddHours(-11.5);

    public List<(DateOnly On, long Amount)> Charged { get; } = [];

    // No whim comes at midnight, when a day begins.
    public void PassTo(DateTimeOffset instant)
    {
        for (now = instant; Midnight(next) <= now; next = After(next))
        {
            if (Charged.Count < (terms.Periods ?? int.MaxValue))
            {
                last = next;

                if (!(pausedSince <= DueAt(next)) && !skipped.Contains(next))
                {
                    Charged.Add((next, terms.AmountMinor));
                }
            }
        }
    }

    public bool Follow(Whim whim, DateTimeOffset at)
    {
        switch (whim.Kind)
        {
            case "pause":
                pausedSince ??= at;
                return true;

            case "resume":
                pausedSince = null;
                return true;

            case "skip":
                var isRunning = Charged.Count < (terms.Periods ?? int.MaxValue);
                _ = isRunning && skipped.Add(next);
                return isRunning;

            case "change":
                return Change(whim.Terms);

            default:
                return true;
        }
    }

    private bool Change(ScheduleTerms asked)
    {
        var own = asked.FirstDueOn == anchor || asked.FirstDueOn == first ? null : asked.FirstDueOn;

        if (asked.Periods < Charged.Count || own <= last || own < DateOnly.FromDateTime(now.UtcDateTime))
        {
            return false;
        }

        if (own is null && asked with { FirstDueOn = terms.FirstDueOn } == terms)
        {
            return true;
        }

        anchor =
            own ?? (asked.Unit != terms.Unit ? next : asked.Every == terms.Every ? anchor : KeepingDay(next, asked));
        terms = asked with { FirstDueOn = terms.FirstDueOn };
        first = next = own ?? next;
        setAt = now;

        return true;
    }

    // Counted back by whole intervals to a month that has the day.
    private DateOnly KeepingDay(DateOnly start, ScheduleTerms asked)
    {
        var (best, months) = (
            start,
            asked.Unit is ScheduleUnit.Month ? asked.Every : asked.Unit is ScheduleUnit.Year ? 12 * asked.Every : 0);

        for (var back = 1; months > 0 && back <= 12 && best.Day < anchor.Day; back++)
        {
            var month = new DateOnly(start.Year, start.Month, 1).AddMonths(-back * months);
            var day = Math.Min(anchor.Day, DateTime.DaysInMonth(month.Year, month.Month));
            best = day > best.Day ? new(month.Year, month.Month, day) : best;
        }

        return best;
    }

    private DateOnly After(DateOnly date)
    {
        if (terms.Unit is ScheduleUnit.Week)
        {
            return date.AddDays(7 * terms.Every);
        }

        var month = new DateOnly(date.Year, date.Month, 1)
            .AddMonths(terms.Every * (terms.Unit is ScheduleUnit.Year ? 12 : 1));

        return new(month.Year, month.Month, Math.Min(anchor.Day, DateTime.DaysInMonth(month.Year, month.Month)));
    }

    // A date of today that a change asks for is due with the change.
    private DateTimeOffset DueAt(DateOnly date) => Midnight(date) > setAt ? Midnight(date) : setAt;

    private static DateTimeOffset Midnight(DateOnly date) => new(date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
}
