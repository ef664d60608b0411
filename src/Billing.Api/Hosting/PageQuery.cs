using System.Globalization;
using Billing.Domain;

namespace Billing.Api.Hosting;

/// <summary>
/// The parameters of a page of our own paths: after, the next of the page before, and limit. A page begins behind the
/// sort key of a row and not at a number of rows, so that rows which are added meanwhile move none into the next page.
/// </summary>
/// <remarks>They are text, because the framework refuses a number that cannot be read without a sentence.</remarks>
public static class PageQuery
{
    private delegate bool Reader<T>(string text, out T key);

    /// <exception cref="RuleViolation">limit_invalid: no whole number from 1 to <paramref name="most"/>.</exception>
    public static int Limit(string? text, int fallback, int most) =>
        text is null ? fallback
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            && limit >= 1 && limit <= most ? limit
        : throw new RuleViolation("limit_invalid", $"The limit must be a whole number from 1 to {most}.");

    /// <returns>The time and id of the last row of the page before; null for the first page.</returns>
    /// <exception cref="RuleViolation">cursor_invalid.</exception>
    public static (DateTimeOffset At, Guid Id)? AfterRow(string? text) =>
        Read<(DateTimeOffset, Guid)>(text, Cursor.TryRead);

    /// <summary>Of a list whose ids are the merchant's own.</summary>
    /// <inheritdoc cref="AfterRow"/>
    public static (DateTimeOffset At, string Id)? AfterNamed(string? text) =>
        Read<(DateTimeOffset, string)>(text, Cursor.TryRead);

    /// <summary>Of a list that is sorted by a number.</summary>
    /// <returns>That of the last row of the page before; null for the first page.</returns>
    /// <exception cref="RuleViolation">cursor_invalid.</exception>
    public static long? AfterNumber(string? text) => Read<long>(text, Cursor.TryRead);

    private static T? Read<T>(string? text, Reader<T> reader)
        where T : struct =>
        text is null ? null
        : reader(text, out var key) ? key
        : throw InvalidCursor();

    /// <summary>The refusal of a cursor that a list has not given.</summary>
    public static RuleViolation InvalidCursor() => new(
        "cursor_invalid", "The cursor is not one that a page of this list has given. Start without 'after'.");
}
