using System.Text;
using System.Text.Json.Nodes;

namespace Billing.Api.Tests.Auditing;

/// <summary>Values that occur nowhere else: where one is found, it was leaked.</summary>
internal static class Canaries
{
    public const string StorefrontKey = "canary-storefront-key-5d1f";
    public const string GatewayKey = "canary-gateway-key-90c2";

    /// <summary>32 bytes that are not zero: its base64 is a canary too.</summary>
    public static string MasterKey { get; } =
        Convert.ToBase64String([.. Enumerable.Range(101, 32).Select(i => (byte)i)]);

    public static string IndexKey { get; } =
        Convert.ToBase64String([.. Enumerable.Range(177, 32).Select(i => (byte)i)]);

    public static IReadOnlyList<string> Keys { get; } =
        [
            StorefrontKey, GatewayKey, MasterKey, IndexKey, Basic(StorefrontKey), Basic(GatewayKey), Hex(MasterKey),
            Hex(IndexKey)
        ];

    private static string Hex(string base64) => Convert.ToHexString(Convert.FromBase64String(base64));

    /// <summary>Those that a text contains, plain or as part of hexadecimal digits or of base64.</summary>
    public static IEnumerable<string> FoundIn(string text, IEnumerable<string> canaries) => canaries.Where(
        canary => FormsOf(canary).Any(form => text.Contains(form, StringComparison.OrdinalIgnoreCase)));

    private static IEnumerable<string> FormsOf(string canary)
    {
        var bytes = Encoding.UTF8.GetBytes(canary);

        return [canary, Convert.ToHexString(bytes), .. Enumerable.Range(0, 3).Select(before => Base64(bytes, before))];
    }

    // Only the characters that do not depend on what is before and after it; a character is six bits.
    private static string Base64(byte[] bytes, int before)
    {
        var whole = Convert.ToBase64String([.. new byte[before], .. bytes]);

        return whole[(((before * 8) + 5) / 6)..((before + bytes.Length) * 8 / 6)];
    }

    // As in the header of a call.
    private static string Basic(string key) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"30201:{key}"));

    /// <summary>By the names of the wire; every one may name a person.</summary>
    public static IReadOnlyDictionary<string, string> Customer { get; } = new Dictionary<string, string>
    {
        ["MerchantCustomerID"] = "canary-customer-id", ["Email"] = "canary@mail.example", ["FirstName"] = "Canaryfirst",
        ["LastName"] = "Canarylast", ["SocialSecurityNumber"] = "canary-ssn-1",
        ["SocialSecurityNumber2"] = "canary-ssn-2", ["Phone"] = "390999888777", ["Company"] = "Canary and Sons",
        ["DateOfBirth"] = "19310709",
    };

    public static IReadOnlyDictionary<string, string> Address { get; } = new Dictionary<string, string>
    {
        ["City"] = "Canarytown", ["ZipCode"] = "CANARY-ZIP", ["State"] = "Canarystate", ["Street"] = "Canary Wharf",
        ["StreetNumber"] = "canary-no-7", ["HouseNumber"] = "canary-house-8",
        ["HouseExtension"] = "canary-ext-9",
    };

    public const string ReturnQuery = "who=canary-query";
    public const string ChargeText = "canary-charge-text";
    public const string DeclineText = "canary-decline-text";
    public const string RefusalText = "canary-refusal-text";
    public const string RefundText = "canary-refund-text";
    public const string BankData = "canary-iban-nl91";
    public const string NotifiedText = "canary-notified-text";
    public const string Why = "canary-why";
    public const string Evidence = "canary-evidence";
    public const string Malformed = "canary-malformed";
    public const string WrongKey = "canary-wrong-key";

    public static IReadOnlyList<string> Personal { get; } =
        [
            .. Customer.Values, .. Address.Values, ReturnQuery, ChargeText, DeclineText, RefusalText, RefundText,
            BankData, NotifiedText, Why, Evidence,
            Malformed
        ];

    /// <param name="methodId">84, or 46, whose payments can be paid back at once.</param>
    public static JsonObject Request(string merchantPreapprovalId, int methodId = 84)
    {
        var request = Specs.Subscriber.Request(
            merchantPreapprovalId, methodId, methodId == 84 ? Specs.Subscriber.Schedule(990, "EUR", "day") : null);
        var preapproval = request["Preapproval"]!;
        preapproval["ReturnURL"] = $"http://demo.smart2pay.com/redirect.php?{ReturnQuery}";
        preapproval[nameof(Customer)] =
            new JsonObject(Customer.Select(it => KeyValuePair.Create(it.Key, (JsonNode?)it.Value)));
        preapproval["BillingAddress"] = new JsonObject(
            Address.Select(it => KeyValuePair.Create(it.Key, (JsonNode?)it.Value))
                .Append(KeyValuePair.Create("Country", (JsonNode?)"NL")));

        return request;
    }

    public static JsonObject Charge(int preapprovalId, string merchantTransactionId, string currency = "EUR") => new()
    {
        ["Payment"] = new JsonObject
        {
            ["PreapprovalID"] = preapprovalId,
            ["MerchantTransactionID"] = merchantTransactionId,
            ["Amount"] = 100,
            ["Currency"] = currency,
            ["Description"] = ChargeText,
        },
    };

    public static JsonObject Refund(string merchantTransactionId) => new()
    {
        ["Refund"] = new JsonObject
        {
            ["MerchantTransactionID"] = merchantTransactionId, ["Amount"] = 40, ["Description"] = RefundText,
            ["Details"] = new JsonObject { ["CustomerIBAN"] = BankData },
            ["BankAddress"] = new JsonObject { ["City"] = Address["City"], ["Street"] = Address["Street"] },
        },
    };

    /// <summary>Unrequested ones: of a known payment or preapproval, of an unknown one, of an unknown kind.</summary>
    public static IEnumerable<JsonObject> Notifications(int preapprovalId, string merchantTransactionId)
    {
        JsonObject Status(int id) => new()
        {
            ["ID"] = id,
            ["Info"] = NotifiedText,
            ["Reasons"] = new JsonArray(new JsonObject { ["Code"] = "118", ["Info"] = NotifiedText }),
        };
        JsonObject Person() => new(Customer.Select(it => KeyValuePair.Create(it.Key, (JsonNode?)it.Value)));

        foreach (var (name, id) in new[] { (merchantTransactionId, preapprovalId), ("unheard-of", 900_001) })
        {
            yield return new()
            {
                ["Payment"] = new JsonObject
                {
                    ["ID"] = 900_002, ["MerchantTransactionID"] = name, ["Amount"] = 7, ["Currency"] = "EUR",
                    [nameof(Customer)] = Person(), ["Description"] = NotifiedText,
                    ["Status"] = Status(2)
                }
            };
            yield return new()
            {
                ["Preapproval"] = new JsonObject
                {
                    ["ID"] = id,
                    ["MerchantPreapprovalID"] = "canary-unheard",
                    [nameof(Customer)] = Person(),
                    ["MandateReference"] = NotifiedText,
                    ["Status"] = Status(99),
                }
            };
        }

        yield return new()
        {
            ["Refund"] = new JsonObject
            {
                ["ID"] = 900_003,
                ["InitialPaymentID"] = 900_004,
                ["Details"] = new JsonObject { ["CustomerIBAN"] = BankData },
                ["Status"] = Status(4),
            }
        };
        yield return new()
        {
            ["Payout"] = new JsonObject { ["ID"] = 900_005, [nameof(Customer)] = Person(), ["Note"] = NotifiedText }
        };
    }
}
