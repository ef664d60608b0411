using System.Globalization;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;

namespace Billing.Api.Mandates;

/// <summary>Decides from what the gateway shows whether a change of unknown outcome was applied.</summary>
/// <remarks>
/// Every field that was sent is compared. A field that the gateway does not return contradicts nothing, but a value
/// that the change replaces must be seen: without it nothing is known.
/// </remarks>
public static class ChangeConfirmation
{
    /// <param name="state">Before the change, with its personal data opened.</param>
    /// <param name="asked">What was sent, opened as well.</param>
    /// <returns>
    /// True where everything that was sent is shown; false where anything else is shown; null where the gateway
    /// returns too little to decide.
    /// </returns>
    public static bool? Shows(Preapproval state, Unsettled asked, MandateSnapshot snapshot)
    {
        if (asked.Operation is not MandateOperation.Change)
        {
            return false;
        }

        if (asked.Personal is { HasClosedValue: true })
        {
            return null;
        }

        var sent = Values(asked.Terms!, asked.Personal)
            .Zip(Values(snapshot.Terms, snapshot.Personal), Values(state.Terms, state.Personal))
            .Where(field => field.First is not null)
            .ToArray();

        return sent.Any(field => field.Second is { } shown && shown != field.First) ? false
            : sent.Any(field => field.Second is null && field.First != field.Third) ? null
            : true;
    }

    private static string?[] Values(MandateTerms terms, MandatePersonal? personal)
    {
        var (person, address) = (personal?.Customer?.Value, personal?.BillingAddress?.Value);

        string?[] values =
        [
            terms.Description, terms.Currency, Text(terms.MaximumAmountHundredths), Text(terms.MethodOptionId),
            Text(terms.RecurringPeriod),
            terms.ExecutionDate, terms.Country, personal?.ReturnUrl?.Value,
            person?.MerchantCustomerId, person?.Email, person?.FirstName, person?.LastName, person?.Gender,
            person?.SocialSecurityNumber,
            person?.SocialSecurityNumber2, person?.Phone, person?.Company, person?.DateOfBirth,
            address?.City, address?.ZipCode, address?.State, address?.Street, address?.StreetNumber,
            address?.HouseNumber,
            address?.HouseExtension,
        ];

        return [.. values.Select(value => string.IsNullOrEmpty(value) ? null : value)];
    }

    // 0 is not sent.
    private static string? Text(long? number) =>
        number is null or 0 ? null : number.Value.ToString(CultureInfo.InvariantCulture);
}
