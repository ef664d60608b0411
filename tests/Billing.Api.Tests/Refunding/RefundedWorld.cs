using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Refunding;

/// <summary>One world for refunds and disputes. Its first refunds lose their answers and are looked up later.</summary>
public sealed class RefundedWorld : SharedWorld
{
    /// <summary>By what the gateway did to the refund.</summary>
    internal Dictionary<string, (Payment Payment, HttpReply HttpReply)> Lost { get; } = [];

    protected override Dictionary<string, string?> Settings => new(base.Settings)
    {
        ["Gateway__TimeoutSeconds"] = "5",
        ["Charging__SendWindowSeconds"] = "7",
        ["Charging__MaxInFlight"] = "16",
        ["Charging__LookUpMinutes__0"] = "25",
        ["Charging__LookUpMinutes__1"] = "1440",
        ["Charging__RefundPaidTwice"] = "on",
    };

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();

        await Task.WhenAll(
            new[] { "act_then_timeout", "act_then_reset", "reset", "wrong_amount" }.Select(async action =>
            {
                var payment = await Payment.MadeAsync(World, 5000);
                await payment.Subscriber.Misbehave("refund", action);
                var reply = await payment.RefundAsync("lost", 2000);

                lock (Lost)
                {
                    Lost[action] = (payment, reply);
                }
            }));

        await World.AdvanceAsync("PT30M");

        // On a busy machine a look-up may not come through: the next one is a day later.
        for (var days = 0; days < 3
            && await World.QueryAsync<long>("select count(*) from refunds where status = 'unknown' and owner is null")
                > 0; days++)
        {
            await World.AdvanceAsync("P1D");
        }
    }
}

/// <summary>The world in which money goes back.</summary>
[CollectionDefinition(Name)]
public sealed class RefundedCollection : ICollectionFixture<RefundedWorld>
{
    public const string Name = "refunding";
}

/// <summary>A payment on demand that succeeded, on a subscriber of its own.</summary>
internal sealed record Payment(Subscriber Subscriber, int Id, string MerchantTransactionId)
{
    public World World => Subscriber.World;

    /// <param name="hundredths">BRL, as on the wire.</param>
    public static async Task<Payment> MadeAsync(World world, long hundredths)
    {
        var subscriber = await Subscriber.Open(world);
        var id = $"order-{Guid.NewGuid():N}";
        var (status, body) = await subscriber.Charge(id, hundredths);
        Assert.True(status == HttpStatusCode.Created, body.ToJsonString());

        return new Payment(subscriber, (int)body["Payment"]!["ID"]!, id);
    }

    /// <summary>The refund's own MerchantTransactionID: unique per site.</summary>
    public string Reference(string name) => $"{name}-{Id}";

    public static JsonObject Body(string reference, long hundredths) =>
        new() { ["Refund"] = new JsonObject { ["MerchantTransactionID"] = reference, ["Amount"] = hundredths } };

    public Task<HttpReply> RefundAsync(string name, long hundredths, string? requestId = null) =>
        World.Storefront.PostBodyAsync($"v1/payments/{Id}/refunds", Body(Reference(name), hundredths), requestId);

    /// <summary>Past our back, as another client or the dashboard would.</summary>
    public async Task<JsonNode> RefundElsewhereAsync(string name, long hundredths)
    {
        using var gateway = new HttpClient
        {
            BaseAddress = World.Sandbox.Address,
            DefaultRequestHeaders = { Authorization = World.Gateway.DefaultRequestHeaders.Authorization },
        };
        var reply = await gateway.PostBodyAsync($"v1/payments/{Id}/refunds", Body(Reference(name), hundredths));
        Assert.True(reply.Status == HttpStatusCode.Created, reply.Text);

        return reply.Json["Refund"]!;
    }

    public async Task<JsonNode> ShownAsync() => (await World.Storefront.ReadAsync($"v1/payments/{Id}/")).Payment;

    public async Task<JsonNode[]> RefundsAsync() => [
        .. (await World.Storefront.ReadAsync($"v1/payments/{Id}/refunds")).Json["Refunds"]!.AsArray().OfType<JsonNode>()
    ];

    /// <summary>As our own paths show it.</summary>
    public async Task<JsonNode> ViewAsync() =>
        (await Subscriber.Payments())
            .Single(payment => (string)payment["merchantTransactionId"]! == MerchantTransactionId);

    public async Task<JsonNode> LedgerAsync() => (await World.Sandbox.LedgerAsync(MerchantTransactionId))!;

    /// <summary>How often the gateway received a refund of this payment.</summary>
    public async Task<int> ReceivedAsync() =>
        (await LedgerAsync())["events"]!.AsArray().Count(e => (string)e!["what"]! == "refund_received");

    public Task LeverAsync(string lever, JsonNode? body = null) =>
        World.Sandbox.PostAsync($"sandbox/payments/{Id}/{lever}", body);

    /// <summary>Both sides say what the merchant has kept, and it is this much.</summary>
    /// <param name="afterwards">What came after the success.</param>
    public async Task AssertKeptAsync(long minor, int status, params string[] afterwards)
    {
        var (view, ledger) = (await ViewAsync(), await LedgerAsync());
        var captured = ledger["movements"]!.AsArray().Where(moved => (string)moved!["what"]! == "captured")
            .Sum(moved => (long)moved!["amount"]!);

        Assert.Equal(minor, captured - (long)ledger["wentBack"]!);
        Assert.True(minor == (long)view["netMinor"]!, view.ToJsonString());
        Assert.Equal(afterwards, view["afterwards"]!.AsArray().Select(word => (string)word!));
        Assert.Equal(status, (int)(await ShownAsync())["Status"]!["ID"]!);
    }
}
