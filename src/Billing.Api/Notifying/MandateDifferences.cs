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
    public static IReadOnlyList<Difference> Between(string tenant, Preapproval state, MandateReading reading) =>
        [.. Pairs(tenant, state, reading).Where(pair => pair.Ours != pair.Theirs && (pair.Theirs is not null || pair.Field is Currency))];

    /// <summary>The fields in which the gateway says what we hold.</summary>
    /// <param name="state">Unsealed.</param>
    public static IReadOnlyList<string> Agreeing(string tenant, Preapproval state, MandateReading reading) =>
        [.. Pairs(tenant, state, reading).Where(pair => pair.Theirs is not null && pair.Ours == pair.Theirs).Select(pair => pair.Field)];

    private const string Currency = "currency";

    private static Difference[] Pairs(string tenant, Preapproval state, MandateReading reading)
    {
        var (ours, theirs) = (state.Terms, reading.Terms);
        var (person, shown) = (state.Personal, reading.Personal);

        return
        [
            new("site_id", tenant, reading.Gateway.SiteId?.ToString(CultureInfo.InvariantCulture)),
            new(Currency, ours.Currency, theirs.Currency),
            new("merchant_preapproval_id", ours.MerchantPreapprovalId, theirs.MerchantPreapprovalId),
            new("method_id", $"{ours.MethodId}", $"{theirs.MethodId}"),
            new("description", ours.Description, theirs.Description),
            new("return_url", ours.ReturnUrl, theirs.ReturnUrl),
            new("maximum_amount", $"{ours.MaximumAmountHundredths}", theirs.MaximumAmountHundredths is { } maximum ? $"{maximum}" : null),
            new("customer.email", person?.Customer?.Email, shown.Customer?.Email),
            new("customer.first_name", person?.Customer?.FirstName, shown.Customer?.FirstName),
            new("customer.last_name", person?.Customer?.LastName, shown.Customer?.LastName),
            new("billing_address.country", person?.BillingAddress?.Country, shown.BillingAddress?.Country),
        ];
    }
}
