using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Gateway.Notifications;
using Billing.Gateway.Translation;
using System.Text;

namespace Billing.Gateway.Tests.Calls;

/// <summary>What decides nothing may have any shape; what decides must be readable, or nothing is decided.</summary>
public class when_a_shape_was_not_foreseen
{
    private readonly StubGateway _stub = new();

    [Theory]
    [InlineData("Created", "[]")]
    [InlineData("Description", "{\"a\":[1]}")]
    [InlineData("ReturnURL", "true")]
    [InlineData("CapturedAmount", "{}")]
    [InlineData("NotificationDateTime", "[[]]")]
    [InlineData("MethodID", "\"none\"")]
    [InlineData("MethodID", "99999999999")]
    [InlineData("Customer", "[]")]
    [InlineData("SkinID", "[{}]")]
    [InlineData("Unheard", "{\"of\":[]}")]
    [InlineData("Status", "{\"ID\":2,\"Info\":[],\"Reasons\":\"none\"}")]
    [InlineData("Status", "{\"ID\":\"2\",\"Reasons\":[[],null,\"x\"]}")]
    public async Task what_decides_nothing_does_not_hide_a_payment(string key, string value) =>
        Assert.IsType<ChargeResult.Confirmed>(
            await _stub.Answers(201, With(A.Payment(), key, value)).Open().ChargeAsync(A.Charge, default));

    [Theory]
    [InlineData("ID", "[]")]
    [InlineData("MerchantTransactionID", "{}")]
    [InlineData("Amount", "[4990]")]
    [InlineData("Currency", "[]")]
    [InlineData("PreapprovalID", "{}")]
    [InlineData("PreapprovalID", "99999999999")]
    [InlineData("SiteID", "[]")]
    [InlineData("Status", "[]")]
    [InlineData("Status", "{\"ID\":[]}")]
    public async Task what_decides_is_never_taken_for_unsaid(string key, string value)
    {
        var answer = await _stub.Answers(201, With(A.Payment(), key, value)).Open().ChargeAsync(A.Charge, default);

        Assert.True(
            answer is ChargeResult.Unknown or ChargeResult.Confirmed { Value.State: PaymentStatus.Unrecognised },
            $"{answer}");
    }

    [Fact]
    public async Task a_reason_without_its_array_is_a_reason() => Assert.Equal(
        new ChargeResult.Refused("12", "why"),
        await _stub.Answers(
            400,
            A.RefusedPayment("12").Replace("[{", "{", StringComparison.Ordinal)
                .Replace("}]", "}", StringComparison.Ordinal)).Open().ChargeAsync(A.Charge, default));

    [Theory]
    [InlineData("Customer", "[]")]
    [InlineData("Customer", "{\"ID\":[],\"Email\":{},\"SocialSecurityNumber2\":[]}")]
    [InlineData("BillingAddress", "\"\"")]
    [InlineData("PreapprovedMaximumAmount", "[]")]
    [InlineData("RedirectURL", "false")]
    [InlineData("Currency", "{}")]
    [InlineData("Details", "[[1]]")]
    public async Task nor_a_preapproval(string key, string value)
    {
        var body = """{"Preapproval":{"ID":4217,"MerchantPreapprovalID":"s2ptest_g107","Status":{"ID":2}"""
            + $$$""","{{{key}}}":{{{value}}}}}""";

        Assert.Equal(
            MandateStatus.Open,
            Assert.IsType<MandateResult.Confirmed>(
                await _stub.Answers(201, body).Open().RegisterAsync(A.Site, A.Mandate, default)).Value.Status);
        Assert.IsType<GatewayUpdate.OfMandate>(
            NotificationReader.Read(Encoding.UTF8.GetBytes(body), new WireMoney(new Dictionary<string, int>())));
    }

    [Theory]
    [InlineData("\"many\"")]
    [InlineData("[]")]
    public async Task a_list_whose_totals_cannot_be_read_is_not_whole(string total) => Assert.Equal(
        new ChargeResult.Unknown("garbled"),
        await _stub.Answers(200, $$"""{"Payments":[],"TotalCount":{{total}}}""").Open()
            .FindChargeAsync(A.Charge, default));

    // A repeated key would be refused: the old one is removed.
    private static string With(string body, string key, string value)
    {
        var root = System.Text.Json.Nodes.JsonNode.Parse(body)!;
        root["Payment"]![key] = System.Text.Json.Nodes.JsonNode.Parse(value);
        return root.ToJsonString();
    }
}
