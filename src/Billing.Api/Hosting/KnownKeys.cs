using Billing.Domain;

namespace Billing.Api.Hosting;

/// <summary>
/// Refuses keys that an object does not have: one that is misspelt would be ignored where money depends on it.
/// </summary>
public static class KnownKeys
{
    /// <summary>The code of the refusal, answered 422.</summary>
    public const string Code = "unknown_key";

    private const int MostEchoed = 40;

    /// <param name="given">As they were sent.</param>
    /// <param name="known">At least one.</param>
    /// <param name="place">Where they were found, for the sentence: "the body", "Schedule".</param>
    /// <exception cref="RuleViolation">unknown_key: names the first unknown key and the nearest known one.</exception>
    public static void Check(IEnumerable<string> given, IReadOnlyCollection<string> known, string place)
    {
        if (given.FirstOrDefault(key => !known.Contains(key)) is { } unknown)
        {
            throw new RuleViolation(
                Code,
                $"There is no {Echo(unknown)} in {place}; did you mean '{Nearest(unknown, known)}'?");
        }
    }

    /// <summary>Refuses every key where none is taken.</summary>
    /// <param name="instead">What to do, for the sentence.</param>
    /// <exception cref="RuleViolation">unknown_key: names the first key.</exception>
    public static void CheckNone(IEnumerable<string> given, string place, string instead)
    {
        if (given.FirstOrDefault() is { } unknown)
        {
            throw new RuleViolation(Code, $"There is no {Echo(unknown)} in {place}: {instead}");
        }
    }

    private static string Echo(string key) =>
        key.Length <= MostEchoed && key.All(c => c is >= ' ' and < (char)127 and not '\'') ? $"'{key}'" : "such key";

    // A key that continues what was sent comes first: 'amount' is nearer to 'amountMinor' than to 'currency'.
    internal static string Nearest(string key, IEnumerable<string> known) => known
        .OrderByDescending(one => key.Length > 0 && one.StartsWith(key, StringComparison.OrdinalIgnoreCase))
        .ThenBy(one => Distance(key, one))
        .First();

    // Levenshtein: how many characters are added, left out or replaced. Capitals are the same as small letters.
    internal static int Distance(string left, string right)
    {
        (left, right) = (left.ToUpperInvariant(), right.ToUpperInvariant());
        var row = Enumerable.Range(0, right.Length + 1).ToArray();

        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;

            for (var j = 1; j <= right.Length; j++)
            {
                var replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
