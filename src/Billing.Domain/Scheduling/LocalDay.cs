using NodaTime;
using NodaTime.TimeZones;

namespace Billing.Domain.Scheduling;

/// <summary>
/// Calendar days of a time zone; the only place that knows time zones. The rules are the tzdb that NodaTime brings, not
/// the machine's.
/// </summary>
internal static class LocalDay
{
    // Midnight twice: the earlier. No midnight, or no such day at all: the first instant after the gap.
    private static readonly ZoneLocalMappingResolver StartOfDay =
        Resolvers.CreateMappingResolver(Resolvers.ReturnEarlier, Resolvers.ReturnStartOfIntervalAfter);

    private static readonly HashSet<string> Ids = new(DateTimeZoneProviders.Tzdb.Ids, StringComparer.Ordinal);

    /// <summary>
    /// True for ids of the tz database; NodaTime's own spellings of fixed offsets (UTC+03) are not, because they are in
    /// no other list.
    /// </summary>
    public static bool IsZone(string id) => Ids.Contains(id);

    public static DateOnly Of(DateTimeOffset instant, string zone) =>
        Instant.FromDateTimeOffset(instant).InZone(DateTimeZoneProviders.Tzdb[zone]).Date.ToDateOnly();

    /// <param name="millisecond">
    /// Of the clock on the wall, 0 for midnight. A time that comes twice is the earlier one, one that does not come the
    /// first instant after the gap.
    /// </param>
    public static DateTimeOffset At(DateOnly day, int millisecond, string zone) => DateTimeZoneProviders.Tzdb[zone]
        .ResolveLocal(LocalDate.FromDateOnly(day).At(LocalTime.FromMillisecondsSinceMidnight(millisecond)), StartOfDay)
        .ToInstant()
        .ToDateTimeOffset();
}
