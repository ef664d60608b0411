using System.Globalization;
using System.Text.RegularExpressions;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Calls;

/// <summary>Collects what is wrong with a request, all of it, as the entries of Status.Reasons.</summary>
internal sealed class Violations
{
    private readonly List<Reason> reasons = [];

    public IReadOnlyList<Reason> Reasons => reasons;

    public bool Any => reasons.Count > 0;

    public void Add(Reason reason) => reasons.Add(reason);

    public void Require(string? value, Regex rule, Reason missing, Reason invalid)
    {
        if (value is null)
        {
            reasons.Add(missing);
        }
        else
        {
            Check(value, rule, invalid);
        }
    }

    public void Check(string? value, Regex rule, Reason invalid)
    {
        if (value is not null && !rule.IsMatch(value))
        {
            reasons.Add(invalid);
        }
    }

    public void CheckPerson(Customer? person)
    {
        Check(person?.Email, FieldRules.Email(), ReturnCode.EmailInvalid.Plain());
        CheckField(person?.MerchantCustomerId, FieldRules.MerchantId(), "Customer.MerchantCustomerID");
        CheckField(person?.FirstName, FieldRules.UpTo65(), "Customer.FirstName");
        CheckField(person?.LastName, FieldRules.UpTo65(), "Customer.LastName");
        CheckField(person?.Gender, FieldRules.Gender(), "Customer.Gender");
        CheckField(person?.SocialSecurityNumber, FieldRules.UpTo50(), "Customer.SocialSecurityNumber");
        CheckField(person?.SocialSecurityNumber2, FieldRules.UpTo50(), "Customer.SocialSecurityNumber2");
        CheckField(person?.Phone, FieldRules.Phone(), "Customer.Phone");
        CheckField(person?.Company, FieldRules.UpTo255(), "Customer.Company");
        CheckField(person?.DateOfBirth, FieldRules.DateOfBirth(), "Customer.DateOfBirth");
    }

    public void CheckAddress(Address? address, string key = "BillingAddress")
    {
        if (address?.Country is { } country && !Countries.Knows(country))
        {
            reasons.Add(ReturnCode.CountryInvalid.Plain());
        }

        CheckField(address?.City, FieldRules.UpTo40(), $"{key}.City");
        CheckField(address?.ZipCode, FieldRules.UpTo50(), $"{key}.ZipCode");
        CheckField(address?.State, FieldRules.UpTo50(), $"{key}.State");
        CheckField(address?.Street, FieldRules.UpTo200(), $"{key}.Street");
        CheckField(address?.StreetNumber, FieldRules.UpTo255(), $"{key}.StreetNumber");
        CheckField(address?.HouseNumber, FieldRules.UpTo255(), $"{key}.HouseNumber");
        CheckField(address?.HouseExtension, FieldRules.UpTo255(), $"{key}.HouseExtension");
    }

    /// <summary>SEPA's own letters and length, for the parts that go to the bank.</summary>
    public void CheckSepaAddress(Address? address)
    {
        foreach (var (part, name) in new[]
        {
            (address?.City, "City"), (address?.ZipCode, "ZipCode"), (address?.Street, "Street"),
            (address?.StreetNumber, "StreetNumber"), (address?.HouseNumber, "HouseNumber"),
            (address?.HouseExtension, "HouseExtension")
        })
        {
            CheckField(part, FieldRules.SepaAddress(), $"BillingAddress.{name}");
        }
    }

    /// <summary>A day of the calendar, as yyyyMMdd.</summary>
    public void CheckDate(string? value, string field)
    {
        if (value is not null
            && !DateOnly.TryParseExact(value, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            reasons.Add(ReturnCode.ValidationFailed.Because(field));
        }
    }

    public void CheckField(string? value, Regex rule, string field) =>
        Check(value, rule, ReturnCode.ValidationFailed.Because(field));
}
