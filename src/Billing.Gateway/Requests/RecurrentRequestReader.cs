using Billing.Domain;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;
using static Billing.Gateway.Requests.FieldRules;

namespace Billing.Gateway.Requests;

/// <summary>What a storefront asks for with POST /v1/payments/recurrent.</summary>
/// <param name="PreapprovalId">The gateway's numeric id.</param>
/// <param name="MerchantTransactionId">The storefront's own; a derived form is not refused here.</param>
/// <param name="Amount">More than zero.</param>
/// <param name="MethodId">Null when not given; the preapproval's decides.</param>
/// <param name="Country">ISO 3166 alpha-2; null when not given.</param>
/// <param name="ExecutionDate">yyyyMMdd; null when not given.</param>
/// <param name="SiteId">The site that the body names: recorded, never trusted.</param>
public sealed record RecurrentRequest(
    int PreapprovalId, string MerchantTransactionId, Money Amount, string? Description, int? MethodId, string? Country,
    string? ExecutionDate, int? SiteId);

/// <summary>Reads and judges a recurrent payment by the gateway's field rules (docs/globalpay.md).</summary>
public static class RecurrentRequestReader
{
    /// <param name="body">{"Payment": {…}} in UTF-8; the amount in hundredths as everywhere on the wire.</param>
    /// <param name="money">
    /// The same conversion as towards the gateway: a storefront written for GlobalPay counts as GlobalPay does.
    /// </param>
    /// <exception cref="RuleViolation">The first broken rule, with the gateway's return code in digits.</exception>
    public static RecurrentRequest Read(ReadOnlyMemory<byte> body, WireMoney money)
    {
        var wire = RequestBody.Read(body, GlobalPayJson.Answers.RecurrentEnvelope).Payment
            ?? throw Missing(MissingParameter, "Payment");

        return new RecurrentRequest(
            NotNegative(Required(wire.PreapprovalID, "115", "PreapprovalID"), "12", "PreapprovalID")!.Value,
            Matching(
                Required(wire.MerchantTransactionID, MissingParameter, "MerchantTransactionID"), MerchantId(),
                ValidationFailed, "MerchantTransactionID", "1 to 50 of 0-9a-zA-Z_-")!,
            money.ChargeFromWire(WireAmountOf(wire), Currency(Required(wire.Currency, "100", "Currency"))!),
            Line(wire.Description, 255, ValidationFailed, "Description"),
            NotNegative(wire.MethodID, "5", "MethodID"),
            Country(wire.BillingAddress?.Country),
            Matching(wire.ExecutionDate, Date(), ValidationFailed, "ExecutionDate", "yyyyMMdd"),
            Given(wire.SiteID));
    }

    private static long WireAmountOf(WireRecurrentPayment wire) => wire.Amount switch
    {
        null or { Text: "" } => throw Missing("118", "Amount"),
        { Value: { } hundredths } => hundredths,
        _ => throw Invalid("118", "Amount", "1 to 12 digits"),
    };
}
