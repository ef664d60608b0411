using System.Globalization;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;

namespace Billing.Api.Notifying;

/// <summary>What the gateway shows otherwise than we hold: kept as drift, never applied.</summary>
/// <remarks>
/// A notification may move the status, the gateway's id and the mandate reference; nothing else. Null means "not said", but for a
/// currency that was said before: KakaoPay's notification takes it back (GLOBALPAY.md section 8).
/// </remarks>
public static class MandateDifferences
{
    /// <param name="state">Unsealed.</param>
    public static IReadOnlyList<Difference> Between(string tenant, Preapproval state, MandateReading reading)
    {
        var (ours, theirs) = (state.Terms, reading.Terms);
        var (person, shown) = (state.Personal, reading.Personal);

        return
        [
            .. Different("site_id", tenant, reading.Gateway.SiteId?.ToString(CultureInfo.InvariantCulture)),
            .. ours.Currency == theirs.Currency ? [] : new[] { new Difference("currency", ours.Currency, theirs.Currency) },
            .. Different("merchant_preapproval_id", ours.MerchantPreapprovalId, theirs.MerchantPreapprovalId),
            .. Different("method_id", $"{ours.MethodId}", $"{theirs.MethodId}"),
            .. Different("description", ours.Description, theirs.Description),
            .. Different("return_url", ours.ReturnUrl, theirs.ReturnUrl),
            .. Different("maximum_amount", $"{ours.MaximumAmountHundredths}", theirs.MaximumAmountHundredths is { } maximum ? $"{maximum}" : null),
            .. Different("customer.email", person?.Customer?.Email, shown.Customer?.Email),
            .. Different("customer.first_name", person?.Customer?.FirstName, shown.Customer?.FirstName),
            .. Different("customer.last_name", person?.Customer?.LastName, shown.Customer?.LastName),
            .. Different("billing_address.country", person?.BillingAddress?.Country, shown.BillingAddress?.Country),
        ];
    }

    private static IEnumerable<Difference> Different(string field, string? ours, string? theirs) =>
        theirs is null || ours == theirs ? [] : [new Difference(field, ours, theirs)];
}
