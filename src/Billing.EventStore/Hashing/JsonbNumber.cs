using System.Globalization;

namespace Billing.EventStore;

/// <summary>Prints a JSON number as jsonb does: without an exponent, zeros after the point kept, no negative zero.</summary>
internal static class JsonbNumber
{
    // Far beyond a double's, far within numeric's.
    private const int MaximumExponent = 1000;

    internal static string Text(string raw, string? property)
    {
        var negative = raw[0] == '-';
        var mark = raw.AsSpan().IndexOfAny('e', 'E');
        var mantissa = raw.AsSpan(negative ? 1 : 0, (mark < 0 ? raw.Length : mark) - (negative ? 1 : 0));
        var exponent = 0;
        if (mark >= 0 && (!int.TryParse(raw.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent) || Math.Abs(exponent) > MaximumExponent))
        {
            throw new ArgumentException($"{property ?? "The value"} holds a number that is out of range.", property);
        }

        var point = mantissa.IndexOf('.');
        var digits = point < 0 ? mantissa.ToString() : string.Concat(mantissa[..point], mantissa[(point + 1)..]);
        var integers = (point < 0 ? mantissa.Length : point) + exponent;
        var text = Place(digits, integers);

        return negative && digits.AsSpan().ContainsAnyExcept('0') ? "-" + text : text;
    }

    private static string Place(string digits, int integers)
    {
        var whole = integers <= 0 ? "0" : digits[..Math.Min(integers, digits.Length)].PadRight(integers, '0').TrimStart('0');
        var fraction = integers >= digits.Length ? "" : digits[Math.Max(integers, 0)..].PadLeft(digits.Length - integers, '0');

        return (whole.Length == 0 ? "0" : whole) + (fraction.Length == 0 ? "" : "." + fraction);
    }
}
