using System.Globalization;

namespace Billing.Domain.Scheduling;

/// <summary>How a site counts days, in which hours of them it charges, and what follows retries in vain.</summary>
/// <param name="TimeZone">tzdb id, used where a schedule names none.</param>
/// <param name="Window">Null: charges fall due at the first instant of their day.</param>
/// <param name="AfterRetries">Used where a schedule names no rule.</param>
public sealed record SiteCalendar(
    string TimeZone, ChargeWindow? Window = null, AfterRetries AfterRetries = AfterRetries.Continue)
{
    public static implicit operator SiteCalendar(string timeZone) => new(timeZone);

    public static SiteCalendar FromString(string timeZone) => new(timeZone);
}

/// <summary>
/// The hours of a day over which due charges are spread, so that millions due on the 1st are not due at once.
/// </summary>
/// <param name="From">Local time, inclusive.</param>
/// <param name="Until">Local time, exclusive, later than <paramref name="From"/>.</param>
public sealed record ChargeWindow(TimeOnly From, TimeOnly Until)
{
    /// <param name="text">Like 06:00-22:00.</param>
    /// <returns>Null when it is no window.</returns>
    public static ChargeWindow? Parse(string text)
    {
        var ends = text.Split('-', StringSplitOptions.TrimEntries);

        return ends.Length == 2
            && TimeOnly.TryParseExact(ends[0], "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var from)
            && TimeOnly.TryParseExact(
                ends[1], "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var until)
            && from < until
            ? new(from, until)
            : null;
    }

    /// <summary>
    /// The millisecond of the day at which one preapproval is due: always the same one, spread evenly over many.
    /// </summary>
    public int MillisecondOf(Guid preapprovalId)
    {
        // FNV-1a over the id's text: the same in every process, on every machine. Time-ordered ids differ in few bits;
        // it mixes them.
        var hash = preapprovalId.ToString("N")
            .Aggregate(14695981039346656037UL, (mixed, letter) => unchecked((mixed ^ letter) * 1099511628211UL));
        hash = unchecked((hash ^ (hash >> 33)) * 0xff51afd7ed558ccdUL);
        hash ^= hash >> 33;
        var (first, all) = ((ulong)From.ToTimeSpan().TotalMilliseconds, (ulong)(Until - From).TotalMilliseconds);

        return (int)(first + (hash % all));
    }
}

/// <summary>When on its day a charge falls due.</summary>
/// <param name="MillisecondOfDay">Milliseconds of the clock on the wall since midnight.</param>
/// <param name="After">
/// Days after this one; on earlier ones a charge falls due as soon as the day begins, so that a new subscriber need not
/// wait.
/// </param>
public sealed record DueTime(int MillisecondOfDay, DateOnly After);
