using System.Globalization;

namespace Billing.Api.Attention;

/// <summary>A row of a kind.</summary>
/// <param name="texts">Its columns of text: numbers too, so that one damaged document spoils no page.</param>
public sealed class AttentionRow(
    IReadOnlyDictionary<string, string?> texts, DateTimeOffset since, Guid? subscriptionId)
{
    public string Site => texts["site"]!;

    public DateTimeOffset Since => since;

    public string Key => texts["key"]!;

    public Guid? SubscriptionId => subscriptionId;

    /// <summary>Null where the kind has no such column, or the row no value in it.</summary>
    public string? this[string column] => texts.GetValueOrDefault(column);

    public int? Number(string column) => (int?)LongNumber(column);

    public long? LongNumber(string column) =>
        long.TryParse(this[column], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
