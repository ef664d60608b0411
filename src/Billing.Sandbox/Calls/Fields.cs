using System.Globalization;
using System.Text.Json;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Calls;

/// <summary>
/// Reads a JSON object as tolerantly as the gateway: digits as number or string; null, "" and absent are equal.
/// </summary>
internal readonly struct Fields(JsonElement element)
{
    public bool IsObject => element.ValueKind == JsonValueKind.Object;

    public Fields Part(string name) =>
        IsObject && element.TryGetProperty(name, out var part) ? new Fields(part) : default;

    /// <summary>Null when the key is absent or null; for fixtures, <see cref="Has"/> shows the difference.</summary>
    public string? Text(string name)
    {
        if (!IsObject || !element.TryGetProperty(name, out var value))
        {
            return null;
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => Unescaped(value),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
            _ => null,
        };
    }

    /// <summary>Like <see cref="Text"/>, but 0 means not given: PHP clients send zeros for absent values.</summary>
    public string? NumberText(string name) => Text(name) is { } text && text != "0" ? text : null;

    /// <summary>Null when not given, zero, or not a whole number that fits.</summary>
    public int? Number(string name) =>
        int.TryParse(NumberText(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    public bool Has(string name) => IsObject && element.TryGetProperty(name, out _);

    public IEnumerable<Fields> Items(string name) =>
        IsObject && element.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Select(i => new Fields(i))
            : [];

    /// <summary>An object or array as it was given; null when absent, empty or of another kind.</summary>
    public JsonElement? Copy(string name, JsonValueKind kind) =>
        IsObject && element.TryGetProperty(name, out var part)
            && part.ValueKind == kind && part.GetRawText().AsSpan().Trim("[]{} \t\r\n").Length > 0 && IsText(part)
            ? part.Clone()
            : null;

    private static bool IsText(JsonElement part)
    {
        try
        {
            Json.Object(json => json.Copied("part", part));
            return true;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair somewhere in it.
            return false;
        }
    }

    private static string? Unescaped(JsonElement value)
    {
        try
        {
            return value.GetString() is { Length: > 0 } text ? text : null;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair is no text.
            return null;
        }
    }

    public Customer? Customer() => !IsObject
        ? null
        : new Customer(
            Number("ID") ?? 0, Text("MerchantCustomerID"), Text("Email"), Text("FirstName"), Text("LastName"),
            Text("Gender"), Text("SocialSecurityNumber"), Text("SocialSecurityNumber2"), Text("Phone"), Text("Company"),
            Text("DateOfBirth"));

    public Address? Address() => !IsObject
        ? null
        : new Address(
            Number("ID") ?? 0, Text("City"), Text("ZipCode"), Text("State"), Text("Street"), Text("StreetNumber"),
            Text("HouseNumber"), Text("HouseExtension"), Text("Country"));
}
