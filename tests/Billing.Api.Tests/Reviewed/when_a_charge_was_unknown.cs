using System.Text.Json.Nodes;
using Billing.Api.Tests.GlobalPayShape;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Reviewed;

public class when_a_charge_was_unknown(ImpatientWorld shared) : IClassFixture<ImpatientWorld>
{
    private readonly World world = shared.World;

    [Fact]
    public async Task a_repeat_meets_what_became_of_it()
    {
        // PayWithMyBank reports the result a day later: the look-up comes before the notification.
        var (subscriber, requestId) = (await Subscriber.Open(world, methodId: 58), $"{Guid.NewGuid()}");
        var id = $"unknown-{subscriber.Id:N}";
        await world.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "charge", ["action"] = "act_then_500", ["merchantTransactionId"] = id, ["times"] = 1
        });
        Task<HttpReply> Ask() => world.Storefront.PostBodyAsync(
            "v1/payments/recurrent",
            new JsonObject
            {
                ["Payment"] = new JsonObject
                {
                    ["PreapprovalID"] = subscriber.GatewayId,
                    ["MerchantTransactionID"] = id,
                    ["Amount"] = 100,
                    ["Currency"] = "BRL",
                }
            },
            requestId);

        var first = await Ask();
        await world.AdvanceAsync("PT6M");
        var repeated = await Ask();

        Assert.Equal((7, 1), ((int)first.Payment["Status"]!["ID"]!, (int)repeated.Payment["Status"]!["ID"]!));
        await world.AdvanceAsync("P1D");
        Assert.Equal(1, (int)(await world.Sandbox.LedgerAsync(id))!["captured"]!);
    }
}
