using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Billing.Api.Operations.Audit;
using Billing.Api.Tests.Specs;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Auditing;

/// <summary>A month of traffic drawn from one seed; what must occur at least once is fixed.</summary>
public sealed class AMonthOfTraffic : OneWorld
{
    private const int DaysPerStep = 3;
    private readonly Random random = new(20260301);
    private readonly List<Subscriber> subscribers = [];
    private readonly List<AuditWhileWorking> audits = [];

    /// <summary>An audit that ran while the service charged and was notified.</summary>
    /// <param name="Progress">Of the streams, in the order in which it was reported.</param>
    /// <param name="Written">How many events were stored meanwhile.</param>
    public sealed record AuditWhileWorking(AuditReport Report, IReadOnlyList<AuditProgress> Progress, long Written);

    /// <summary>One or more for each step of the month.</summary>
    public IReadOnlyList<AuditWhileWorking> Audits => audits;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();

        await SubscribeAsync();

        for (var day = 0; day < 30; day += DaysPerStep)
        {
            await MisbehaveAsync(day);
            await ChangeSomethingAsync(day);
            var step = World.AdvanceAsync($"P{DaysPerStep}D");
            await AuditDuringAsync(step);
            await step;
            await RepeatNotificationsAsync();
        }

        await World.Sandbox.BehaveAsync();
        await World.UntilIdle();
    }

    private async Task AuditDuringAsync(Task step)
    {
        do
        {
            var (seen, before) = (new Reports(), await EventsAsync());
            var report = await World.Services.GetRequiredService<Auditor>().VerifyAsync(null, seen, default);
            audits.Add(new(report, seen, await EventsAsync() - before));
        }
        while (!step.IsCompleted);
    }

    private Task<long> EventsAsync() => World.QueryAsync<long>("select count(*) from mt_events");

    private async Task SubscribeAsync()
    {
        var schedules = new (int Method, JsonObject Schedule)[]
        {
            (46, Subscriber.Schedule(unit: "day", every: 2)),
            (46, Subscriber.Schedule(unit: "week", catchUp: "bill_all")),
            (46, Subscriber.Schedule()),
            (84, Subscriber.Schedule(990, "EUR", "week")),
            (84, Subscriber.Schedule(1990, "EUR", "day", 5, catchUp: "skip")),
            (1135, Subscriber.Schedule(1200, "KRW", "day", 4)),
            (46, Subscriber.Schedule(770, unit: "day", every: 6)),
        };

        subscribers.AddRange(
            await Task.WhenAll(schedules.Select(it => Subscriber.Pending(World, it.Schedule, it.Method))));

        foreach (var subscriber in subscribers)
        {
            await World.Sandbox.ApproveAsync(subscriber.GatewayId);
        }

        await World.UntilIdle();
    }

    private async Task MisbehaveAsync(int day)
    {
        var action = day switch
        {
            3 => "decline",
            6 => "act_then_500",
            9 => "pending_then_failure",
            15 => "garbled",
            _ =>
                random.Next(4) switch
                {
                    0 => "decline",
                    1 => "notify_first",
                    2 => "notify_twice",
                    _ => "failed_then_success"
                }
        };
        await World.Sandbox.MisbehaveAsync(
            new JsonObject { ["operation"] = "charge", ["action"] = action, ["times"] = day is 3 ? 3 : 1 });
    }

    private async Task ChangeSomethingAsync(int day)
    {
        var one = subscribers[random.Next(subscribers.Count - 1)];

        switch (day)
        {
            case 6:
                await PostAsync(subscribers[0], "pause");
                break;
            case 12:
                await PostAsync(subscribers[0], "resume");
                break;
            case 9:
                var patch = Subscriber.Request(
                    subscribers[1].MerchantPreapprovalId, schedule: Subscriber.Schedule(5990, unit: "week"));
                using (var changed = await World.Storefront.PatchAsJsonAsync(
                    $"v1/preapprovals/{subscribers[1].GatewayId}", patch))
                {
                    Assert.True(changed.IsSuccessStatusCode, await changed.Content.ReadAsStringAsync());
                }

                break;
            case 18:
                await World.Sandbox.CloseAsCustomerAsync(subscribers[2].GatewayId);
                break;
            case 21:
                using (var closed = await World.Storefront.DeleteAsync($"v1/preapprovals/{subscribers[^1].GatewayId}"))
                {
                    Assert.True(closed.IsSuccessStatusCode, await closed.Content.ReadAsStringAsync());
                }

                break;
            default:
                await one.Charge(
                    $"extra-{day}", 100 + day, one == subscribers[3] || one == subscribers[4] ? "EUR" : "BRL");
                break;
        }
    }

    private async Task PostAsync(Subscriber subscriber, string verb)
    {
        using var answer = await World.Storefront.PostAsync($"v1/subscriptions/{subscriber.Id}/{verb}", null);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    // Old ones again, the latest before the first.
    private async Task RepeatNotificationsAsync()
    {
        var sent = (await World.Sandbox.GetAsync("sandbox/notifications"))["notifications"]!
            .AsArray()
            .Select(it => (int)it!["id"]!)
            .ToArray();

        foreach (var id in random.GetItems(sent, Math.Min(sent.Length, 6)).OrderDescending())
        {
            await World.Sandbox.PostAsync($"sandbox/notifications/{id}/resend", null);
        }
    }

    // Reported by one thread at a time.
    private sealed class Reports : List<AuditProgress>, IProgress<AuditProgress>
    {
        public void Report(AuditProgress value) => Add(value);
    }
}
