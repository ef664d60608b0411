using System.Globalization;
using Billing.Sandbox.Calls;
using Billing.Sandbox.Settings;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Payments;

/// <summary>What POST /v1/payments/recurrent carries; null is "not given".</summary>
internal sealed record PaymentRequest(
    string? PreapprovalId,
    string? MerchantTransactionId,
    string? OriginatorTransactionId,
    string? Amount,
    string? Currency,
    string? MethodId,
    string? Description,
    string? ExecutionDate,
    Customer? Customer,
    Address? BillingAddress)
{
    /// <summary>Null when not given or not a preapproval's id.</summary>
    public int? Preapproval =>
        int.TryParse(PreapprovalId, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    /// <summary>Hundredths; null when not given or not an amount.</summary>
    public long? Hundredths =>
        Amount is not null && FieldRules.Amount().IsMatch(Amount)
            ? long.Parse(Amount, CultureInfo.InvariantCulture)
            : null;

    public static PaymentRequest Read(Call call) => call.Once(Of);

    private static PaymentRequest Of(Call call)
    {
        var fields = call.Body.Part("Payment");
        return new PaymentRequest(
            fields.NumberText("PreapprovalID"),
            fields.Text("MerchantTransactionID"),
            fields.Text("OriginatorTransactionID"),
            fields.Text("Amount"),
            fields.Text("Currency"),
            fields.NumberText("MethodID"),
            fields.Text("Description"),
            fields.NumberText("ExecutionDate"),
            fields.Part("Customer").Customer(),
            fields.Part("BillingAddress").Address());
    }

    public void Check(Violations violations)
    {
        violations.Require(
            PreapprovalId, FieldRules.Amount(), ReturnCode.PreapprovalIdMissing.Plain(),
            ReturnCode.PreapprovalInvalid.Plain());
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

        violations.Require(
            Currency, FieldRules.Currency(), ReturnCode.MissingParameter.Because("Currency"),
            ReturnCode.CurrencyInvalid.Plain());
        violations.Check(MethodId, FieldRules.MethodId(), ReturnCode.MethodInvalid.Plain());
        violations.CheckField(Description, FieldRules.UpTo255(), "Description");
        violations.CheckDate(ExecutionDate, "ExecutionDate");
        violations.CheckPerson(Customer);
        violations.CheckAddress(BillingAddress);
    }

    /// <summary>
    /// What a method requires of a charge. Description and Country are not compared with the preapproval's.
    /// </summary>
    public void Check(Method method, Violations violations)
    {
        if (method.RepeatsTheMandate && Description is null)
        {
            violations.Add(ReturnCode.MissingParameter.Because("Description"));
        }

        if (method.RepeatsTheMandate && BillingAddress?.Country is null)
        {
            violations.Add(ReturnCode.MissingParameter.Because("BillingAddress.Country"));
        }
    }

    /// <summary>Days until the day on which the bank shall execute it; null when not given, or past.</summary>
    public double? DaysToExecution(DateTimeOffset now) =>
        DateOnly.TryParseExact(
            ExecutionDate, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        && new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero) - now is { Ticks: > 0 } ahead
            ? ahead.TotalDays
            : null;

    /// <summary>The request as a payment that does not exist yet: refusals echo it, charges complete it.</summary>
    public Payment Row(Call call, Preapproval? preapproval, Methods methods)
    {
        var method = preapproval?.MethodId
            ?? (int.TryParse(MethodId, NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : null);
        return new Payment
        {
            SiteId = call.Site.Id,
            ShownSiteId = methods.Of(method).ShownSiteId ?? call.Site.Id,
            MerchantTransactionId = MerchantTransactionId,
            OriginatorTransactionId = OriginatorTransactionId,
            Amount = Hundredths,
            Currency = Currency,
            Description = Description,
            MethodId = method,
            Customer = Customer is null ? null : Customer with { Id = 0 },
            BillingAddress = BillingAddress is null ? null : BillingAddress with { Id = 0 },
            PreapprovalId = Preapproval,
        };
    }
}
