using System.Globalization;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;

namespace Billing.Api.Mandates;

/// <summary>Compares a preapproval with what the gateway shows. Differences are recorded, never applied.</summary>
/// <remarks>
/// A notification may move the status, the gateway's id and the mandate reference; nothing else. Null means
/// "not stated", except for a currency that was stated before: KakaoPay's notification leaves it out.
/// </remarks>
public static class MandateDifferences
{
    private const string Currency = "currency";

    /// <param name="state">
    /// With its personal data opened where it can be. Where the person was forgotten, nothing personal is compared.
    /// </param>
    public static IReadOnlyList<Difference> Between(string site, Preapproval state, MandateSnapshot snapshot) =>
        [.. Pairs(site, state, snapshot).Where(pair =>
            pair.Ours != pair.Theirs && (pair.Theirs is not null || pair.Field is Currency))];

    /// <summary>The names of the fields in which the gateway shows the same as the preapproval.</summary>
    /// <inheritdoc cref="Between"/>
    public static IReadOnlyList<string> Agreeing(string site, Preapproval state, MandateSnapshot snapshot) =>
        [.. Pairs(site, state, snapshot).Where(pair => pair.Theirs is not null && pair.Ours == pair.Theirs)
            .Select(pair => pair.Field)];

    private static Difference[] Pairs(string site, Preapproval state, MandateSnapshot snapshot)
    {
        var (ours, theirs) = (state.Terms, snapshot.Terms);

        return
        [
            new("site_id", site, snapshot.Gateway.SiteId?.ToString(CultureInfo.InvariantCulture)),
            new(Currency, ours.Currency, theirs.Currency),
            new("merchant_preapproval_id", ours.MerchantPreapprovalId, theirs.MerchantPreapprovalId),
            new("method_id", $"{ours.MethodId}", $"{theirs.MethodId}"),
            new("description", ours.Description, theirs.Description),
            new("maximum_amount", $"{ours.MaximumAmountHundredths}", TextOf(theirs.MaximumAmountHundredths)),
            new("billing_address.country", ours.Country, theirs.Country),
            .. state.IsForgotten ? [] : PersonalPairs(state.Personal, snapshot.Personal),
        ];
    }

    private static string? TextOf(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    // A value that cannot be read, because its data key is damaged, is not compared.
    private static Difference[] PersonalPairs(MandatePersonal? ours, MandatePersonal theirs) =>
    [
        .. ours?.ReturnUrl is { Value: null }
            ? (Difference[])[]
            : [new("return_url", ours?.ReturnUrl?.Value, theirs.ReturnUrl?.Value)],
        .. ours?.Customer is { Value: null }
            ? (Difference[])[]
            :
            [
                new("customer.email", ours?.Customer?.Value?.Email, theirs.Customer?.Value?.Email),
                new("customer.first_name", ours?.Customer?.Value?.FirstName, theirs.Customer?.Value?.FirstName),
                new("customer.last_name", ours?.Customer?.Value?.LastName, theirs.Customer?.Value?.LastName),
            ],
    ];
}
