using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;
using static Billing.Gateway.Requests.FieldRules;

namespace Billing.Gateway.Requests;

/// <summary>What a storefront asks for with POST or PATCH on preapprovals.</summary>
/// <param name="Schedule">Read, not judged; null when none was given.</param>
/// <param name="SiteId">The site that the body names: recorded, never trusted.</param>
public sealed record PreapprovalRequest(
    MandateTerms Terms, MandatePersonal Personal, WireSchedule? Schedule, int? SiteId);

/// <summary>Reads and judges a Preapproval object by the gateway's field rules (docs/globalpay.md).</summary>
/// <remarks>
/// A change is judged like a creation: the documented PATCH repeats every field, and what a partial one would mean is
/// stated nowhere.
/// </remarks>
public static class PreapprovalRequestReader
{
    /// <param name="body">{"Preapproval": {…}} in UTF-8.</param>
    /// <exception cref="RuleViolation">The first broken rule, with the gateway's return code in digits.</exception>
    public static PreapprovalRequest Read(ReadOnlyMemory<byte> body)
    {
        var wire = RequestBody.Read(body, GlobalPayJson.Answers.PreapprovalEnvelope).Preapproval
            ?? throw Missing(MissingParameter, "Preapproval");

        var returnUrl = ReturnUrlOf(wire);
        var address = CustomerRules.Address(wire.BillingAddress);
        var customer = CustomerRules.Customer(wire.Customer);
        var terms = new MandateTerms(
            Matching(
                Required(wire.MerchantPreapprovalID, "103", "MerchantPreapprovalID"), MerchantId(), "104",
                "MerchantPreapprovalID", "1 to 50 of 0-9a-zA-Z_-")!,
            MethodOf(wire),
            NotNegative(wire.MethodOptionID, "10", "MethodOptionID"),
            Line(Required(wire.Description, "107", "Description"), 255, "108", "Description"),
            Currency(wire.Currency),
            MaximumOf(wire),
            NotNegative(wire.RecurringPeriod, ValidationFailed, "RecurringPeriod"),
            Matching(wire.ExecutionDate, Date(), ValidationFailed, "ExecutionDate", "yyyyMMdd"),
            address?.Country);

        var personal = new MandatePersonal(
            Sealed<Customer>.OfNullable(customer), Sealed<Address>.OfNullable(address), Sealed<string>.Of(returnUrl),
            RedirectUrl: null, MandateReference: null, Details: null);
        return new PreapprovalRequest(terms, personal, wire.Schedule, Given(wire.SiteID));
    }

    private static string ReturnUrlOf(WirePreapproval wire) =>
        Matching(
            Required(wire.ReturnURL, "105", "ReturnURL"), Url(), "106", "ReturnURL",
            "an http or https address of at most 512 characters after the scheme")!;

    private static int MethodOf(WirePreapproval wire) => Required(wire.MethodID, MissingParameter, "MethodID") switch
    {
        < 0 => throw Invalid("5", "MethodID", "a method of the gateway"),
        var method when !Methods.TakesPreapprovals(method) =>
            throw Invalid("111", "MethodID", "a method with preapprovals, such as 46, 84 or 1135"),
        var method => method,
    };

    private static long? MaximumOf(WirePreapproval wire) => wire.PreapprovedMaximumAmount switch
    {
        null or { Text: "" or "0" } => null,
        { Value: { } hundredths } => hundredths,
        _ => throw Invalid("118", "PreapprovedMaximumAmount", "1 to 12 digits"),
    };
}
