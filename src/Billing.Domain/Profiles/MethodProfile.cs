using System.Globalization;

namespace Billing.Domain.Profiles;

/// <summary>What a payment method does differently, as data (docs/globalpay.md).</summary>
/// <param name="MethodId">The gateway's number of the method.</param>
/// <param name="Version">
/// Recorded on every charge that obeyed it, so that the past stays explainable: a profile that changes gets the next
/// version. 0 is the
/// cautious profile of a method that we know nothing about, 1 to 999 are ours, 1000 and above an installation's own.
/// </param>
/// <param name="Timing">What to expect of the answer to a charge; the answer itself decides.</param>
/// <param name="PendingWindowDays">
/// How long a charge may stay pending before it is looked up and then gets an owner; whole days of 24 hours.
/// </param>
/// <param name="Currencies">ISO 4217 codes that the method takes; empty: any, the gateway decides.</param>
/// <param name="SendDescriptionAndCountry">
/// True where a charge should repeat the preapproval's description and country.
/// </param>
public sealed record MethodProfile(
    int MethodId,
    int Version,
    string Name,
    ResultTiming Timing,
    int PendingWindowDays,
    RetryPolicy Retries,
    IReadOnlyList<string> Currencies,
    bool SendDescriptionAndCountry)
{
    /// <summary>The first version that configuration may give.</summary>
    public const int FirstOwnVersion = 1000;

    /// <summary>ISO 3166 alpha-2 codes of customers that the method serves; empty: any, the gateway decides.</summary>
    public IReadOnlyList<string> Countries { get; init; } = [];

    /// <summary>
    /// True where a scheduled charge may name the day of the debit. Lead time, notice and roll rule need it.
    /// </summary>
    public bool TakesExecutionDate { get; init; }

    /// <summary>The bank needs so many days between our request and the debit.</summary>
    public int LeadDays { get; init; }

    /// <summary>
    /// The customer must be notified so many days before the debit: for that long the merchant sees the request in the
    /// payments.
    /// </summary>
    public int NoticeDays { get; init; }

    /// <summary>What becomes of a debit that would fall on a day on which banks rest.</summary>
    public DateRoll Roll { get; init; }

    public CapRule Cap { get; init; } = CapRule.PerCharge;

    /// <summary>A mandate lapses that was not used for so many months; 0: never.</summary>
    public int LapseMonths { get; init; }

    /// <summary>False: a schedule may charge more often than the gateway says that the customer approved.</summary>
    public bool ObeysFrequency { get; init; } = true;

    /// <summary>For so many days after a success the customer may still take the money back.</summary>
    public int ReversalDays { get; init; }

    /// <param name="currency">ISO 4217, upper case.</param>
    public bool Takes(string currency) => Currencies.Count == 0 || Currencies.Contains(currency);

    /// <param name="country">ISO 3166 alpha-2, any case; null: not said, the gateway decides.</param>
    public bool Serves(string? country) =>
        country is null || Countries.Count == 0 || Countries.Contains(country, StringComparer.OrdinalIgnoreCase);

    /// <summary>The day that a scheduled charge asks to be debited on.</summary>
    /// <param name="dueOn">The due date of the period.</param>
    /// <param name="today">The schedule's local day on which it is requested.</param>
    /// <returns>Null where the provider chooses.</returns>
    public DateOnly? ExecutionOn(DateOnly dueOn, DateOnly today)
    {
        if (!TakesExecutionDate || (LeadDays == 0 && NoticeDays == 0 && Roll is DateRoll.None))
        {
            return null;
        }

        var earliest = today.AddDays(Math.Max(LeadDays, NoticeDays));

        return BankDays.Roll(dueOn > earliest ? dueOn : earliest, Roll);
    }

    /// <summary>All but the version in one line, in a fixed order: profiles with equal lines are one.</summary>
    public string Terms => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        timing={ProfileWords.Of(Timing)} pending_days={PendingWindowDays} retry_days={ProfileWords.Of(Retries.Delays)}
         for_now={ProfileWords.Of(Retries.ForNow)} for_good={ProfileWords.Of(Retries.ForGood)}
         currencies={ProfileWords.Of(Currencies)} countries={ProfileWords.Of(Countries)}
         repeat_mandate={ProfileWords.Of(SendDescriptionAndCountry)}
         execution_date={ProfileWords.Of(TakesExecutionDate)}
         lead_days={LeadDays} notice_days={NoticeDays} roll={ProfileWords.Of(Roll)} cap={ProfileWords.Of(Cap)}
         lapse_months={LapseMonths} frequency={ProfileWords.OfFrequency(ObeysFrequency)} reversal_days={ReversalDays}
        """).ReplaceLineEndings("");
}

/// <summary>When a method reports how a charge ended.</summary>
public enum ResultTiming
{
    /// <summary>In the answer to the charge.</summary>
    AtOnce,

    /// <summary>By notification, minutes to days later.</summary>
    Later,
}

/// <summary>Where a debit moves that would fall on a day on which banks rest: to the next bank day.</summary>
public enum DateRoll
{
    /// <summary>The provider decides.</summary>
    None,

    /// <summary>Saturdays and Sundays.</summary>
    Weekends,

    /// <summary>Weekends and the closing days of the euro area's payment system.</summary>
    Target2,
}

/// <summary>What the preapproval's PreapprovedMaximumAmount bounds.</summary>
public enum CapRule
{
    /// <summary>Not stated: the gateway decides.</summary>
    None,

    /// <summary>The sum of all charges together.</summary>
    Aggregate,

    /// <summary>Each charge by itself: what holds whatever it bounds.</summary>
    PerCharge,
}
