namespace Billing.Domain.Profiles;

/// <summary>What a payment method does differently, as data (GLOBALPAY.md sections 7 and 8).</summary>
/// <param name="MethodId">The gateway's number of the method.</param>
/// <param name="Version">
/// Recorded on every charge that obeyed it, so that the past stays explainable: a profile that changes gets the next version. 0 is the
/// cautious profile of a method that we know nothing about.
/// </param>
/// <param name="Timing">What to expect of the answer to a charge; the answer itself decides.</param>
/// <param name="PendingWindowDays">How long a charge may stay pending before it is looked up and then gets an owner; whole days of 24 hours.</param>
/// <param name="Currencies">ISO 4217 codes that the method takes; empty: any, the gateway decides.</param>
/// <param name="SendDescriptionAndCountry">True where a charge should repeat the preapproval's description and country.</param>
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
    /// <param name="currency">ISO 4217, upper case.</param>
    public bool Takes(string currency) => Currencies.Count == 0 || Currencies.Contains(currency);
}

/// <summary>When a method tells how a charge ended.</summary>
public enum ResultTiming
{
    /// <summary>In the answer to the charge.</summary>
    AtOnce,

    /// <summary>By notification, minutes to days later.</summary>
    Later,
}
