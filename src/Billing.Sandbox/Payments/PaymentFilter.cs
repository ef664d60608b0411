using System.Globalization;
using Billing.Sandbox.Calls;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Payments;

/// <summary>The filters of GET /v1/payments (docs/globalpay.md section 9).</summary>
internal static class PaymentFilter
{
    public static IEnumerable<Payment> Apply(Call call, IEnumerable<Payment> payments, Store store)
    {
        var from = call.Asked("startDate");
        var to = call.Asked("endDate");
        var method = call.AskedNumber("methodID");
        var status = call.AskedNumber("statusID");
        var least = call.AskedAmount("minimumAmount");
        var most = call.AskedAmount("maximumAmount");
        var country = call.Asked("country");
        var currency = call.Asked("currency");

        // typeID 1 is one-off payments, of which the sandbox has none; methodTransactionID is null in every row.
        var nothing = call.AskedNumber("typeID") is 1 || call.Asked("methodTransactionID") is not null;
        var kept = payments.Where(p => !nothing
            && (from is null || string.CompareOrdinal(p.Created, from) >= 0)
            && (to is null || string.CompareOrdinal(p.Created, to) <= 0)
            && (method is null || p.MethodId == method)
            && (status is null || p.StatusId == status)
            && (least is null || p.Amount >= least)
            && (most is null || p.Amount <= most)
            && (currency is null || string.Equals(p.Currency, currency, StringComparison.OrdinalIgnoreCase))
            && (country is null || string.Equals(Country(p, store), country, StringComparison.OrdinalIgnoreCase)));
        return Sorted(call, kept);
    }

    private static string? Country(Payment payment, Store store) =>
        payment.BillingAddress?.Country
        ?? (payment.PreapprovalId is { } id ? store.Preapproval(id)?.BillingAddress?.Country : null);

    // What comes in is newest first, which is the order when none is asked for.
    private static IEnumerable<Payment> Sorted(Call call, IEnumerable<Payment> payments)
    {
        var ascending = string.Equals(call.Asked("sortDirection"), "asc", StringComparison.OrdinalIgnoreCase);
        Func<Payment, string?> key = call.Asked("sortBy")?.ToLowerInvariant() switch
        {
            "merchanttransactionid" => p => p.MerchantTransactionId,
            "inputdatetime" => p => p.Created,
            "amount" => p => p.Amount?.ToString("D12", CultureInfo.InvariantCulture),
            _ => p => p.Id.ToString("D12", CultureInfo.InvariantCulture),
        };
        if (!ascending && call.Asked("sortBy") is null)
        {
            return payments;
        }

        return ascending
            ? payments.OrderBy(key, StringComparer.Ordinal)
            : payments.OrderByDescending(key, StringComparer.Ordinal);
    }
}
