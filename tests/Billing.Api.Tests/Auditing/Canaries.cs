using System.Text.Json.Nodes;

namespace Billing.Api.Tests.Auditing;

/// <summary>Values that occur nowhere else: where one is found, it was leaked.</summary>
internal static class Canaries
{
    public const string StorefrontKey = "canary-storefront-key-5d1f";
    public const string GatewayKey = "canary-gateway-key-90c2";

    /// <summary>32 bytes that are not zero: its base64 is a canary too.</summary>
    public static string MasterKey { get; } = Convert.ToBase64String([.. Enumerable.Range(101, 32).Select(i => (byte)i)]);

    public static string IndexKey { get; } = Convert.ToBase64String([.. Enumerable.Range(177, 32).Select(i => (byte)i)]);

    public static IReadOnlyList<string> Keys { get; } = [StorefrontKey, GatewayKey, MasterKey, IndexKey];

    /// <summary>By the names of the wire; every one may name a person.</summary>
    public static IReadOnlyDictionary<string, string> Customer { get; } = new Dictionary<string, string>
    {
        ["MerchantCustomerID"] = "canary-customer-id", ["Email"] = "canary@mail.example", ["FirstName"] = "Canaryfirst", ["LastName"] = "Canarylast", ["SocialSecurityNumber"] = "canary-ssn-1",
        ["SocialSecurityNumber2"] = "canary-ssn-2", ["Phone"] = "390999888777", ["Company"] = "Canary and Sons", ["DateOfBirth"] = "19310709",
    };

    public static IReadOnlyDictionary<string, string> Address { get; } = new Dictionary<string, string>
    {
        ["City"] = "Canarytown", ["ZipCode"] = "CANARY-ZIP", ["State"] = "Canarystate", ["Street"] = "Canary Wharf", ["StreetNumber"] = "canary-no-7", ["HouseNumber"] = "canary-house-8",
        ["HouseExtension"] = "canary-ext-9",
    };

    public const string ReturnQuery = "who=canary-query";
    public const string ChargeText = "canary-charge-text";
    public const string DeclineText = "canary-decline-text";
    public const string RefusalText = "canary-refusal-text";
    public const string Why = "canary-why";
    public const string Evidence = "canary-evidence";
    public const string Malformed = "canary-malformed";
    public const string WrongKey = "canary-wrong-key";

    public static IReadOnlyList<string> Personal { get; } =
        [.. Customer.Values, .. Address.Values, ReturnQuery, ChargeText, DeclineText, RefusalText, Why, Evidence, Malformed];

    public static JsonObject Request(string merchantPreapprovalId)
    {
        var request = Specs.Subscriber.Request(merchantPreapprovalId, 84, Specs.Subscriber.Schedule(990, "EUR", "day"));
        var preapproval = request["Preapproval"]!;
        preapproval["ReturnURL"] = $"http://demo.smart2pay.com/redirect.php?{ReturnQuery}";
        preapproval[nameof(Customer)] = new JsonObject(Customer.Select(it => KeyValuePair.Create(it.Key, (JsonNode?)it.Value)));
        preapproval["BillingAddress"] = new JsonObject(Address.Select(it => KeyValuePair.Create(it.Key, (JsonNode?)it.Value)).Append(KeyValuePair.Create("Country", (JsonNode?)"NL")));

        return request;
    }
}
