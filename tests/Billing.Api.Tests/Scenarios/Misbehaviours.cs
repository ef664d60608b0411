using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;
using static Billing.Api.Tests.Charging.Subscribers;

namespace Billing.Api.Tests.Scenarios;

/// <summary>Every scenario of docs/sandbox-scenarios.md met at once, each by a customer whose address names it, and looked at as business time goes on.</summary>
/// <remarks>At lost.example no notification of a payment arrives, at forged.example one with wrong credentials comes ahead, at old.example it says the status before.</remarks>
public sealed class Misbehaviours : SharedWorld
{
    /// <summary>What the table of scenarios lists, and what is tried of it: the address behind the +sandbox-.</summary>
    public static readonly string[] Addresses =
    [
        "decline@told.example", "decline@forged.example", "decline_for_good@told.example", "refuse@lost.example",
        "timeout@lost.example", "act_then_timeout@lost.example", "reset@lost.example", "act_then_reset@lost.example", "error_500@lost.example", "act_then_500@lost.example", "act_then_500@told.example",
        "rate_limited-30@lost.example", "slow-300@lost.example", "garbled@lost.example", "garbled@told.example", "html@lost.example",
        "another_payment@lost.example", "another_payment@told.example", "wrong_amount@lost.example", "wrong_amount@told.example", "unknown_status@lost.example", "null_status@lost.example", "answered_twice@lost.example", "duplicate_code@lost.example",
        "pending_then_success-2@told.example", "pending_then_success-2@old.example", "pending_then_failure-2@told.example", "failed_then_success-0.5@told.example",
        "notify_first-200@told.example", "notify_twice@told.example", "notify_late-2@told.example", "notify_reordered@told.example", "lose_notification@told.example", "notify_old@told.example", "notify_forged@told.example",
        "not_found_first@lost.example",
    ];

    private readonly Dictionary<string, Subscriber> subscribers = [];

    /// <summary>The first payment of each: as it was at once, after the first look-up, after the second, and at the end.</summary>
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

        foreach (var (domain, action) in new[] { ("lost", "lose_notification"), ("old", "notify_old"), ("forged", "notify_forged") })
        {
            // Of payments only: a preapproval has no MerchantTransactionID.
            await World.Sandbox.MisbehaveAsync(new JsonObject { ["operation"] = "notify", ["action"] = action, ["email"] = $"*@{domain}.example", ["merchantTransactionId"] = "*" });
        }

        foreach (var address in Addresses)
        {
            subscribers[address] = await World.PendingOf($"jane+sandbox-{address}", Once());
        }

        // A site that is told to wait, waits with all its calls: alone, so that the others' first answer is their own.
        foreach (var wave in subscribers.GroupBy(it => it.Key.StartsWith("rate_limited", StringComparison.Ordinal)))
        {
            foreach (var (_, subscriber) in wave)
            {
                await World.Sandbox.ApproveAsync(subscriber.GatewayId);
            }

            await World.UntilIdle();
        }

        await LookAsync("at once");

        foreach (var (duration, moment) in new[] { ("PT7M", "after the first look-up"), ("PT2H", "after the second look-up"), ("P20D", "at the end") })
        {
            await World.AdvanceAsync(duration);
            await LookAsync(moment);
        }
    }

    private async Task LookAsync(string moment)
    {
        var captured = (await World.Sandbox.LedgerAsync()).OfType<JsonNode>().Where(charge => (int)charge["captured"]! > 0).Select(charge => (string)charge["merchantTransactionId"]!).ToHashSet();

        foreach (var (address, subscriber) in subscribers)
        {
            var payments = await subscriber.Payments();
            Seen[address] = [.. Seen.GetValueOrDefault(address, []), payments[0]];
            Contradictions.AddRange(payments
                .Where(payment => (string)payment["status"]! is "charged" or "failed" && captured.Contains((string)payment["merchantTransactionId"]!) != ((string)payment["status"]! == "charged"))
                .Select(payment => $"{address} {moment}: {payment.ToJsonString()}"));
        }
    }
}

internal static class Addressed
{
    /// <summary>A customer of that e-mail address, not approved yet.</summary>
    public static async Task<Subscriber> PendingOf(this World world, string email, JsonObject? schedule = null, string? merchantPreapprovalId = null)
    {
        var name = merchantPreapprovalId ?? $"sub-{Guid.NewGuid():N}";
        var said = await world.Storefront.PostBodyAsync("v1/preapprovals", Subscriber.Request(name, schedule: schedule).With("Preapproval.Customer.Email", $"\"{email}\""));
        Assert.True(said.Status == HttpStatusCode.Created, $"{email}: {(int)said.Status} {said.Text}");
        var view = JsonNode.Parse(await world.Storefront.GetStringAsync($"v1/subscriptions?merchantPreapprovalId={name}"))!["subscriptions"]![0]!;

        return new Subscriber(world, (int)said.Preapproval["ID"]!, (Guid)view["id"]!, name);
    }
}
