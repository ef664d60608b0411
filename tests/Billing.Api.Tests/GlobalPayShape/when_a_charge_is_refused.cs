using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.GlobalPayShape;

[Collection(GlobalPayCollection.Name)]
public class when_a_charge_is_refused(OneWorld shared)
{
    private readonly World world = shared.World;

    public static TheoryData<string, string?, string> Fields => new()
    {
        { "PreapprovalID", null, "115" },
        { "PreapprovalID", "0", "115" },
        { "PreapprovalID", "-1", "12" },
        { "PreapprovalID", "\"mine\"", "12" },
        { "PreapprovalID", "2000000000", "12" },
        { "MerchantTransactionID", null, "1" },
        { "MerchantTransactionID", "\"with space\"", "2" },
        { "MerchantTransactionID", $"\"{new string('x', 51)}\"", "2" },
        { "MerchantTransactionID", "\"3009261-260301-1\"", "2" },
        { "MerchantTransactionID", "\"3009261-260301-12\"", "2" },
        { "Amount", null, "118" },
        { "Amount", "\"\"", "118" },
        { "Amount", "0", "118" },
        { "Amount", "-100", "118" },
        { "Amount", "1.5", "118" },
        { "Amount", "1e2", "118" },
        { "Amount", "1234567890123", "118" },
        { "Currency", null, "100" },
        { "Currency", "\"brl\"", "100" },
        { "Currency", "\"ZZZ\"", "100" },
        { "MethodID", "84", "5" },
        { "Description", $"\"{new string('x', 256)}\"", "2" },
        { "ExecutionDate", "\"tomorrow\"", "2" },
    };

    [Theory]
    [MemberData(nameof(Fields))]
    public async Task a_field_that_breaks_a_rule_is_named_and_the_gateway_is_not_called(
        string path, string? json, string code)
    {
        var (subscriber, id) = (await shared.AnyOpenAsync(), $"refused-{Guid.NewGuid():N}");
        var before = await world.SettledSizeAsync();
        var body = new JsonObject
        {
            ["Payment"] = new JsonObject
            {
                ["PreapprovalID"] = subscriber.GatewayId,
                ["MerchantTransactionID"] = id,
                ["Amount"] = 100,
                ["Currency"] = "BRL",
            }
        };

        var reply = await world.Storefront.PostBodyAsync("v1/payments/recurrent", body.With($"Payment.{path}", json));

        reply.AssertRefused(HttpStatusCode.BadRequest, "Payment", code);
        Assert.Null(reply.Payment["ID"]);
        Assert.Null(reply.Payment["Status"]!["ID"]);
        Assert.Equal(before, await world.SizeAsync());
        Assert.Null(await world.Sandbox.LedgerAsync(id));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task a_preapproval_that_is_not_open_is_not_charged(bool wasOpen)
    {
        var subscriber = await Subscriber.Pending(world);

        if (wasOpen)
        {
            await world.Storefront.AskAsync(HttpMethod.Delete, $"v1/preapprovals/{subscriber.GatewayId}");
        }

        var (status, body) = await subscriber.Charge($"no-{subscriber.Id:N}");

        Assert.Equal(
            (HttpStatusCode.BadRequest, "12"), (status, (string)body["Payment"]!["Status"]!["Reasons"]![0]!["Code"]!));
        Assert.Equal($"no-{subscriber.Id:N}", (string)body["Payment"]!["MerchantTransactionID"]!);
        Assert.Null(await world.Sandbox.LedgerAsync($"no-{subscriber.Id:N}"));
    }

    [Fact]
    public async Task won_have_no_hundredths()
    {
        var subscriber = await Subscriber.Open(world);

        var (_, half) = await subscriber.Charge($"half-{subscriber.Id:N}", 990050, "KRW");
        var (status, whole) = await subscriber.Charge($"whole-{subscriber.Id:N}", 990000, "KRW");

        Assert.Equal("118", (string)half["Payment"]!["Status"]!["Reasons"]![0]!["Code"]!);
        Assert.Equal((HttpStatusCode.Created, "990000"), (status, (string)whole["Payment"]!["Amount"]!));
        Assert.Equal(9900, (long)Assert.Single(await subscriber.Payments())["amountMinor"]!);
    }

    [Fact]
    public async Task what_the_gateway_refuses_is_no_payment()
    {
        var (subscriber, id) = (await Subscriber.Open(world), $"gateway-{Guid.NewGuid():N}");
        await world.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "charge", ["action"] = "refuse", ["code"] = 13, ["merchantTransactionId"] = id
        });

        var (status, body) = await subscriber.Charge(id);

        Assert.Equal(
            (HttpStatusCode.BadRequest, "13"), (status, (string)body["Payment"]!["Status"]!["Reasons"]![0]!["Code"]!));
        Assert.Empty((await world.Storefront.ReadAsync($"v1/preapprovals/{subscriber.GatewayId}/payments"))
            .Json["Payments"]!.AsArray());
    }
}
