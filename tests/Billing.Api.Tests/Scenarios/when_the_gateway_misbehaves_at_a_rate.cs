using System.Text.Json.Nodes;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Scenarios;

public class when_the_gateway_misbehaves_at_a_rate(when_the_gateway_misbehaves_at_a_rate.Patient shared)
    : IClassFixture<when_the_gateway_misbehaves_at_a_rate.Patient>
{
    private readonly World world = shared.World;

    [Fact]
    public async Task days_of_all_kinds_of_trouble_end_in_one_truth()
    {
        await world.Sandbox.PutAsync(
            "sandbox/scenarios", new JsonObject { ["seed"] = 4, ["rules"] = new JsonArray([.. Rules()]) });
        var subscribers = new List<Subscriber>();

        foreach (var i in Enumerable.Range(1, 14))
        {
            subscribers.Add(await world.PendingOf($"soak{i}@example.com", Daily(), merchantPreapprovalId: $"soak-{i}"));
        }

        // Subscribing may take longer on a busy machine.
        await world.StopServiceAsync();
        await world.StartServiceAsync(shared.HastySettings);

        foreach (var subscriber in subscribers)
        {
            await world.Sandbox.ApproveAsync(subscriber.GatewayId);
        }

        await world.UntilIdle();

        foreach (var _ in Enumerable.Range(1, 3))
        {
            await world.AdvanceAsync("P1D");
        }

        var fired = (await world.Sandbox.GetAsync("sandbox/scenarios"))["rules"]!
            .AsArray()
            .Select(rule => (int)rule!["fired"]!)
            .ToList();
        await world.Sandbox.BehaveAsync();

        // Retries come after one, three and seven days; what stays pending for longer than its window is looked up.
        foreach (var duration in (string[])["P5D", "P8D", "P20D"])
        {
            await world.AdvanceAsync(duration);
        }

        Assert.True(fired.Count(times => times > 0) >= 15, $"Too peaceful: {string.Join(' ', fired)}");
        Assert.True(
            await world.QueryAsync<long>("select count(*) from mt_events where type = 'payment_outcome_unknown'") > 0,
            "Nothing was ever unknown.");
        Assert.Equal(0, await world.QueryAsync<long>("select count(*) from payment_history where status = 'unknown'"));
        await Witness.OneTruthAsync(world, [.. subscribers]);
    }

    private static JsonObject Daily()
    {
        var schedule = Subscriber.Schedule(unit: "day", catchUp: "bill_all");
        schedule["Periods"] = 3;

        return schedule;
    }

    // A success after a failure comes before the retry, whose look-up finds it without a notification.
    private static IEnumerable<JsonNode> Rules()
    {
        foreach (var action in (string[])[
            "decline", "error_500", "act_then_500", "reset", "act_then_reset", "garbled", "another_payment",
            "wrong_amount", "null_status", "duplicate_code", "failed_then_success",
            "pending_then_success"
        ])
        {
            yield return new JsonObject
            {
                ["operation"] = "charge",
                ["action"] = action,
                ["percent"] = 5,
                ["afterDays"] = action == "failed_then_success" ? 0.5 : 1,
            };
        }

        foreach (var action in (string[])[
            "lose_notification", "notify_twice", "notify_late", "notify_reordered", "notify_old", "notify_forged"
        ])
        {
            yield return new JsonObject
            {
                ["operation"] = "notify", ["action"] = action, ["percent"] = 8, ["merchantTransactionId"] = "*"
            };
        }

        foreach (var action in (string[])["not_found", "error_500", "garbled", "html"])
        {
            yield return new JsonObject { ["operation"] = "find", ["action"] = action, ["percent"] = 8 };
        }
    }

    public sealed class Patient : SharedWorld
    {
        public Dictionary<string, string?> HastySettings => new(Settings)
        {
            // A silence counts once lease and time-out have run out in real time, too.
            ["Gateway__TimeoutSeconds"] = "2", ["Charging__SendWindowSeconds"] = "3",
            ["Charging__LookUpMinutes__0"] = "5", ["Charging__LookUpMinutes__1"] = "30",
            ["Charging__LookUpMinutes__2"] = "60", ["Charging__LookUpMinutes__3"] = "120",
            ["Charging__MaxInFlight"] = "32",
        };
    }
}
