using Billing.Domain.Scheduling;

namespace Billing.Domain.Tests.Properties;

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
    private readonly List<(DateOnly On, long Amount)> held = [];
    private (DateOnly On, ScheduleTerms Terms)? planned;
    private bool isPlannedForMany;
    private DateTimeOffset? pausedSince;
    private DateTimeOffset? pausedUntil;
    private bool isCollected;
    private DateTimeOffset now = Midnight(begin).AddHours(-11.5);

    public List<(DateOnly On, long Amount)> Charged { get; } = [];

    private int Used => Charged.Count + held.Count;

    // No whim comes at midnight, when a day begins.
    public void PassTo(DateTimeOffset instant)
    {
        for (now = instant; Midnight(next) <= now; next = After(next))
        {
            BeginPlanned(Midnight(next));

            if (pausedUntil <= DueAt(next))
            {
                Resume();
            }

            if (Used < (terms.Periods ?? int.MaxValue))
            {
                last = next;

                if (!skipped.Contains(next))
                {
                    Fall();
                }
            }
        }

        BeginPlanned(now);

        if (pausedUntil <= now)
        {
            Resume();
        }
    }

    private void Fall()
    {
        if (!(pausedSince <= DueAt(next)))
        {
            Charged.Add((next, terms.AmountMinor));
        }
        else if (isCollected)
        {
            held.Add((next, terms.AmountMinor));
        }
    }

    private bool Resume()
    {
        Charged.AddRange(held);
        held.Clear();
        (pausedSince, pausedUntil) = (null, null);

        return true;
    }

    private void BeginPlanned(DateTimeOffset at)
    {
        if (planned is { } plan && Midnight(plan.On) <= at)
        {
            anchor = AnchorFor(plan.Terms);
            (terms, first, planned) = (plan.Terms, next, null);
        }
    }

    public bool Follow(Whim whim, DateTimeOffset at) => whim.Kind switch
    {
        "pause" => Pause(at),
        "pause_with_terms" => Pause(whim, at),
        "plan" => Plan(whim),
        "cancel_plan" => Cancel(),
        "price_change" => ChangePrice(whim),
        "cancel_price_change" => !isPlannedForMany || Cancel(),
        "resume" => Resume(),
        "skip" => Skip(),
        "change" => Change(whim.Terms),
        _ => true,
    };

    private bool Cancel()
    {
        planned = null;

        return true;
    }

    private bool Pause(DateTimeOffset at)
    {
        isCollected = pausedSince is not null && isCollected;
        pausedSince ??= at;

        return true;
    }

    private bool Pause(Whim whim, DateTimeOffset at)
    {
        if (pausedSince is not null && isCollected != whim.IsCollected)
        {
            return false;
        }

        pausedSince ??= at;
        isCollected = whim.IsCollected;
        pausedUntil = whim.Days is { } days ? Midnight(Today.AddDays(1 + Math.Abs(days))) : null;

        return true;
    }

    private bool Skip()
    {
        var date = next;

        for (; date < planned?.On && Used >= (terms.Periods ?? int.MaxValue); date = After(date))
        {
            // A plan that is used up goes on with the periods that are planned.
        }

        var isRunning = Used < ((planned?.On <= date ? planned.Value.Terms : terms).Periods ?? int.MaxValue);
        _ = isRunning && skipped.Add(date);

        return isRunning;
    }

    private bool Plan(Whim whim)
    {
        var on = Today.AddDays(whim.Days ?? 0);
        var asked = terms with
        {
            AmountMinor = whim.Terms.AmountMinor,
            Every = whim.Terms.Every,
            Unit = whim.Terms.Unit,
            Periods = whim.Terms.Periods ?? terms.Periods,
        };

        if (on == Today)
        {
            return Change(asked with { FirstDueOn = null });
        }

        if (asked == terms || asked.Periods < Used || on < Today)
        {
            return false;
        }

        (planned, isPlannedForMany) = ((on, asked), false);

        return true;
    }

    // Only of what goes on as it is agreed: another plan stays.
    private bool ChangePrice(Whim whim)
    {
        if ((planned is not null && isPlannedForMany) || terms.AmountMinor == whim.Terms.AmountMinor)
        {
            return true;
        }

        return isPlannedForMany = planned is null && Plan(
            whim with { Terms = terms with { AmountMinor = whim.Terms.AmountMinor } });
    }

    private DateOnly Today => DateOnly.FromDateTime(now.UtcDateTime);

    private DateOnly AnchorFor(ScheduleTerms asked) => asked.Unit != terms.Unit ? next
        : asked.Every == terms.Every ? anchor
        : KeepingDay(next, asked);

    private bool Change(ScheduleTerms asked)
    {
        var own = asked.FirstDueOn == anchor || asked.FirstDueOn == first ? null : asked.FirstDueOn;

        if (own is null && asked with { FirstDueOn = terms.FirstDueOn } == terms)
        {
            return true;
        }

        if (asked.Periods < Used || own <= last || own < Today)
        {
            return false;
        }

        anchor = own ?? AnchorFor(asked);
        planned = null;
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
