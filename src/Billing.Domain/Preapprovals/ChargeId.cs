using System.Globalization;
using System.Text.RegularExpressions;

namespace Billing.Domain.Preapprovals;

/// <summary>One due instant. A date, not a counter: changing the interval must not make period 3 mean another day.</summary>
public readonly record struct Period(int ScheduleRevision, DateOnly DueOn);

/// <summary>One attempt to collect money: scheduled (period and attempt, id derived) or on demand (the storefront's own id).</summary>
/// <param name="MerchantTransactionId">What the gateway knows the attempt by; 1 to 50 characters of [0-9a-zA-Z_-] (GLOBALPAY.md section 4).</param>
/// <param name="Period">The period it collects; null on demand.</param>
/// <param name="Attempt">1 for the first attempt at a period, rising by one with each retry; 1 on demand.</param>
public sealed partial record ChargeId(string MerchantTransactionId, Period? Period, int Attempt)
{
    /// <summary>Derived, never random: the same attempt at the same period is always the same charge, on every node and in every culture.</summary>
    public static ChargeId Scheduled(Guid preapprovalId, Period period, int attempt) => new(
        string.Create(CultureInfo.InvariantCulture, $"{preapprovalId:N}-{period.ScheduleRevision}-{period.DueOn:yyMMdd}-{attempt}"), period, attempt);

    public static ChargeId OnDemand(string merchantTransactionId) => new(merchantTransactionId, null, 1);

    /// <summary>True for ids of the form that only we derive: a storefront may not use one, or it could pose as a period.</summary>
    public static bool IsDerivedForm(string merchantTransactionId) => DerivedForm().IsMatch(merchantTransactionId);

    [GeneratedRegex("^[0-9a-f]{32}-[0-9]+-[0-9]{6}-[0-9]+$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex DerivedForm();
}
