using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Billing.Api.Mandates;
using Billing.Api.Tests.Specs;
using Billing.Domain;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Simulating;

/// <summary>Actions of customers, merchant and banks during charges, accepted or not.</summary>
internal sealed class RandomActions(World world, IReadOnlyList<Customer> crowd, Random random)
{
    private readonly ConcurrentDictionary<long, int> courses = [];
    private int orders;
    private int refunds;

    /// <summary>A handful of them, not waited for by each other.</summary>
    public Task SomeAsync() =>
        Task.WhenAll(Enumerable.Range(0, random.Next(5))
            .Select(_ => OneAsync(crowd[random.Next(crowd.Count)], random.Next(100), random.Next()))
            .ToArray());

    private Task OneAsync(Customer it, int what, int draw) => what switch
    {
        < 3 => world.Sandbox.CloseAsCustomerAsync(it.GatewayId),
        < 6 => TryAsync(() => world.Storefront.DeleteAsync($"v1/preapprovals/{it.GatewayId}")),
        < 12 => TryAsync(() => world.Storefront.PatchAsJsonAsync($"v1/preapprovals/{it.GatewayId}", Dearer(it, draw))),
        < 15 => TryAsync(
            () => world.Storefront.PatchAsJsonAsync($"v1/preapprovals/{it.GatewayId}", OfAnotherInterval(it, draw))),
        < 17 => TryAsync(() => ForgetAsync(it)),
        < 20 => TryAsync(() => world.Storefront.PostAsync($"v1/subscriptions/{it.Id}/pause", null)),
        < 24 => TryAsync(() => PauseUntilAsync(it, draw)),
        < 33 => TryAsync(() => world.Storefront.PostAsync($"v1/subscriptions/{it.Id}/resume", null)),
        < 38 => TryAsync(() => world.Storefront.PostAsync($"v1/subscriptions/{it.Id}/skip", null)),
        < 42 => TryAsync(async () => await world.Storefront.PostAsync(
            $"v1/subscriptions/{await OneOfAsync("Unpaid", draw) ?? it.Id}/retry", null)),
        < 47 => TryAsync(() => PlanAsync(it, draw)),
        < 49 => TryAsync(async () => await world.Storefront.DeleteAsync(
            $"v1/subscriptions/{await OneOfAsync("Planned", draw) ?? it.Id}/schedule/planned")),
        < 56 => TryAsync(() => ChargeNowAsync(it, draw)),
        < 65 => TryAsync(() => RefundAsync(draw)),
        < 83 => AfterwardsAsync(draw),
        _ => RepeatAsync(draw),
    };

    private static JsonObject Dearer(Customer it, int draw)
    {
        var request = it.Request.DeepClone().AsObject();
        request["Preapproval"]!["Description"] = "dearer";
        request["Preapproval"]!["Schedule"]!["AmountMinor"] = 100 * (10 + (draw % 5000));
        request["Preapproval"]!["Schedule"]!["FirstDueOn"] = null;

        return request;
    }

    private static JsonObject OfAnotherInterval(Customer it, int draw)
    {
        var request = Dearer(it, draw);
        var schedule = request["Preapproval"]!["Schedule"]!;
        (schedule["Unit"], schedule["Every"]) =
            (draw % 5) switch { 0 => ("year", 1), 1 => ("month", 3), 2 => ("week", 3), _ => ("month", 1) };
        schedule["Periods"] = draw % 3 == 0 ? 6 + (draw % 30) : null;

        return request;
    }

    // A price, an interval or a number of periods, from a day to come.
    private async Task<HttpResponseMessage> PlanAsync(Customer it, int draw)
    {
        var change = (draw % 4) switch
        {
            0 => new JsonObject { ["unit"] = "month", ["every"] = 1 + (draw % 3) },
            1 => new JsonObject { ["periods"] = 6 + (draw % 30), ["amountMinor"] = 100 * (10 + (draw % 5000)) },
            _ => new JsonObject { ["amountMinor"] = 100 * (10 + (draw % 5000)) },
        };
        change["effectiveOn"] = await DayAsync(1 + (draw % 60));

        return await world.Storefront.PostAsJsonAsync($"v1/subscriptions/{it.Id}/schedule", change);
    }

