using System.Globalization;

namespace Billing.Domain.Preapprovals;

/// <summary>A period that was tried and not paid.</summary>
/// <param name="Amount">What it costs.</param>
/// <param name="Attempts">The number of the last attempt.</param>
public sealed record UnpaidPeriod(Money Amount, int Attempts)
{
    /// <summary>Its dunning has ended in a close that is not asked for yet.</summary>
    public bool IsToClose { get; init; }

    private const string ToClose = " close";

    /// <returns>For example 2026-03-31 4990 BRL 4.</returns>
    internal string ToLine(DateOnly dueOn) => string.Create(
        CultureInfo.InvariantCulture,
        $"{dueOn:yyyy-MM-dd} {Amount.Minor} {Amount.Currency} {Attempts}{(IsToClose ? ToClose : "")}");

    internal static KeyValuePair<DateOnly, UnpaidPeriod> Read(string line)
    {
        var parts = line.Split(' ');
        var culture = CultureInfo.InvariantCulture;

        return KeyValuePair.Create(
            DateOnly.ParseExact(parts[0], "yyyy-MM-dd", culture),
            new UnpaidPeriod(new Money(long.Parse(parts[1], culture), parts[2]), int.Parse(parts[3], culture))
            {
                IsToClose = line.EndsWith(ToClose, StringComparison.Ordinal),
            });
    }
}
