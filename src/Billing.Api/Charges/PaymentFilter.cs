using Billing.Api.Hosting;

namespace Billing.Api.Charges;

/// <summary>Which payments a list shows.</summary>
/// <param name="From">yyyyMMddHHmmss of the gateway's clock, inclusive; UTC for a payment without its date.</param>
/// <param name="Until">The same.</param>
/// <param name="PageIndex">Counted from 1.</param>
public sealed record PaymentFilter(
    Guid? PreapprovalId, string? MerchantTransactionId, int? StatusId, int? MethodId, string? Currency, string? From,
    string? Until, bool IsAscending, int PageIndex, int PageSize);

/// <param name="Found">Every row of the page.</param>
/// <param name="Total">Of all pages.</param>
public sealed record PaymentPage(PaymentFilter Filter, IReadOnlyList<PageRow<Payment, string>> Found, long Total)
{
    /// <summary>Those that can be read.</summary>
    public IReadOnlyList<Payment> Rows { get; } = Found.Readable();
}
