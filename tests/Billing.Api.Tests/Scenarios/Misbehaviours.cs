using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;
using static Billing.Api.Tests.Charging.Subscribers;

namespace Billing.Api.Tests.Scenarios;

/// <summary>Every scenario of docs/sandbox-scenarios.md at once, each named by its customer's address.</summary>
/// <remarks>
/// Payment notifications: none at lost.example, a forged one first at forged.example, an old status at old.example.
/// </remarks>
public sealed class Misbehaviours : SharedWorld
{
    /// <summary>What the table of scenarios lists, and what is tried of it: the address behind the +sandbox-.</summary>
    public static readonly string[] Addresses =
    [
        "decline@notified.example", "decline@forged.example", "decline_for_good@notified.example",
        "refuse@lost.example",
        "timeout@lost.example", "act_then_timeout@lost.example", "reset@lost.example", "act_then_reset@lost.example",
        "error_500@lost.example", "act_then_500@lost.example", "act_then_500@notified.example",
        "rate_limited-30@lost.example", "slow-300@lost.example", "garbled@lost.example", "garbled@notified.example",
        "html@lost.example",
        "another_payment@lost.example", "another_payment@notified.example", "wrong_amount@lost.example",
        "wrong_amount@notified.example", "unknown_status@lost.example", "null_status@lost.example",
        "answered_twice@lost.example", "duplicate_code@lost.example",
        "pending_then_success-2@notified.example", "pending_then_success-2@old.example",
        "pending_then_failure-2@notified.example", "failed_then_success-0.5@notified.example",
        "notify_first-200@notified.example", "notify_twice@notified.example", "notify_late-2@notified.example",
        "notify_reordered@notified.example", "lose_notification@notified.example", "notify_old@notified.example",
        "notify_forged@notified.example",
        "not_found_first@lost.example",
    ];

    private readonly Dictionary<string, Subscriber> subscribers = [];

    /// <summary>The first payment of each: at once, after each of two look-ups, and at the end.</summary>
    public Dictionary<string, JsonNode[]> Seen { get; } = [];

    /// <summary>Times at which our view of a payment contradicted the gateway's ledger.</summary>
    public List<string> Contradictions { get; } = [];

    public Subscriber this[string address] => subscribers[address];

    protected override Dictionary<string, string?> Settings => new(base.Settings)
    {
        ["Gateway__TimeoutSeconds"] = "5",
        ["Gateway__RetryAfterMostSeconds"] = "1",
        // All of them are one site: what one customer meets must not open the breaker for the next.
        ["Gateway__BreakerFailures"] = "1000",
        ["Charging__SendWindowSeconds"] = "8",
        ["Charging__QuietMinutes"] = "30",
        ["Charging__LookUpMinutes__0"] = "5",
        ["Charging__LookUpMinutes__1"] = "60",
        ["Charging__MaxInFlight"] = "48",
    };

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();

        foreach (var (domain, action) in new[]
        {
            ("lost", "lose_notification"), ("old", "notify_old"), ("forged", "notify_forged")
        })
        {
            // Of payments only: a preapproval has no MerchantTransactionID.
            await World.Sandbox.MisbehaveAsync(new JsonObject
            {
                ["operation"] = "notify",
                ["action"] = action,
                ["email"] = $"*@{domain}.example",
                ["merchantTransactionId"] = "*",
            });
        }

        foreach (var address in Addresses)
        {
            subscribers[address] = await World.PendingOf($"jane+sandbox-{address}", Once());
        }

        // A rate-limited site waits with all its calls. It is alone, so that the others get their own first answer.
        foreach (var wave in subscribers.GroupBy(it => it.Key.StartsWith("rate_limited", StringComparison.Ordinal)))
        {
            foreach (var (_, subscriber) in wave)
            {
                await World.Sandbox.ApproveAsync(subscriber.GatewayId);
            }

            await World.UntilIdle();
        }

        await LookAsync("at once");

        foreach (var (duration, moment) in new[]
        {
            ("PT7M", "after the first look-up"), ("PT2H", "after the second look-up"), ("P20D", "at the end")
        })
        {
            await World.AdvanceAsync(duration);
            await LookAsync(moment);
        }
    }

    private async Task LookAsync(string moment)
    {
        var captured = (await World.Sandbox.LedgerAsync())
            .OfType<JsonNode>()
            .Where(charge => (int)charge["captured"]! > 0)
            .Select(charge => (string)charge["merchantTransactionId"]!)
            .ToHashSet();

        foreach (var (address, subscriber) in subscribers)
        {
            var payments = await subscriber.Payments();
            Seen[address] = [.. Seen.GetValueOrDefault(address, []), payments[0]];
            Contradictions.AddRange(payments
                .Where(
                    payment => (string)payment["status"]! is "charged" or "failed"
                        && captured.Contains((string)payment["merchantTransactionId"]!)
                            != ((string)payment["status"]! == "charged"))
                .Select(payment => $"{address} {moment}: {payment.ToJsonString()}"));
        }
    }
}

internal static class Addressed
{
    /// <summary>A customer of that e-mail address, not approved yet.</summary>
    public static async Task<Subscriber> PendingOf(
        this World world, string email, JsonObject? schedule = null, string? merchantPreapprovalId = null)
    {
        var name = merchantPreapprovalId ?? $"sub-{Guid.NewGuid():N}";
        var reply = await world.Storefront.PostBodyAsync(
            "v1/preapprovals",
            Subscriber.Request(name, schedule: schedule).With("Preapproval.Customer.Email", $"\"{email}\""));
        Assert.True(reply.Status == HttpStatusCode.Created, $"{email}: {(int)reply.Status} {reply.Text}");
        var view = JsonNode.Parse(await world.Storefront.GetStringAsync(
            $"v1/subscriptions?merchantPreapprovalId={name}"))!["subscriptions"]![0]!;

        return new Subscriber(world, (int)reply.Preapproval["ID"]!, (Guid)view["id"]!, name);
    }
}
