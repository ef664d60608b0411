using System.Text.Json;
using Billing.Sandbox.Settings;

namespace Billing.Sandbox.State;

/// <summary>Customer and BillingAddress as answers show them.</summary>
internal static class PersonShape
{
    public static void WriteCustomer(Utf8JsonWriter json, Customer? customer, Method method)
    {
        if (customer is null)
        {
            json.WriteNull("Customer");
            return;
        }

        json.WriteStartObject("Customer");
        json.WriteNumber("ID", customer.Id);
        json.WriteString("MerchantCustomerID", customer.MerchantCustomerId);
        json.WriteString("Email", customer.Email);
        json.WriteString("FirstName", customer.FirstName);
        json.WriteString("LastName", customer.LastName);
        json.WriteString("Gender", customer.Gender);
        json.WriteString("SocialSecurityNumber", customer.SocialSecurityNumber);
        if (method.HasSecondSocialSecurityNumber)
        {
            json.WriteString("SocialSecurityNumber2", customer.SocialSecurityNumber2);
        }

        json.WriteString("Phone", customer.Phone);
        json.WriteString("Company", customer.Company);
        json.WriteString("DateOfBirth", customer.DateOfBirth);
        json.WriteEndObject();
    }

    public static void WriteAddress(Utf8JsonWriter json, Address? address, string key = "BillingAddress")
    {
        if (address is null)
        {
            json.WriteNull(key);
            return;
        }

        json.WriteStartObject(key);
        json.WriteNumber("ID", address.Id);
        json.WriteString("City", address.City);
        json.WriteString("ZipCode", address.ZipCode);
        json.WriteString("State", address.State);
        json.WriteString("Street", address.Street);
        json.WriteString("StreetNumber", address.StreetNumber);
        json.WriteString("HouseNumber", address.HouseNumber);
        json.WriteString("HouseExtension", address.HouseExtension);
        json.WriteString("Country", address.Country);
        json.WriteEndObject();
    }
}
