using System.Globalization;
using Billing.Domain.Preapprovals;

namespace Billing.Domain.Explanations;

/// <summary>Dates, instants, money and stored words in sentences: the same in every culture.</summary>
internal static class Text
{
    /// <returns>For example 2026-03-01.</returns>
    public static string Day(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <returns>For example 2026-03-01 12:00:00 UTC.</returns>
    public static string At(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";

    /// <returns>For example BRL 49.90.</returns>
    public static string Amount(Money money) => money.ToString();

    /// <returns>For example "declined for now" of declined_for_now.</returns>
    public static string Words(string stored) => stored.Replace('_', ' ');

    /// <returns>For example "charged" of Charged.</returns>
    public static string Word<T>(T word) where T : struct, Enum => word.ToString().ToLowerInvariant();

    public static string By(string? actor) => actor is null ? "" : $" by {actor}";

    public static string Learnt(LearntFrom from) => from switch
    {
        LearntFrom.Answer => "from the gateway's answer",
        LearntFrom.Notification => "from a notification",
        LearntFrom.LookUp => "by a look-up",
        _ => "from an operator",
    };

    /// <summary>What comes next where the outcome is unknown.</summary>
    public static string Next(DateTimeOffset? nextLookUpAt, string? owner) => (nextLookUpAt, owner) switch
    {
        (_, { } name) => $"look-ups are used up, and {name} has to settle it",
        ({ } at, _) => $"the next look-up is due at {At(at)}",
        _ => "the call is still under way",
    };

    public static string Charge(Charge charge) => charge.Id.Period is { } period
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"Charge {charge.Id.MerchantTransactionId} (due {Day(period.DueOn)}, attempt {charge.Id.Attempt}, "
            + $"{Amount(charge.Amount)})")
        : $"Charge {charge.Id.MerchantTransactionId} (on demand, {Amount(charge.Amount)})";
}
