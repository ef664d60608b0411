using Billing.Api.Charges;
using Billing.Domain;

namespace Billing.Api.GlobalPayApi;

/// <summary>Reads the query of a payment list, with GlobalPay's names.</summary>
public static class PaymentQuery
{
    private const int MostPageSize = 1_000;

    // Refused, because a filter that is ignored shows wrong rows.
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
