using Billing.Api.GlobalPay;
using Billing.Domain;

namespace Billing.Api.Payments;

/// <summary>Which payments a list shows, with the names of GLOBALPAY.md section 9.</summary>
/// <param name="From">yyyyMMddHHmmss of the gateway's own clock, inclusive.</param>
/// <param name="Until">The same.</param>
/// <param name="PageIndex">Counted from 1.</param>
public sealed record PaymentFilter(
    Guid? PreapprovalId, string? MerchantTransactionId, int? StatusId, int? MethodId, string? Currency, string? From, string? Until, bool IsAscending, int PageIndex, int PageSize)
{
    private const int MostPageSize = 1_000;

    // Said plainly rather than ignored: a filter that does not filter shows a stranger's idea of the truth.
    private static readonly string[] NotOffered = ["country", "minimumAmount", "maximumAmount", "methodTransactionID"];

    /// <exception cref="RuleViolation">2: a value that cannot be, or a filter that is not offered.</exception>
    public static PaymentFilter Read(IQueryCollection query, Guid? preapprovalId, int pageSize)
    {
        if (NotOffered.FirstOrDefault(name => GlobalPayQuery.Text(query, name) is not null) is { } unknown)
        {
            throw new RuleViolation("2", $"Validation failed: the filter {unknown} is not offered here.");
        }

        return new PaymentFilter(
            preapprovalId,
            GlobalPayQuery.Text(query, "merchantTransactionID"),
            GlobalPayQuery.Optional(query, "statusID", 0, int.MaxValue),
            GlobalPayQuery.Optional(query, "methodID", 0, int.MaxValue),
            GlobalPayQuery.Text(query, "currency")?.ToUpperInvariant(),
            GlobalPayQuery.Time(query, "startDate"),
            GlobalPayQuery.Time(query, "endDate"),
            string.Equals(GlobalPayQuery.Text(query, "sortDirection"), "asc", StringComparison.OrdinalIgnoreCase),
            GlobalPayQuery.Number(query, "pageIndex", 1, 1, 1_000_000),
            GlobalPayQuery.Number(query, "pageSize", pageSize, 1, MostPageSize));
    }
}
