using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;

namespace Billing.Gateway.Tests.Calls;

/// <summary>Example orders with fixed values, and the gateway's answers to them.</summary>
public static class A
{
    public const string Site = "30201";
    public const string Key = "gateway-key-30201";
    public const string Transaction = "0190a6c2000070008000000000000001-1-260301-1";

    public static readonly ChargeOrder Charge = new(Site, Transaction, 4217, 46, new Money(4990, "BRL"), null, null);

    public static readonly MandateOrder Mandate = new(
        new MandateTerms("s2ptest_g107", 46, 0, "1 year subscription", null, null, 0, null, "BR"),
        new MandatePersonal(
            new Customer(
                null, null, "test_user_83022133@testuser.com", "John", "Doe", null, null, null, "0765260000", null,
                null),
            new Address(null, "Rio de Janeiro", "23900-000", null, "Tonelero", "1", null, null, "BR"),
            "http://demo.smart2pay.com/redirect.php",
            null,
            null,
            null));

    public static string Payment(
        string transaction = Transaction, string id = "3009284", string amount = "\"4990\"",
        string currency = "\"BRL\"", string preapproval = "4217", string status = "2") =>
        $$"""{"Payment":{{Row(transaction, id, amount, currency, preapproval, status)}} }""";

    public static string Row(
        string transaction = Transaction, string id = "3009284", string amount = "\"4990\"",
        string currency = "\"BRL\"", string preapproval = "4217", string status = "2") =>
        $$"""
        {"ID":{{id}},"Created":"20260301120000","MerchantTransactionID":"{{transaction}}","Amount":{{amount}},
         "Currency":{{currency}},"CapturedAmount":null,"MethodID":46,
         "SiteID":30201,"NotificationDateTime":null,"PreapprovalID":{{preapproval}},
         "Status":{"ID":{{status}},"Info":null,"Reasons":null} }
        """;

    public static string Payments(params string[] rows) =>
        $$"""{"Payments":[{{string.Join(',', rows)}}],"Count":{{rows.Length}},"TotalPages":1"""
        + $$""","TotalCount":{{rows.Length}},"PageIndex":1,"PageSize":50}""";

    public static string RefusedPayment(
        string code, string transaction = Transaction, string id = "null", string status = "null",
        string amount = "\"4990\"") =>
        $$"""
        {"Payment":{"ID":{{id}},"MerchantTransactionID":"{{transaction}}","Amount":{{amount}},"PreapprovalID":4217,
         "Status":{"ID":{{status}},"Info":null,"Reasons":[{"Code":{{code}},"Info":"why"}] } } }
        """;

    public static string RefusedMandate(string code, string name = "s2ptest_g107", string id = "null") =>
        $$"""{"Preapproval":{"ID":{{id}},"MerchantPreapprovalID":"{{name}}","Status":{"ID":0,"Info":null,"Reasons":"""
        + $$"""[{"Code":"{{code}}","Info":"why"}] } } }""";
}
