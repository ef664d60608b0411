using System.Text;
using Billing.Bench.Harness;
using Billing.Bench.Seeding;

namespace Billing.Bench.Intake;

/// <summary>Preapprovals with a pending payment each, and the notifications that the gateway sends of them.</summary>
internal static class KnownNotifications
{
    /// <summary>The header in which each request carries a number of its own.</summary>
    public const string NumberHeader = "x-number";

    /// <summary>Replaced by the number.</summary>
    public const string Number = "0000000000";

    private static readonly string Credentials =
        Convert.ToBase64String(Encoding.ASCII.GetBytes($"{BenchSite.Id}:{BenchSite.GatewayKey}"));

    /// <summary>Writes the preapprovals 1 to count.</summary>
    public static Task SeedAsync(BillingHost host, BenchRun run, int count) => Seeder.WriteAsync(
        host, run, count, "preapprovals with a pending payment",
        number => Subscribers.WithPendingPayment(number, PaymentOf(number)));

    /// <summary>A request that says that the payment of a preapproval succeeded.</summary>
    public static byte[] Payment(int number) => Request(PaymentBody(number, PaymentOf(number)));

    /// <summary>A request that says that a preapproval is open, which is known.</summary>
    public static byte[] Preapproval(int number) => Request(PreapprovalBody(number));

    private static string PaymentOf(int number) => $"bench-payment-{number}";

    private static byte[] Request(string body) => Encoding.ASCII.GetBytes(
        $"POST /v1/notifications HTTP/1.1\r\nHost: billing.example\r\nAuthorization: Basic {Credentials}\r\n"
        + $"Content-Type: application/json; charset=utf-8\r\nUser-Agent: GlobalPay/1.0\r\nX-Number: {Number}\r\n"
        + $"Content-Length: {body.Length}\r\n\r\n{body}");

    private static string PreapprovalBody(int number) =>
        $$$"""
        {"Preapproval":{"ID":{{{number}}},"Created":"20600210090000","MethodID":46,"SiteID":30201,
        "MerchantPreapprovalID":"bench-{{{number}}}","RecurringPeriod":0,
        "PreapprovedMaximumAmount":null,"Currency":"BRL",
        "ReturnURL":"https://shop.example/return","Description":"Monthly plan",{{{People(number)}}},
        "Status":{"ID":2,"Info":"Open","Reasons":null},"RedirectURL":null,"MethodOptionID":0,
        "PreapprovedFrequency":null,"MandateReference":null,"Details":null}}
        """;

    private static string PaymentBody(int number, string merchantTransactionId) =>
        $$$"""
        {"Payment":{"ID":{{{7_000_000 + number}}},"SkinID":null,"ClientIP":null,"Created":"20600210090000",
        "MerchantTransactionID":"{{{merchantTransactionId}}}","OriginatorTransactionID":null,"Amount":"4990",
        "Currency":"BRL","CapturedAmount":"4990","ReturnURL":null,"Description":"Monthly plan","MethodID":46,
        "MethodOptionID":0,"IncludeMethodIDs":null,"ExcludeMethodIDs":null,"PrioritizeMethodIDs":null,"SiteID":30201,
        "NotificationDateTime":"20600210090500",{{{People(number)}}},"ShippingAddress":null,"Articles":null,
        "Details":{"AccountNumber":null,"AccountHolder":"Ada Example","IBAN":null,"BIC":null,"PrepaidCard":null,
        "PrepaidCardPIN":null,"SerialNumbers":null,"Wallet":null,"ReferenceNumber":null,"PayerCountry":"BR",
        "PayerEmail":"customer-{{{number}}}@example.com","PayerPhone":null},"ReferenceDetails":null,
        "CustomParameters":null,"PreapprovalID":{{{number}}},"Status":{"ID":2,"Info":"Success","Reasons":null},
        "MethodTransactionID":"46-{{{number}}}","TokenLifetime":null,"Capture":null,"PreapprovalDetails":null,
        "RedirectURL":null}}
        """;

    private static string People(int number) =>
        $$$"""
        "Customer":{"ID":{{{2_000_000 + number}}},"MerchantCustomerID":"customer-{{{number}}}",
        "Email":"customer-{{{number}}}@example.com","FirstName":"Ada","LastName":"Example","Gender":"1",
        "SocialSecurityNumber":null,"Phone":"+55 11 5555","Company":null,"DateOfBirth":null},
        "BillingAddress":{"ID":{{{600 + number}}},"City":"Santos","ZipCode":"01000-000","State":"SP",
        "Street":"Rua Exemplo","StreetNumber":"1","HouseNumber":null,"HouseExtension":null,"Country":"BR"}
        """;
}