    private async Task<HttpResponseMessage> PauseUntilAsync(Customer it, int draw) =>
        await world.Storefront.PostAsJsonAsync($"v1/subscriptions/{it.Id}/pause", new JsonObject
        {
            ["until"] = await DayAsync(1 + (draw % 70)), ["periods"] = draw % 2 == 0 ? "skip" : "collect",
        });

    // An open subscription of which something is known: most others would only be refused.
    private Task<Guid?> OneOfAsync(string known, int draw) => world.QueryAsync<Guid?>(
        "select id from mt_doc_subscription where status = 'Open' and data -> $1 is not null "
        + "order by md5(id::text || $2) limit 1", known, $"{draw}");

    private async Task<string> DayAsync(int days) => $"{(await world.Sandbox.NowAsync()).AddDays(days):yyyy-MM-dd}";

    private async Task<HttpResponseMessage> ForgetAsync(Customer it)
    {
        await world.Services.GetRequiredService<ForgetCustomer>().RunAsync("30201", it.Id, "simulation", default);

        return new HttpResponseMessage();
    }

    private Task<HttpResponseMessage> ChargeNowAsync(Customer it, int draw) =>
        world.Storefront.PostAsJsonAsync("v1/payments/recurrent", new JsonObject
        {
            ["Payment"] = new JsonObject
            {
                ["PreapprovalID"] = it.GatewayId,
                ["MerchantTransactionID"] = $"order-{Interlocked.Increment(ref orders)}",
                ["Amount"] = 100 * (1 + (draw % 900)), ["Currency"] = it.Currency,
                ["Description"] = "extra",
                ["BillingAddress"] =
                    new JsonObject { ["Country"] = (string)it.Request["Preapproval"]!["BillingAddress"]!["Country"]! },
            },
        });

    // All of it, or half: a won has no hundredths.
    private async Task<HttpResponseMessage> RefundAsync(int draw)
    {
        if (await PaidAsync(draw) is not [var payment, var hundredths])
        {
            return new HttpResponseMessage();
        }

        return await world.Storefront.PostAsJsonAsync($"v1/payments/{payment}/refunds", new JsonObject
        {
            ["Refund"] = new JsonObject
            {
                ["MerchantTransactionID"] = $"refund-{Interlocked.Increment(ref refunds)}",
                ["Amount"] = draw % 2 == 0 ? hundredths : hundredths / 200 * 100,
            },
        });
    }

    // Reversed, disputed and won or lost, charged back.
    private async Task AfterwardsAsync(int draw)
    {
        if (await PaidAsync(draw) is not [var payment, _])
        {
            return;
        }

        int[] statuses = (draw % 5) switch { 0 => [26], 1 => [19, 23], 2 => [19, 24], _ => [16] };

        foreach (var status in statuses)
        {
            await world.Sandbox.PostAsync(
                $"sandbox/payments/{payment}/status", new JsonObject { ["statusId"] = status });
        }
    }

    // The gateway's id and the hundredths of a payment to which nothing has happened since: one course a payment,
    // because a read shows only the last status.
    private async Task<long[]?> PaidAsync(int draw)
    {
        var paid = await world.QueryAsync<long[]>(
            """
            select array[gateway_payment_id::bigint, amount_minor * case currency when 'KRW' then 100 else 1 end]
            from payment_history
            where status = 'charged' and facts is null and gateway_payment_id is not null
            order by md5(merchant_transaction_id || $1) limit 1
            """,
            $"{draw}");

        return paid is not null && courses.TryAdd(paid[0], draw) ? paid : null;
    }

    private async Task RepeatAsync(int draw)
    {
        using var answer = await world.Sandbox.Http.PostAsync(
            $"sandbox/notifications/{1 + (draw % 3000)}/resend", null);
    }

    private static async Task TryAsync(Func<Task<HttpResponseMessage>> ask)
    {
        try
        {
            using var answer = await ask();
        }
        catch (Exception e) when (e is HttpRequestException or RuleViolation)
        {
            // The node was restarted over it, or refused it.
        }
    }
}
