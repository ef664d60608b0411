using System.Text.Json.Serialization;

namespace Billing.Domain.Scheduling;

/// <summary>When a preapproval is charged and how much: one revision, complete, every default filled in.</summary>
/// <param name="Revision">1 for the first schedule of a preapproval, rising by one with each change.</param>
/// <param name="Amount">What each period costs.</param>
/// <param name="AnchorOn">
/// The date that all due dates are counted from: as asked for, also where this revision starts later.
/// </param>
/// <param name="FirstDueOn">The first due date of this revision; <paramref name="Periods"/> counts from it.</param>
/// <param name="TimeZone">tzdb id whose calendar days count.</param>
/// <param name="EndsOn">The last day that may be due, inclusive; null: no such day.</param>
/// <param name="Periods">How many due dates this revision has; null: no bound.</param>
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
    /// <summary>
    /// Set by an event of its own, so that the stored shape of a schedule stays what it was; null: charges fall due
    /// with their day.
    /// </summary>
    [JsonInclude, JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal DueTime? DueTime { get; init; }

    /// <summary>Fills in what was not said.</summary>
    /// <param name="terms">Checked by <see cref="ScheduleRules.Check"/> before.</param>
    /// <param name="openedAt">Its local day is the first due date where the terms name none.</param>
    /// <param name="siteTimeZone">tzdb id, used where the terms name none.</param>
    /// <param name="lastDecided">
    /// The latest due date decided under an earlier revision; null: none. This revision starts strictly after it, on a
    /// date of its own series.
    /// </param>
    public static Schedule Resolve(
        ScheduleTerms terms, int revision, DateTimeOffset openedAt, string siteTimeZone, DateOnly? lastDecided)
    {
        var zone = terms.TimeZone ?? siteTimeZone;
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
            terms.CatchUp ?? CatchUp.LatestOnly);
    }

    /// <summary>The next due date strictly after <paramref name="lastDecided"/>; after null the first.</summary>
    /// <returns>Null when the schedule has ended by then.</returns>
    public DateOnly? DueOnAfter(DateOnly? lastDecided)
    {
        var first = First;
        var next = lastDecided is { } decided ? Math.Max(first, Series.FirstAfter(decided)) : first;

        return next - first < (Periods ?? long.MaxValue) && Series.At(next) is { } due
            && due <= (EndsOn ?? ScheduleRules.LastDate) ? due : null;
    }

    /// <summary>The latest due date that is not after <paramref name="date"/>: where to start catching up.</summary>
    /// <returns>Null when nothing was due by then.</returns>
    public DateOnly? LastDueOnOrBefore(DateOnly date)
    {
        var bound = Earlier(Earlier(date, EndsOn ?? ScheduleRules.LastDate), ScheduleRules.LastDate);
        var first = First;
        var last = Math.Min(Series.FirstAfter(bound) - 1, first + (Periods ?? int.MaxValue) - 1);

        return last >= first ? Series.At(last) : null;
    }

    /// <summary>The first instant of that local day, or its due time, in UTC.</summary>
    /// <remarks>
    /// Where the zone has no midnight that day, or skipped the whole day: the first instant after the gap.
    /// </remarks>
    public DateTimeOffset DueAt(DateOnly dueOn) =>
        LocalDay.At(dueOn, DueTime is { } time && dueOn > time.After ? time.MillisecondOfDay : 0, TimeZone);

    /// <summary>The calendar day in the schedule's zone.</summary>
    public DateOnly LocalDate(DateTimeOffset instant) => LocalDay.Of(instant, TimeZone);

    private DueSeries Series => new(AnchorOn, Every, Unit);

    // The first due date is one of the series, so the number before the next one is its own.
    private long First => Series.FirstAfter(FirstDueOn) - 1;

    private static DateOnly Earlier(DateOnly left, DateOnly right) => left < right ? left : right;
}
