using System.Text.Json.Serialization;

namespace Billing.Domain.Scheduling;

/// <summary>When a preapproval is charged and how much: one revision, complete, every default filled in.</summary>
/// <param name="Revision">1 for the first schedule of a preapproval, rising by one with each change.</param>
/// <param name="Amount">What each period costs.</param>
/// <param name="AnchorOn">
/// The date that all due dates are counted from: as asked for, also where this revision starts later.
/// </param>
/// <param name="FirstDueOn">The first due date of this revision.</param>
/// <param name="TimeZone">tzdb id whose calendar days count.</param>
/// <param name="EndsOn">The last day that may be due, inclusive; null: no such day.</param>
/// <param name="Periods">
/// How many periods the whole plan has, across its revisions; null: no bound. What has been used of it is known by
/// <see cref="Preapprovals.Preapproval.PeriodsUsed"/>, so that no method here reads it.
/// </param>
public sealed record Schedule(
    int Revision,
    Money Amount,
    int Every,
    ScheduleUnit Unit,
    DateOnly AnchorOn,
    DateOnly FirstDueOn,
    string TimeZone,
    DateOnly? EndsOn,
    int? Periods,
    CatchUp CatchUp)
{
    /// <summary>What follows a period whose retries end unpaid.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public AfterRetries AfterRetries { get; init; }

    /// <summary>
    /// Set by an event of its own, so that the stored shape of a schedule stays what it was; null: charges fall due
    /// with their day.
    /// </summary>
    [JsonInclude, JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal DueTime? DueTime { get; init; }

    /// <summary>
    /// From when on a later revision is in force; null for the first one. Folded from the event, so that the stored
    /// shape of a schedule stays what it was.
    /// </summary>
    [JsonInclude, JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal DateTimeOffset? InForceSince { get; init; }

    /// <summary>Fills in what was not said.</summary>
    /// <param name="terms">Checked by <see cref="ScheduleRules.Check"/> before.</param>
    /// <param name="openedAt">Its local day is the first due date where the terms name none.</param>
    /// <param name="site">Its time zone and its rule after retries are used where the terms name none.</param>
    /// <param name="lastDecided">
    /// The latest due date that was decided or belongs to an earlier revision; null: none. This revision starts
    /// strictly after it, on a date of its own series.
    /// </param>
    public static Schedule Resolve(
        ScheduleTerms terms, int revision, DateTimeOffset openedAt, SiteCalendar site, DateOnly? lastDecided)
    {
        var zone = terms.TimeZone ?? site.TimeZone;
        var anchor = terms.FirstDueOn ?? LocalDay.Of(openedAt, zone);
        var series = new DueSeries(anchor, terms.Every, terms.Unit);
        var first = lastDecided is { } decided ? series.At(series.FirstAfter(decided)) : anchor;

        // A series with nothing left before the last date of all starts on no day that can be due.
        return new Schedule(
            revision,
            new Money(terms.AmountMinor, terms.Currency),
            terms.Every,
            terms.Unit,
            anchor,
            first ?? DateOnly.MaxValue,
            zone,
            terms.EndsOn,
            terms.Periods,
            terms.CatchUp ?? CatchUp.LatestOnly)
        {
            AfterRetries = terms.AfterRetries ?? site.AfterRetries,
        };
    }

    /// <summary>Whether the terms ask for what is in force already.</summary>
    public bool IsAskedForBy(ScheduleTerms terms)
    {
        var asked = Completed(terms);

        return asked.FirstDueOn is null && Amount == new Money(asked.AmountMinor, asked.Currency)
            && (Every, Unit, TimeZone) == (asked.Every, asked.Unit, asked.TimeZone)
            && (EndsOn, Periods, CatchUp) == (asked.EndsOn, asked.Periods, asked.CatchUp)
            && AfterRetries == asked.AfterRetries;
    }

    /// <summary>The first due date that the terms name, where it is another one than the one in force.</summary>
    public DateOnly? NewFirstDueOn(ScheduleTerms terms) => Completed(terms).FirstDueOn;

    /// <summary>The revision after this one.</summary>
    /// <remarks>
    /// Unless the terms name another first due date, it begins with the first date of this schedule whose due instant
    /// lies after <paramref name="now"/>, also where this schedule has ended before: time that is paid is neither
    /// charged again nor given away. The day of the month stays; a change of unit counts from the date that it begins
    /// with.
    /// </remarks>
    /// <param name="lastOwned">The latest due date that was decided or belongs to this or an earlier revision.</param>
    public Schedule Revised(ScheduleTerms terms, DateTimeOffset now, DateOnly? lastOwned)
    {
        var asked = Completed(terms);

        // A date that passed while the change was under way belongs to this schedule, as later days until now do.
        if (asked.FirstDueOn is not null)
        {
            var yesterday = LocalDay.Of(now, asked.TimeZone!).AddDays(-1);

            return Resolve(
                asked, Revision + 1, now, TimeZone, lastOwned > yesterday ? lastOwned : yesterday);
        }

        var first = FirstDueAfter(now, lastOwned) ?? DateOnly.MaxValue;

        return Resolve(asked with { FirstDueOn = AnchorFor(asked, first) }, Revision + 1, now, TimeZone, null) with
        {
            FirstDueOn = first,
        };
    }

    // What the terms leave out stays as it is, and the first due date in force is no other one.
    private ScheduleTerms Completed(ScheduleTerms terms) => terms with
    {
        FirstDueOn = terms.FirstDueOn == AnchorOn || terms.FirstDueOn == FirstDueOn ? null : terms.FirstDueOn,
        TimeZone = terms.TimeZone ?? TimeZone,
        CatchUp = terms.CatchUp ?? CatchUp,
        AfterRetries = terms.AfterRetries ?? AfterRetries,
    };

    private DateOnly AnchorFor(ScheduleTerms asked, DateOnly first) =>
        first == DateOnly.MaxValue || (asked.Unit == Unit && asked.Every == Every) ? AnchorOn
        : asked.Unit == Unit ? DueSeries.AnchorThrough(first, AnchorOn.Day, asked.Every, asked.Unit)
        : first;

    // Without regard to its end.
    private DateOnly? FirstDueAfter(DateTimeOffset now, DateOnly? lastOwned)
    {
        var yesterday = LocalDate(now).AddDays(-1);
        var n = Math.Max(First, Series.FirstAfter(lastOwned > yesterday ? lastOwned.Value : yesterday));

        while (Series.At(n) is { } due && DueAt(due) <= now)
        {
            n++;
        }

        return Series.At(n);
    }

    /// <summary>The next due date strictly after <paramref name="lastDecided"/>; after null the first.</summary>
    /// <returns>Null when the schedule has reached its last day by then.</returns>
    public DateOnly? DueOnAfter(DateOnly? lastDecided)
    {
        var next = lastDecided is { } decided ? Math.Max(First, Series.FirstAfter(decided)) : First;

        return Series.At(next) is { } due && due <= (EndsOn ?? ScheduleRules.LastDate) ? due : null;
    }

    /// <summary>The latest due date that is not after <paramref name="date"/>: where to start catching up.</summary>
    /// <returns>Null when nothing was due by then.</returns>
    public DateOnly? LastDueOnOrBefore(DateOnly date)
    {
        var bound = Earlier(Earlier(date, EndsOn ?? ScheduleRules.LastDate), ScheduleRules.LastDate);
        var last = Series.FirstAfter(bound) - 1;

        return last >= First ? Series.At(last) : null;
    }

    /// <summary>The first instant of that local day, or its due time, in UTC.</summary>
    /// <remarks>
    /// Where the zone has no midnight that day, or skipped the whole day: the first instant after the gap. Never before
    /// this revision was set: another time zone may begin a date earlier than the one that it was expected in.
    /// </remarks>
    public DateTimeOffset DueAt(DateOnly dueOn)
    {
        var at = LocalDay.At(dueOn, DueTime is { } time && dueOn > time.After ? time.MillisecondOfDay : 0, TimeZone);

        return at < InForceSince ? InForceSince.Value : at;
    }

    /// <summary>The first instant of a day in the schedule's zone, in UTC.</summary>
    public DateTimeOffset StartOf(DateOnly day) => LocalDay.At(day, 0, TimeZone);

    /// <summary>The terms of this schedule with what is asked for otherwise.</summary>
    public ScheduleTerms With(ScheduleWish wish) => new(
        wish.AmountMinor ?? Amount.Minor, Amount.Currency, wish.Every ?? Every, wish.Unit ?? Unit, null, TimeZone,
        wish.EndsOn ?? EndsOn, wish.Periods ?? Periods, CatchUp);

    /// <summary>The calendar day in the schedule's zone.</summary>
    public DateOnly LocalDate(DateTimeOffset instant) => LocalDay.Of(instant, TimeZone);

    private DueSeries Series => new(AnchorOn, Every, Unit);

    // The first due date is one of the series, so the number before the next one is its own.
    private long First => Series.FirstAfter(FirstDueOn) - 1;

    private static DateOnly Earlier(DateOnly left, DateOnly right) => left < right ? left : right;
}
