using System.Text.RegularExpressions;

namespace Billing.Sandbox;

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
        CheckField(person?.Phone, FieldRules.Phone(), "Customer.Phone");
        CheckField(person?.Company, FieldRules.UpTo255(), "Customer.Company");
        CheckField(person?.DateOfBirth, FieldRules.DateOfBirth(), "Customer.DateOfBirth");
    }

    public void CheckAddress(Address? address)
    {
        if (address?.Country is { } country && !Countries.Knows(country))
        {
            reasons.Add(ReturnCode.CountryInvalid.Plain());
        }

        CheckField(address?.City, FieldRules.UpTo40(), "BillingAddress.City");
        CheckField(address?.ZipCode, FieldRules.UpTo50(), "BillingAddress.ZipCode");
        CheckField(address?.State, FieldRules.UpTo50(), "BillingAddress.State");
        CheckField(address?.Street, FieldRules.UpTo200(), "BillingAddress.Street");
        CheckField(address?.StreetNumber, FieldRules.UpTo255(), "BillingAddress.StreetNumber");
        CheckField(address?.HouseNumber, FieldRules.UpTo255(), "BillingAddress.HouseNumber");
        CheckField(address?.HouseExtension, FieldRules.UpTo255(), "BillingAddress.HouseExtension");
    }

    public void CheckField(string? value, Regex rule, string field) => Check(value, rule, ReturnCode.ValidationFailed.Because(field));
}
