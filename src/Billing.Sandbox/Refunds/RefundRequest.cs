using System.Globalization;
using System.Text.Json;
using Billing.Sandbox.Calls;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Refunds;

/// <summary>What POST /v1/payments/{id}/refunds carries; null is "not given".</summary>
internal sealed record RefundRequest(
    bool IsGiven,
    string? MerchantTransactionId,
    string? OriginatorTransactionId,
    string? Amount,
    string? Description,
    Fields Details,
    Customer? Customer,
    Address? BillingAddress,
    Address? BankAddress,
    JsonElement? GivenDetails,
    JsonElement? GivenArticles)
{
    /// <summary>Null when not given or not an amount.</summary>
    public long? Hundredths =>
        Amount is not null && FieldRules.Amount().IsMatch(Amount)
            ? long.Parse(Amount, CultureInfo.InvariantCulture)
            : null;

    public static RefundRequest Read(Call call)
    {
        var fields = call.Body.Part("Refund");
        return new RefundRequest(
            fields.IsObject,
            fields.Text("MerchantTransactionID"),
            fields.Text("OriginatorTransactionID"),
            fields.Text("Amount"),
            fields.Text("Description"),
            fields.Part("Details"),
            fields.Part("Customer").Customer(),
            fields.Part("BillingAddress").Address(),
            fields.Part("BankAddress").Address(),
            fields.Copy("Details", JsonValueKind.Object),
            fields.Copy("Articles", JsonValueKind.Array));
    }

    /// <summary>What every refund must satisfy, whatever its payment.</summary>
    public void Check(Violations violations)
    {
        if (!IsGiven)
        {
            violations.Add(ReturnCode.MissingParameter.Because("Refund"));
            return;
        }

        violations.Require(
            MerchantTransactionId, FieldRules.MerchantId(),
            ReturnCode.MissingParameter.Because("MerchantTransactionID"),
            ReturnCode.ValidationFailed.Because("MerchantTransactionID"));
        violations.CheckField(OriginatorTransactionId, FieldRules.MerchantId(), "OriginatorTransactionID");
        violations.Require(
            Amount, FieldRules.Amount(), ReturnCode.MissingParameter.Because("Amount"),
            ReturnCode.AmountInvalid.Plain());
        if (Hundredths == 0)
        {
            violations.Add(ReturnCode.AmountInvalid.Plain());
        }

        violations.CheckField(Description, FieldRules.UpTo255(), "Description");
        violations.CheckPerson(Customer);
        violations.CheckAddress(BillingAddress);
        violations.CheckAddress(BankAddress, "BankAddress");
    }

    /// <summary>What a type of refund needs to know besides (docs/globalpay.md section 10).</summary>
    public void Check(RefundType type, Violations violations)
    {
        if (!type.NeedsBankDetails)
        {
            return;
        }

        violations.Require(
            Customer?.FirstName, FieldRules.UpTo50(), ReturnCode.MissingParameter.Because("Customer.FirstName"),
            ReturnCode.CustomerNameInvalid.Plain());
        violations.Require(
            Customer?.LastName, FieldRules.UpTo50(), ReturnCode.MissingParameter.Because("Customer.LastName"),
            ReturnCode.CustomerNameInvalid.Plain());
        violations.Require(
            Details.Text("BankCode"), FieldRules.Bic(), ReturnCode.MissingParameter.Because("Details.BankCode"),
            ReturnCode.BankDetailsInvalid.Plain());
        violations.Require(
            Details.Text("CustomerIBAN"), FieldRules.Iban(),
            ReturnCode.MissingParameter.Because("Details.CustomerIBAN"), ReturnCode.BankDetailsInvalid.Plain());
    }

    /// <summary>The request as a refund that does not exist yet: refusals echo it, refunds complete it.</summary>
    public Refund Row(Call call, Payment? payment) => new()
    {
        SiteId = call.Site.Id,
        ShownSiteId = payment?.ShownSiteId ?? call.Site.Id,
        PaymentId = call.Id ?? 0,
        MerchantTransactionId = MerchantTransactionId,
        OriginatorTransactionId = OriginatorTransactionId,
        Amount = Hundredths,
        Currency = payment?.Currency,
        Description = Description,
        Details = GivenDetails,
        Customer = Customer is null ? null : Customer with { Id = 0 },
        BillingAddress = BillingAddress is null ? null : BillingAddress with { Id = 0 },
        BankAddress = BankAddress is null ? null : BankAddress with { Id = 0 },
        Articles = GivenArticles,
    };
}
