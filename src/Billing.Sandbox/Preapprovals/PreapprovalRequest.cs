using System.Globalization;
using Billing.Sandbox.Calls;
using Billing.Sandbox.Settings;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Preapprovals;

/// <summary>What POST and PATCH of a preapproval carry; null is "not given".</summary>
internal sealed record PreapprovalRequest(
    string? MerchantPreapprovalId,
    string? MethodId,
    string? MethodOptionId,
    string? Description,
    string? ReturnUrl,
    string? Currency,
    string? MaximumAmount,
    string? RecurringPeriod,
    string? ExecutionDate,
    Customer? Customer,
    Address? BillingAddress)
{
    public static PreapprovalRequest Read(Call call)
    {
        var fields = call.Body.Part("Preapproval");
        return new PreapprovalRequest(
            fields.Text("MerchantPreapprovalID"),
            fields.NumberText("MethodID"),
            fields.NumberText("MethodOptionID"),
            fields.Text("Description"),
            fields.Text("ReturnURL"),
            fields.Text("Currency"),
            fields.NumberText("PreapprovedMaximumAmount"),
            fields.NumberText("RecurringPeriod"),
            fields.NumberText("ExecutionDate"),
            fields.Part("Customer").Customer(),
            fields.Part("BillingAddress").Address());
    }

    /// <summary>Field rules of docs/globalpay.md sections 6.2 and 6.4; the same for what a PATCH gives.</summary>
    public void Check(Violations violations)
    {
        violations.Check(
            MerchantPreapprovalId, FieldRules.MerchantId(), ReturnCode.MerchantPreapprovalIdInvalid.Plain());
        violations.Check(MethodId, FieldRules.MethodId(), ReturnCode.MethodInvalid.Plain());
        violations.CheckField(MethodOptionId, FieldRules.MethodId(), "MethodOptionID");
        violations.Check(Description, FieldRules.UpTo255(), ReturnCode.DescriptionInvalid.Plain());
        violations.Check(ReturnUrl, FieldRules.ReturnUrl(), ReturnCode.ReturnUrlInvalid.Plain());
        violations.Check(Currency, FieldRules.Currency(), ReturnCode.CurrencyInvalid.Plain());
        violations.Check(MaximumAmount, FieldRules.Amount(), ReturnCode.AmountInvalid.Plain());
        violations.CheckField(RecurringPeriod, FieldRules.Amount(), "RecurringPeriod");
        violations.CheckDate(ExecutionDate, "ExecutionDate");
        violations.CheckPerson(Customer);
        violations.CheckAddress(BillingAddress);
    }

    /// <summary>What the method takes; the same for what a PATCH gives.</summary>
    public void Check(Method method, Methods methods, Violations violations)
    {
        if (!methods.Takes(method, Currency))
        {
            violations.Add(ReturnCode.CurrencyInvalid.Plain());
        }

        if (!methods.Serves(method, BillingAddress?.Country))
        {
            violations.Add(ReturnCode.CountryNotServed.Plain());
        }

        if (method.NeedsAddress)
        {
            violations.CheckSepaAddress(BillingAddress);
        }
    }

    /// <summary>What only a new preapproval must have.</summary>
    public void CheckPresence(Method method, Violations violations)
    {
        Present(MerchantPreapprovalId, ReturnCode.MerchantPreapprovalIdMissing.Plain());
        Present(MethodId, ReturnCode.MissingParameter.Because("MethodID"));
        Present(Description, ReturnCode.DescriptionMissing.Plain());
        Present(ReturnUrl, ReturnCode.ReturnUrlMissing.Plain());
        Present(Customer?.Email, ReturnCode.EmailMissing.Plain());
        Present(BillingAddress?.Country, ReturnCode.MissingParameter.Because("BillingAddress.Country"));
        if (method.NeedsName)
        {
            Present(Customer?.FirstName, ReturnCode.MissingParameter.Because("Customer.FirstName"));
            Present(Customer?.LastName, ReturnCode.MissingParameter.Because("Customer.LastName"));
        }

        if (method.NeedsAddress)
        {
            Present(BillingAddress?.Street, ReturnCode.MissingParameter.Because("BillingAddress.Street"));
            Present(BillingAddress?.ZipCode, ReturnCode.MissingParameter.Because("BillingAddress.ZipCode"));
            Present(BillingAddress?.City, ReturnCode.MissingParameter.Because("BillingAddress.City"));
        }

        void Present(string? value, Reason missing)
        {
            if (value is null)
            {
                violations.Add(missing);
            }
        }
    }

    /// <summary>The request as a row, over an existing one or, to echo a refused request, over nothing.</summary>
    public Preapproval Over(Preapproval row) => row with
    {
        MerchantPreapprovalId = MerchantPreapprovalId ?? row.MerchantPreapprovalId,
        MethodId = Whole(MethodId) is { } method and <= int.MaxValue ? (int)method : row.MethodId,
        MethodOptionId = Whole(MethodOptionId) is { } option and <= int.MaxValue ? (int)option : row.MethodOptionId,
        Description = Description ?? row.Description,
        ReturnUrl = ReturnUrl ?? row.ReturnUrl,
        Currency = Currency ?? row.Currency,
        MaximumAmount = Whole(MaximumAmount) ?? row.MaximumAmount,
        RecurringPeriod = Whole(RecurringPeriod) ?? row.RecurringPeriod,
        Customer = Merge(row.Customer, Customer),
        BillingAddress = Merge(row.BillingAddress, BillingAddress),
    };

    private static Customer? Merge(Customer? known, Customer? given) =>
        known is null || given is null ? given ?? known : new Customer(
            known.Id,
            given.MerchantCustomerId ?? known.MerchantCustomerId,
            given.Email ?? known.Email,
            given.FirstName ?? known.FirstName,
            given.LastName ?? known.LastName,
            given.Gender ?? known.Gender,
            given.SocialSecurityNumber ?? known.SocialSecurityNumber,
            given.SocialSecurityNumber2 ?? known.SocialSecurityNumber2,
            given.Phone ?? known.Phone,
            given.Company ?? known.Company,
            given.DateOfBirth ?? known.DateOfBirth);

    private static Address? Merge(Address? known, Address? given) =>
        known is null || given is null ? given ?? known : new Address(
            known.Id,
            given.City ?? known.City,
            given.ZipCode ?? known.ZipCode,
            given.State ?? known.State,
            given.Street ?? known.Street,
            given.StreetNumber ?? known.StreetNumber,
            given.HouseNumber ?? known.HouseNumber,
            given.HouseExtension ?? known.HouseExtension,
            given.Country ?? known.Country);

    private static long? Whole(string? digits) =>
        long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
