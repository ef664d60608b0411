using System.Text.RegularExpressions;
using Billing.Api.Hosting;
using Billing.Domain;
using Billing.Gateway.Wire;

namespace Billing.Api.SubscriptionsApi;

/// <summary>POST /v1/subscriptions/{id}/charges.</summary>
/// <param name="MerchantTransactionId">Required: 1 to 50 characters of [0-9a-zA-Z_-], unique per site.</param>
/// <param name="AmountMinor">Minor units of <paramref name="Currency"/>; omitted: the schedule's price.</param>
public sealed partial record ChargeNowRequest(
    string? MerchantTransactionId, long? AmountMinor, string? Currency, string? Description)
{
    /// <exception cref="RuleViolation">What is wrong with it.</exception>
    public static ChargeNowRequest Read(ReadOnlyMemory<byte> body)
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
            throw new RuleViolation(
                "merchant_transaction_id_invalid",
                "merchantTransactionId is required: 1 to 50 characters of 0-9, a-z, A-Z, _ and -.");
        }

        if (asked.Description is { Length: < 1 or > 255 })
        {
            throw new RuleViolation("description_invalid", "description must have 1 to 255 characters.");
        }

        return asked;
    }

    /// <summary>What is left out is the schedule's; only of a charge that is new, since its price may change.</summary>
    /// <exception cref="RuleViolation">amount_missing: there is no schedule.</exception>
    public Money Price(ScheduleView? schedule) => (AmountMinor, Currency, schedule) switch
    {
        ({ } amount, { } currency, _) => new Money(amount, currency),
        (null, null, { } price) => new Money(price.AmountMinor, price.Currency),
        ({ } amount, null, { } price) => new Money(amount, price.Currency),
        _ => throw new RuleViolation(
            "amount_missing", "amountMinor and currency are required: there is no schedule to take them from."),
    };

    [GeneratedRegex(@"\A[0-9a-zA-Z_-]{1,50}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Allowed();
}
