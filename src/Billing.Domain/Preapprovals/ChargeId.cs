using System.Globalization;
using System.Text.RegularExpressions;

namespace Billing.Domain.Preapprovals;

/// <summary>One due date of a preapproval, in the calendar of its schedule.</summary>
/// <remarks>
/// A date, not a counter, and without the schedule's revision: a due date is decided once, whatever schedule named it.
/// </remarks>
public readonly record struct Period(DateOnly DueOn);

/// <summary>
/// One attempt to collect money: scheduled (period and attempt, id derived) or on demand (the storefront's own id).
/// </summary>
/// <param name="MerchantTransactionId">The gateway's name of the attempt; 1 to 50 characters of [0-9a-zA-Z_-].</param>
/// <param name="Period">The period it collects; null on demand.</param>
/// <param name="Attempt">1 for the first attempt at a period, rising by one with each retry; 1 on demand.</param>
public sealed partial record ChargeId(string MerchantTransactionId, Period? Period, int Attempt)
{
    /// <summary>
    /// Derived, never random: the same attempt at the same period is always the same charge, in every database and
    /// culture.
    /// </summary>
    /// <param name="gatewayPreapprovalId">The id of the mandate that no restore, recovery or import changes.</param>
    public static ChargeId Scheduled(int gatewayPreapprovalId, Period period, int attempt) => new(
        string.Create(CultureInfo.InvariantCulture, $"{gatewayPreapprovalId}-{period.DueOn:yyMMdd}-{attempt}"),
        period, attempt);

    public static ChargeId OnDemand(string merchantTransactionId) => new(merchantTransactionId, null, 1);

    /// <summary>The reference of a refund that we make by ourselves; at most 50 characters.</summary>
    public static string RefundReferenceOf(string merchantTransactionId) => $"{merchantTransactionId}-r";

    /// <summary>
    /// True for ids of the form that only we derive: a storefront may not use one, or it could pose as a period.
    /// </summary>
    public static bool IsDerivedForm(string merchantTransactionId) => DerivedForm().IsMatch(merchantTransactionId);

    /// <returns>What an id of that form was derived from; null for any other.</returns>
    public static (int GatewayPreapprovalId, ChargeId Charge)? Parse(string merchantTransactionId)
    {
        var culture = CultureInfo.InvariantCulture;

        // Two digits of the year: the product charges in one century.
        return IsDerivedForm(merchantTransactionId)
            && merchantTransactionId.Split('-') is [var preapproval, var date, var attempt]
            && int.TryParse(preapproval, culture, out var gatewayPreapprovalId)
            && attempt is not ("0" or "00" or "000")
            && DateOnly.TryParseExact($"20{date}", "yyyyMMdd", culture, DateTimeStyles.None, out var dueOn)
            && Scheduled(gatewayPreapprovalId, new Period(dueOn), int.Parse(attempt, culture)) is var charge
            && charge.MerchantTransactionId == merchantTransactionId
                ? (gatewayPreapprovalId, charge)
                : null;
    }

    /// <summary>Like <see cref="IsDerivedForm"/>, for <see cref="RefundReferenceOf"/>.</summary>
    public static bool IsDerivedRefundForm(string reference) => DerivedRefundForm().IsMatch(reference);

    [GeneratedRegex(@"\A[0-9]{1,10}-[0-9]{6}-[0-9]{1,3}\z", RegexOptions.CultureInvariant)]
    private static partial Regex DerivedForm();

    [GeneratedRegex(@"\A[0-9]{1,10}-[0-9]{6}-[0-9]{1,3}-r\z", RegexOptions.CultureInvariant)]
    private static partial Regex DerivedRefundForm();
}
