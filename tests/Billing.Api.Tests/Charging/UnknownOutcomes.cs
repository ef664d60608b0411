using System.Text.Json.Nodes;
using Billing.Api.Operations;
using Billing.Api.Tests.Specs;
using Billing.Domain.Preapprovals;
using Microsoft.Extensions.DependencyInjection;
using static Billing.Api.Tests.Charging.Subscribers;

namespace Billing.Api.Tests.Charging;

/// <summary>
/// Many charges of unknown outcome, looked up after five minutes and, past the quiet period, an hour.
/// </summary>
/// <remarks>Payment notifications are lost. It starts before midnight: the first look-up is on the next day.</remarks>
public sealed class UnknownOutcomes : SharedWorld
{
    private readonly Dictionary<string, Subscriber> subscribers = [];
    private LossyPost post = null!;
    private Task<JsonNode>? overruled;

    internal LossyPost Post => post;

    /// <summary>The payment of each: when it became unknown, after the first and the second look-up.</summary>
    public Dictionary<string, (JsonNode Unknown, JsonNode AskedOnce, JsonNode AskedTwice)> Payments { get; } = [];

    /// <summary>Due again at midnight; its first charge is not known before the second look-up.</summary>
    public Subscriber Daily { get; private set; } = null!;

    public Subscriber this[string way] => subscribers[way];

    protected override Dictionary<string, string?> Settings => new(base.Settings)
    {
        ["Gateway__TimeoutSeconds"] = "5",
        ["Charging__SendWindowSeconds"] = "5",
        ["Charging__QuietMinutes"] = "30",
        ["Charging__LookUpMinutes__0"] = "5",
        ["Charging__LookUpMinutes__1"] = "60",
        ["Charging__MaxInFlight"] = "32",
    };

    protected override string Start => "2030-01-10T23:54:00Z";

    protected override string NotificationUrl => post.Address.ToString();

    public override async Task InitializeAsync()
    {
        post = await LossyPost.StartAsync();
        await base.InitializeAsync();
        post.World = World;

        foreach (var action in (string[])[
            "act_then_timeout", "act_then_reset", "act_then_500", "garbled", "html", "wrong_amount", "unknown_status",
            "timeout", "reset", "error_500",
            "rate_limited"
        ])
        {
            subscribers[action] = await World.OpenMeeting(action);
        }

        // A read is tried three times: all of one look-up fail.
        await MeetAsync(subscribers["hidden_once"] = await Subscriber.Pending(World, Once()), "not_found", times: 1);
        await MeetAsync(
            subscribers["not_askable_once"] = await Subscriber.Pending(World, Once()), "error_500", times: 3);
        await MeetAsync(
            subscribers["never_askable"] = await Subscriber.Pending(World, Once()), "error_500", times: null);
        await MeetAsync(subscribers["never_found"] = await Subscriber.Pending(World, Once()), "error_500", times: null);
        await MeetAsync(
            subscribers["asked_in_vain"] = await Subscriber.Pending(World, Once()), "error_500", times: null);
        await MeetAsync(subscribers["denied"] = await Subscriber.Pending(World, Once()), "not_found", times: null);
        await MeetAsync(
            Daily = await Subscriber.Pending(World, Subscriber.Schedule(unit: "day")), "error_500", times: 3);
        await World.UntilIdle();
        var unknown = await LookAsync();

        await World.AdvanceAsync("PT7M");
        var askedOnce = await LookAsync();
        await subscribers["denied"].Close();

        await World.AdvanceAsync("PT2H");
        var askedTwice = await LookAsync();

        foreach (var way in subscribers.Keys)
        {
            Payments[way] = (unknown[way], askedOnce[way], askedTwice[way]);
        }
    }

    /// <summary>
    /// An operator settles the charge that could never be asked about, and then a notification comes. Once for all
    /// tests, because a comparison with the gateway settles every charge of the site.
    /// </summary>
    /// <returns>The payment as the operator left it.</returns>
    public Task<JsonNode> OverruleOperatorAsync() => overruled ??= DecideAndNotifyAsync();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await post.DisposeAsync();
    }

    private async Task<JsonNode> DecideAndNotifyAsync()
    {
        var id = (string)Payments["never_askable"].AskedTwice["merchantTransactionId"]!;
        await World.Services.GetRequiredService<OperatorDecisions>().SetChargeAsync(
            "30201", id, MoneyState.Failed, new OperatorReason("ann", "the bank says no", "ticket 7"), default);
        var decided = Assert.Single(await subscribers["never_askable"].Payments());

        // A notification alone is not believed: the gateway can be asked again, and says the same.
        await World.Sandbox.BehaveAsync();
        Assert.Equal(1, await post.FindAsync(id));
        await World.UntilIdle();

        return decided;
    }

    // Done and not answered; the look-up misbehaves.
    private async Task MeetAsync(Subscriber subscriber, string action, int? times)
    {
        await subscriber.Misbehave("charge", "act_then_500");
        await subscriber.Misbehave("find", action, times);
        await World.Sandbox.ApproveAsync(subscriber.GatewayId);
    }

    private async Task<Dictionary<string, JsonNode>> LookAsync()
    {
        var seen = new Dictionary<string, JsonNode>();

        foreach (var (way, subscriber) in subscribers)
        {
            seen[way] = Assert.Single(await subscriber.Payments());
        }

        return seen;
    }
}
