using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;
using static Billing.Api.Tests.Charging.Subscribers;

namespace Billing.Api.Tests.Crashing;

/// <summary>The gateway holds five calls while their process gets kill -9; another process settles them.</summary>
public sealed class HeldCalls : ServicelessWorld
{
    // The one that dies waits long for an answer, so that the kill meets every call in the middle.
    private static readonly Dictionary<string, string?> Patient =
        new() { ["Gateway__TimeoutSeconds"] = "12", ["Charging__SendWindowSeconds"] = "13" };

    /// <summary>Its charge was done; the answer never came.</summary>
    public Subscriber Charged { get; private set; } = null!;

    /// <summary>Its charge is done only when its caller is long dead.</summary>
    public Subscriber ChargedLate { get; private set; } = null!;

    /// <summary>Its PATCH was done; the answer never came.</summary>
    public Subscriber Changed { get; private set; } = null!;

    /// <summary>Its DELETE was done; the answer never came.</summary>
    public Subscriber Closed { get; private set; } = null!;

    /// <summary>Its create was done; the answer never came.</summary>
    public Subscriber Created { get; private set; } = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();

        await using (var doomed = await Node.StartAsync(World, settings: Patient))
        {
            Changed = await Subscriber.Open(World, Once());
            Closed = await Subscriber.Open(World, Once());
            await Changed.Misbehave("change", "act_then_timeout");
            await Closed.Misbehave("close", "act_then_timeout");
            await World.Sandbox.MisbehaveAsync(new JsonObject
            {
                ["operation"] = "create",
                ["merchantPreapprovalId"] = "created",
                ["action"] = "act_then_timeout",
                ["times"] = 1,
            });
            Charged = await World.OpenMeeting("act_then_timeout");
            ChargedLate = await World.OpenMeeting("slow", delayMs: 15_000);

            Task[] asking =
                [Ignoring(() => Changed.Change(null)), Ignoring(() => Closed.Close()), Ignoring(CreateAsync)];
            await Until(AllHeldAsync);
            await doomed.KillAsync();
            await Task.WhenAll(asking);
        }

        await using var next = await Node.StartAsync(World);
        await World.UntilIdle();
        await Until(
            async () => (int)(await World.Sandbox.LedgerAsync(ChargedLate.ChargeId("300110")))!["captured"]! >= 1);
        await World.AdvanceAsync("PT2H");

        var view = JsonNode.Parse(await World.Storefront.GetStringAsync(
            "v1/subscriptions?merchantPreapprovalId=created"))!["subscriptions"]![0]!;
        Created = new Subscriber(World, (int)view["gatewayPreapprovalId"]!, (Guid)view["id"]!, "created");
        Stories = (await Created.Story(), await Changed.Story(), await Closed.Story());
        Statuses = (await Charged.Statuses(), await ChargedLate.Statuses());
        await Witness.OneTruthAsync(World, Created, Changed, Closed, Charged, ChargedLate);
    }

    public (string[] Created, string[] Changed, string[] Closed) Stories { get; private set; }

    public (string[] Charged, string[] ChargedLate) Statuses { get; private set; }

    private static Task Ignoring(Func<Task> asking) => Node.IgnoringTheCrash(asking);

    private async Task CreateAsync()
    {
        using var answer = await World.Storefront.PostAsJsonAsync("v1/preapprovals", Subscriber.Request("created"));
    }

    private async Task<bool> AllHeldAsync()
    {
        var rules = (await World.Sandbox.GetAsync("sandbox/scenarios"))["rules"]!.AsArray();

        return rules.All(rule => (int)rule!["fired"]! == 1);
    }
}
