using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Crashing;

/// <summary>Six crashes in a row, each in another gap; each new process first repairs what the last one left.</summary>
public sealed class MandatesAmongCrashes : ServicelessWorld
{
    // Look-ups of a create that never arrived are few here, so that an owner gets it soon.
    private static readonly Dictionary<string, string?> Settings =
        new() { ["Charging__LookUpMinutes__0"] = "5", ["Charging__LookUpMinutes__1"] = "60" };

    /// <summary>Its create died before it was sent.</summary>
    public Guid NeverSent { get; private set; }

    /// <summary>Its opening was acknowledged and not applied; then its PATCH was done and not recorded.</summary>
    public Subscriber Changed { get; private set; } = null!;

    /// <summary>Its create, then the match of its opening, then its DELETE were done and not recorded.</summary>
    public Subscriber Closed { get; private set; } = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();

        // Notifications about money would meet the gaps in which those about mandates are to die.
        await World.Sandbox.MisbehaveAsync(
            new JsonObject { ["operation"] = "charge", ["action"] = "lose_notification" });

        await CrashAsync("create:checking", () => AskAsync("never-sent", null));
        await CrashAsync("notification:kept", async () =>
        {
            NeverSent = (Guid)(await ViewAsync("never-sent"))["id"]!;
            Changed = await Subscriber.Pending(World, Subscriber.Schedule());
            await World.Sandbox.ApproveAsync(Changed.GatewayId);
        });
        await CrashAsync("create:answered", () => AskAsync("closed", Subscribers.Once()));
        await CrashAsync("change:answered", () => Changed.Change(Subscriber.Schedule(5990)));

        // A notification whose 204 died with its process comes again now, and must not meet the next gap.
        await using (await Node.StartAsync(World, settings: Settings))
        {
            await World.UntilIdle();
            await World.AdvanceAsync("PT6M");
            var view = await ViewAsync("closed");
            Closed = new Subscriber(World, (int)view["gatewayPreapprovalId"]!, (Guid)view["id"]!, "closed");
        }

        await CrashAsync("apply_notification:committing", () => World.Sandbox.ApproveAsync(Closed.GatewayId));
        await CrashAsync("close:answered", () => Closed.Close());

        await using var last = await Node.StartAsync(World, settings: Settings);
        await World.UntilIdle();
        await World.AdvanceAsync("PT2H");
        NeverSentRepeat = await AskAsync("never-sent", null);
        await World.AdvanceAsync("P1M");
        Story = (await Changed.Story(), await Closed.Story());
        Payments = (await Changed.Payments(), await Closed.Payments());
        NeverSentView = JsonNode.Parse(await World.Storefront.GetStringAsync($"v1/subscriptions/{NeverSent}"))!;
        ClosedView = await Closed.View();
        await Witness.OneTruthAsync(World, Changed, Closed);
    }

    public (string[] Changed, string[] Closed) Story { get; private set; }

    public (JsonNode[] Changed, JsonNode[] Closed) Payments { get; private set; }

    public JsonNode NeverSentView { get; private set; } = null!;

    /// <summary>What the storefront got that sent the same request again in the end.</summary>
    public (HttpStatusCode Status, JsonNode Body) NeverSentRepeat { get; private set; }

    public JsonNode ClosedView { get; private set; } = null!;

    private async Task CrashAsync(string gap, Func<Task> asking)
    {
        await using var doomed = await Node.StartAsync(World, gap, settings: Settings);
        await World.UntilIdle();
        await Node.IgnoringTheCrash(asking);
        await doomed.UntilKilledAsync();
    }

    private async Task<(HttpStatusCode Status, JsonNode Body)> AskAsync(
        string merchantPreapprovalId, JsonObject? schedule)
    {
        using var answer = await World.Storefront.PostAsJsonAsync(
            "v1/preapprovals", Subscriber.Request(merchantPreapprovalId, schedule: schedule));

        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }

    private async Task<JsonNode> ViewAsync(string merchantPreapprovalId) =>
        JsonNode.Parse(await World.Storefront.GetStringAsync(
            $"v1/subscriptions?merchantPreapprovalId={merchantPreapprovalId}"))!["subscriptions"]![0]!;
}
