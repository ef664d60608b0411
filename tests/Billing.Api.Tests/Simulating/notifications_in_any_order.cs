using System.Text.Json.Nodes;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Crashing;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Simulating;

/// <summary>
/// All notifications of a dozen charges reach two nodes, repeated and in any order, during our calls.
/// </summary>
[Keeps(Promise.NeverChargedTwice, Promise.AcknowledgedNotificationsAreKept)]
public sealed class notifications_in_any_order
{
    private const int Repeats = 3;
    private const int AtOnce = 12;

    // How our own call ends, and what comes after the success.
    private static readonly (string? Charge, int[] Afterwards)[] Courses =
    [
        (null, []), ("slow", []), ("act_then_timeout", []), ("act_then_500", [16]), (null, [16]), ("slow", [19]),
        ("act_then_timeout", [19, 23]), (null, [19, 23]), ("slow", [19, 24]), ("act_then_reset", [19, 24]),
        ("slow", [26]), ("garbled", [19, 24, 26]),
    ];

    private static readonly Dictionary<int, string> Facts = new()
    {
        [16] = "payment_reversed",
        [19] = "payment_disputed",
        [23] = "dispute_won",
        [24] = "dispute_lost",
        [26] = "payment_charged_back",
    };

    private readonly Random random = new(26);

    [Fact]
    public async Task end_in_one_state_with_each_fact_once()
    {
        await using var world = await World.WithoutServiceAsync(
            new Dictionary<string, string?> { ["Sandbox__ClockStart"] = "2030-01-10T12:00:00Z" });
        await world.StartServiceAsync(Doomed.Hasty);
        var address = new Uri($"http://127.0.0.1:{LocalMachine.FreePort()}/");
        await using var other = await Node.StartAsync(world, address: address, settings: Doomed.Hasty);
        using var second = new HttpClient
        {
            BaseAddress = address,
            DefaultRequestHeaders = { Authorization = world.Gateway.DefaultRequestHeaders.Authorization },
        };
        HttpClient[] nodes = [world.Gateway, second];
        var subscribers = await Task.WhenAll(Courses.Select(_ => Subscriber.PendingAtLast(world, Subscribers.Once())));
        await world.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "notify", ["action"] = "lose_notification", ["merchantTransactionId"] = "*"
        });

        // Paid one after the other, while the earlier ones' notifications arrive.
        await Task.WhenAll(subscribers.Zip(Courses).Select(it => LiveAsync(it.First, it.Second)));
        var updates = await UpdatesAsync(world);
        Assert.True(
            updates.Count >= Courses.Sum(course => 1 + course.Afterwards.Length),
            $"Only {updates.Count} notifications.");
        var order = Enumerable.Repeat(updates, Repeats).SelectMany(it => it).ToArray();
        random.Shuffle(order);
        await Parallel.ForEachAsync(
            order.Index(), new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (it, _) => await TellAsync(nodes[it.Index % nodes.Length], it.Item));
        await world.UntilIdle();
        await world.AdvanceAsync("PT61M");
        await world.AdvanceAsync("PT61M");

        foreach (var (subscriber, (_, afterwards)) in subscribers.Zip(Courses))
        {
            var story = (await subscriber.Story())
                .Where(type => type.StartsWith("payment_", StringComparison.Ordinal)
                    || type.StartsWith("dispute", StringComparison.Ordinal))
                .Except(["payment_outcome_unknown", "payment_pending"])
                .ToList();
            var facts = afterwards.Select(status => Facts[status]).ToList();

            // Each at most once. A status that the gateway no longer shows may be missing, the final one may not.
            Assert.Equal(story.Distinct(), story);
            Assert.Equal([], story.Except(facts.Append("payment_charged")));
            Assert.Contains("payment_charged", story);
            Assert.True(
                facts.Count == 0 || story.Contains(facts[^1]),
                $"{string.Join(' ', story)} lacks {facts.LastOrDefault()}");
            var view = Assert.Single(await subscriber.Payments());
            Assert.Equal("charged", (string)view["status"]!);
        }

        await Witness.OneTruthAsync(world, subscribers);
    }

    // Approved and charged, then what happened to the payment at the bank; no notification is delivered yet.
    private static async Task LiveAsync(Subscriber it, (string? Charge, int[] Afterwards) course)
    {
        if (course.Charge is { } action)
        {
            await it.Misbehave("charge", action, delayMs: action is "slow" ? 700 : null);
        }

        await it.World.Sandbox.ApproveAsync(it.GatewayId);
        JsonNode? charge = null;
        await Subscribers.Until(async () =>
        {
            charge = await it.World.Sandbox.LedgerAsync(it.ChargeId("300110"));

            // Claimed by a node that was too slow to send it: it is asked about at its next look-up, and sent again.
            if (charge is null && (await it.Payments()) is [var unknown] && (string)unknown["status"]! == "unknown"
                && (DateTimeOffset?)unknown["nextLookUpAt"] > await it.World.Sandbox.NowAsync())
            {
                await it.World.Sandbox.AdvanceAsync("PT11M");
            }

            return charge is not null && (int)charge["captured"]! == 1;
        });

        foreach (var status in course.Afterwards)
        {
            await it.World.Sandbox.PostAsync(
                $"sandbox/payments/{charge!["paymentIds"]![0]}/status", new JsonObject { ["statusId"] = status });
        }
    }

    private static async Task<List<string>> UpdatesAsync(World world) =>
        [.. (await world.Sandbox.GetAsync("sandbox/notifications"))["notifications"]!
            .AsArray()
            .Where(it => (string)it!["kind"]! is "Payment")
            .Select(it => it!["body"]!.ToJsonString())];

    private static async Task TellAsync(HttpClient node, string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await node.PostAsync("v1/notifications", content);
        Assert.Equal(System.Net.HttpStatusCode.NoContent, answer.StatusCode);
    }
}
