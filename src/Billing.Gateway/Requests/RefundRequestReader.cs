using System.Text.Json;
using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;
using static Billing.Gateway.Requests.FieldRules;

namespace Billing.Gateway.Requests;

/// <summary>What a storefront asks for with POST /v1/payments/{id}/refunds.</summary>
/// <param name="MerchantTransactionId">The refund's, not the payment's.</param>
/// <param name="Amount">More than zero, in the payment's currency: a refund names none.</param>
/// <param name="Personal">Null when nothing of it was given.</param>
/// <param name="PersonalParts">Which parts were given, in snake_case.</param>
/// <param name="SiteId">The site that the body names: recorded, never trusted.</param>
public sealed record RefundRequest(
    string MerchantTransactionId, Money Amount, string? Description, RefundPersonal? Personal,
    IReadOnlyList<string> PersonalParts, int? SiteId);

/// <summary>Reads and judges a refund by the gateway's field rules (docs/globalpay.md).</summary>
/// <remarks>The gateway decides which parts a method needs; its refusal is passed on.</remarks>
public static class RefundRequestReader
{
    /// <param name="body">{"Refund": {…}} in UTF-8; the amount in hundredths.</param>
    /// <param name="currency">Of the payment.</param>
    /// <exception cref="RuleViolation">The first broken rule, with the gateway's return code in digits.</exception>
    public static RefundRequest Read(ReadOnlyMemory<byte> body, string currency, WireMoney money)
    {
        var wire = RequestBody.Read(body, GlobalPayJson.Answers.RefundRequestEnvelope).Refund
            ?? throw Missing(MissingParameter, "Refund");
        var personal = new RefundPersonal(
            wire.Customer is null ? null : CustomerRules.Customer(wire.Customer, isWhole: false),
            wire.BillingAddress is null ? null : CustomerRules.Address(wire.BillingAddress, isWhole: false),
            wire.BankAddress is null ? null : CustomerRules.Address(wire.BankAddress, isWhole: false),
            Text(wire.Details, JsonValueKind.Object, "Details"),
            Text(wire.Articles, JsonValueKind.Array, "Articles"));
        var parts = PartsOf(personal).ToArray();

        return new RefundRequest(
            Matching(
                Required(wire.MerchantTransactionID, MissingParameter, "MerchantTransactionID"), MerchantId(),
                ValidationFailed, "MerchantTransactionID", "1 to 50 of 0-9a-zA-Z_-")!,
            money.ChargeFromWire(WireAmountOf(wire), currency),
            Line(wire.Description, 255, ValidationFailed, "Description"),
            parts.Length == 0 ? null : personal,
            parts,
            Given(wire.SiteID));
    }

    private static IEnumerable<string> PartsOf(RefundPersonal personal) => new[]
    {
        personal.Customer is null ? null : "customer",
        personal.BillingAddress is null ? null : "billing_address",
        personal.BankAddress is null ? null : "bank_address",
        personal.Details is null ? null : "details",
        personal.Articles is null ? null : "articles",
    }.OfType<string>();

    private static string? Text(JsonElement? part, JsonValueKind kind, string field) => part switch
    {
        null or { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => null,
        { } given when given.ValueKind == kind => given.GetRawText(),
        _ => throw Invalid(ValidationFailed, field, kind is JsonValueKind.Object ? "an object" : "an array"),
    };

    private static long WireAmountOf(WireRefundRequest wire) => wire.Amount switch
    {
        null or { Text: "" } => throw Missing("118", "Amount"),
        { Value: { } hundredths } => hundredths,
        _ => throw Invalid("118", "Amount", "1 to 12 digits"),
    };
}
