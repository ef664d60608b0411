using System.Text.Json.Nodes;
using Billing.Api.Hosting.Streams;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;
using Billing.Domain.Preapprovals;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Attending;

/// <summary>A world in which one thing of each kind can be made to wait for a person, and is settled again.</summary>
public class AttentionWorld : SharedWorld
{
    protected override Dictionary<string, string?> Settings => new(base.Settings)
    {
        ["Notifications__Confirm"] = "off",
        ["Drift__CallsPerSecond"] = "500",
        ["Charging__SendWindowSeconds"] = "2",
        ["Gateway__TimeoutSeconds"] = "3",
        ["Jobs__RetrySeconds__0"] = "0.05", ["Jobs__RetrySeconds__1"] = "0.05", ["Jobs__RetrySeconds__2"] = "0.05",
        ["Jobs__RetrySeconds__3"] = "0.05", ["Jobs__RetrySeconds__4"] = "0.05",
    };

    /// <summary>The items of a kind, or of all, that the storefront sees.</summary>
    public async Task<JsonNode[]> ItemsAsync(string? kind = null) => [..
        (await World.Storefront.ReadAsync($"v1/attention?limit=200{(kind is null ? "" : $"&kind={kind}")}"))
            .Json["items"]!.AsArray().OfType<JsonNode>()];

    /// <summary>The item of a kind of one subscriber.</summary>
    public async Task<JsonNode> ItemAsync(string kind, Subscriber subscriber)
    {
        var item = Assert.Single(await ItemsAsync(kind), item => (Guid?)item["subscriptionId"] == subscriber.Id);
        Assert.Equal(
            (subscriber.GatewayId, subscriber.MerchantPreapprovalId),
            ((int)item["gatewayPreapprovalId"]!, (string)item["merchantPreapprovalId"]!));

        return item;
    }

    /// <summary>Waits until nothing of a kind waits; the counts of readiness agree.</summary>
    public async Task GoneAsync(string kind, Subscriber? subscriber = null)
    {
        await Waiting.Until($"no {kind} waits", async () => !(await ItemsAsync(kind))
            .Any(item => subscriber is null || (Guid?)item["subscriptionId"] == subscriber.Id));
        Assert.Equal((await ItemsAsync(kind)).Length, await CountAsync(kind));
    }

    public async Task<long> CountAsync(string kind) =>
        (long)(await World.Anonymous.ReadAsync("health/ready")).Json["attention"]![kind]!;

    /// <summary>Runs a command of an item as it is: a verb as a process, or a call.</summary>
    public async Task RunAsync(JsonNode item, int command = 0)
    {
        var text = (string)item["commands"]![command]!;

        if (text.Split(' ') is ["./billing", .. var arguments])
        {
            (await World.Billing(arguments)).Ended(0);
        }
        else
        {
            var parts = text.Split(' ', 3);
            var reply = await World.Storefront.AskAsync(
                new HttpMethod(parts[0]), parts[1], parts.Length == 3 ? parts[2] : null);
            Assert.True((int)reply.Status is >= 200 and < 300, $"{text}: {reply.Status} {reply.Text}");
        }
    }

    /// <summary>Records what is decided on, as the service records it.</summary>
    public async Task RecordAsync(Subscriber subscriber, Func<Preapproval, PreapprovalEvent> decide) =>
        await World.Services.GetRequiredService<PreapprovalDecisions>().DecideAsync(
            "30201", subscriber.Id, new EventSource("test"), state => [decide(state!)]);
}

/// <summary>The world in which things wait for a person.</summary>
[CollectionDefinition(Name)]
public sealed class AttentionCollection : ICollectionFixture<AttentionWorld>
{
    public const string Name = "attending";
}
