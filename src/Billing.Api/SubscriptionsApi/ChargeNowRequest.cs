using System.Text.RegularExpressions;
using Billing.Api.Hosting;
using Billing.Domain;
using Billing.Gateway.Wire;

namespace Billing.Api.SubscriptionsApi;

/// <summary>POST /v1/subscriptions/{id}/charges.</summary>
/// <param name="MerchantTransactionId">Required: 1 to 50 characters of [0-9a-zA-Z_-], unique per site.</param>
/// <param name="AmountMinor">Minor units of <paramref name="Currency"/>; omitted: the schedule's price.</param>
public sealed partial record ChargeNowRequest(string? MerchantTransactionId, long? AmountMinor, string? Currency, string? Description)
{
    /// <exception cref="RuleViolation">What is wrong with it.</exception>
    public static ChargeNowRequest Read(ReadOnlyMemory<byte> body, ScheduleView? schedule)
    {
        if (JsonText.Fault(body.Span) is { } fault)
        {
            throw new RuleViolation("body_invalid", fault);
        }

        var asked = JsonBody.Read(
            body, ApiJsonContext.Default.ChargeNowRequest,
            new RuleViolation(
                "body_invalid",
                "The body must be a JSON object with merchantTransactionId, amountMinor, currency and description."));

        if (asked.MerchantTransactionId is not { } id || !Allowed().IsMatch(id))
        {
            throw new RuleViolation("merchant_transaction_id_invalid", "merchantTransactionId is required: 1 to 50 characters of 0-9, a-z, A-Z, _ and -.");
        }

        if (asked.Description is { Length: < 1 or > 255 })
        {
            throw new RuleViolation("description_invalid", "description must have 1 to 255 characters.");
        }

        return (asked.AmountMinor, asked.Currency, schedule) switch
        {
            ({ }, { }, _) => asked,
            (null, null, { } price) => asked with { AmountMinor = price.AmountMinor, Currency = price.Currency },
            ({ }, null, { } price) => asked with { Currency = price.Currency },
            _ => throw new RuleViolation("amount_missing", "amountMinor and currency are required: there is no schedule to take them from."),
        };
    }

    [GeneratedRegex(@"\A[0-9a-zA-Z_-]{1,50}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Allowed();
}
