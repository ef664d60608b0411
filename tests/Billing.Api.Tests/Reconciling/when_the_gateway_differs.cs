using System.Text.Json.Nodes;
using Billing.Api.Hosting.Sites;
using Billing.Api.Mandates;
using Billing.Api.Reconciliation;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;
using Marten;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Reconciling;

public sealed class ComparedWorld : SharedWorld
{
    protected override Dictionary<string, string?> Settings => new(base.Settings) { ["Drift__CallsPerSecond"] = "500" };
}

/// <summary>Reconciliation finds what no notification reported.</summary>
public class when_the_gateway_differs(ComparedWorld shared) : IClassFixture<ComparedWorld>
{
    private readonly World world = shared.World;

    [Fact]
    public async Task a_success_without_a_notification_or_a_retry_is_found()
    {
        var subscriber = await world.OpenMeeting("decline", code: 12);
        await world.UntilIdle();
        Assert.Equal(
            "declined_for_good", (string)Assert.Single(await subscriber.EventsOf("retries_exhausted"))["Reason"]!);
        await SilentlyAsync(subscriber, 2);
        await world.AdvanceAsync("PT1H");

        await WalkAsync(heal: false);
        Assert.Equal(["failed"], await subscriber.Statuses());
        Assert.EndsWith(".status", Assert.Single((await subscriber.View())["drift"]!.AsArray())!.ToString());

        Assert.True((await WalkAsync(heal: true)).Healed > 0);
        Assert.Equal(["charged"], await subscriber.Statuses());
        Assert.Equal("LookUp", (string)Assert.Single(await subscriber.EventsOf("payment_charged"))["LearntFrom"]!);
        Assert.Equal(["drift_found", "payment_charged", "drift_healed"], (await subscriber.Story())[^3..]);
        Assert.Empty((await subscriber.View())["drift"]!.AsArray());
    }

    [Fact]
    public async Task a_mandate_that_was_closed_without_a_word_is_closed_here()
    {
        var subscriber = await Subscriber.Open(world, Subscribers.Once());
        var theirs = await subscriber.AtGateway();
        theirs["Status"] = new JsonObject { ["ID"] = 4 };
        await world.Sandbox.PostAsync(
            "sandbox/fixtures", new JsonObject { ["Preapprovals"] = new JsonArray(theirs.DeepClone()) });

        await WalkAsync(heal: true);

        var view = await subscriber.View();
        Assert.Equal(("closed", "customer"), ((string)view["status"]!, (string)view["closedBy"]!));
        Assert.Empty(view["drift"]!.AsArray());
    }

    [Fact]
    public async Task a_payment_of_another_systems_id_is_listed_and_never_recorded()
    {
        var subscriber = await Subscriber.Open(world, Subscribers.Once());
        var strange = $"shop-{subscriber.GatewayId}";
        await PaymentAsync(
            subscriber,
            new JsonObject { ["MerchantTransactionID"] = strange, ["Status"] = new JsonObject { ["ID"] = 2 } });
        await world.AdvanceAsync("PT1H");

        var reply = await world.Billing("audit", "drift", "--site", "30201", "--heal");

        reply.Ended(1).With("audit drift: ").With("open");
        Assert.Matches($@"payment \d+ \({strange}\) +existence +not_recorded_here +status 2 ", reply.Output);
        Assert.Equal(["charged"], await subscriber.Statuses());
        Assert.DoesNotContain("drift_found", await subscriber.Story());
        await world.QueryAsync<int>("delete from mt_doc_reconciliationstray");
    }

    [Fact]
    public async Task a_charge_of_a_skipped_date_that_only_the_gateway_has_is_recorded()
    {
        var subscriber = await Subscriber.Open(world, Subscriber.Schedule(unit: "week"));
        await world.UntilIdle();
        (await world.Storefront.PostAsync($"v1/subscriptions/{subscriber.Id}/pause", null)).EnsureSuccessStatusCode();
        await world.AdvanceAsync("P8D");
        var skipped = Assert.Single(await subscriber.EventsOf("charge_skipped"))["Period"]!["DueOn"]!
            .GetValue<string>();
        var lost = subscriber.ChargeId(skipped.Replace("-", "")[2..]);
        await PaymentAsync(subscriber, new JsonObject
        {
            ["MerchantTransactionID"] = lost, ["Status"] = new JsonObject { ["ID"] = 2 },
        });
        await world.AdvanceAsync("PT1H");

        await WalkAsync(heal: false);
        Assert.Equal(["charged"], await subscriber.Statuses());

        Assert.True((await WalkAsync(heal: true)).Healed > 0);
        var found = Assert.Single(await subscriber.Payments(), it => (string)it["merchantTransactionId"]! == lost);
        Assert.Equal(
            ("charged", "found_at_gateway", 4990),
            ((string)found["status"]!, (string)found["origin"]!, (int)found["netMinor"]!));
        Assert.Equal(skipped, (string)found["dueOn"]!);
        Assert.DoesNotContain(
            (await world.Services.GetRequiredService<OpenDifferences>().ListAsync("30201", 50, default)).Shown,
            difference => difference.Subject.Contains(lost));
        Assert.Equal(0, (await WalkAsync(heal: true)).Healed);
        await Witness.ProveRecordsAsync(world);
    }

    [Fact]
    public async Task what_differs_is_shown_with_both_values_until_the_customer_is_forgotten()
    {
        var subscriber = await Subscriber.Open(world, Subscribers.Once());
        var ours = await subscriber.AtGateway();
        var email = (string)ours["Customer"]!["Email"]!;
        await ShowsAsync("Description", "Another offer");
        await ShowsAsync("Email", "another.person@example.com", ours["Customer"]!.AsObject());

        var found = (await world.Billing("audit", "drift", "--site", "30201")).Ended(1).Without("healed");
        Assert.Matches(
            $@"subscription {subscriber.Id} +customer\.email +{email} +another\.person@example\.com +\d{{4}}-",
            found.Output);
        Assert.Matches($@"subscription {subscriber.Id} +description +\S.* +Another offer +\d{{4}}-", found.Output);
        found.With("DIFFERS").With("OURS").With("THE GATEWAY'S").With(" 0 no longer differ");

        await ShowsAsync("Email", email, ours["Customer"]!.AsObject());
        await WalkAsync(heal: false);
        Assert.Equal("Another offer", Assert.Single(await OpenAsync(subscriber)).Theirs);

        var customers = world.Services.GetRequiredService<ForgetCustomer>();
        Assert.True(await customers.RunAsync("30201", subscriber.Id, "Ada Byron", default));
        var forgotten = Assert.Single(await OpenAsync(subscriber));
        Assert.Equal(("description", "(its key is gone)"), (forgotten.Field, forgotten.Theirs));
        Assert.Equal(forgotten.Ours, forgotten.Theirs);

        async Task<IEnumerable<OpenDifference>> OpenAsync(Subscriber one) =>
            (await world.Services.GetRequiredService<OpenDifferences>().ListAsync("30201", 50, default))
            .Shown.Where(difference => difference.Subject == $"subscription {one.Id}");

        async Task ShowsAsync(string name, string value, JsonObject? within = null)
        {
            (within ?? ours.AsObject())[name] = value;
            await world.Sandbox.PostAsync(
                "sandbox/fixtures", new JsonObject { ["Preapprovals"] = new JsonArray(ours.DeepClone()) });
        }
    }

    [Fact]
    public async Task an_error_of_the_gateway_is_read_as_nothing()
    {
        var subscriber = await world.OpenMeeting("decline", code: 12);
        await world.UntilIdle();
        await SilentlyAsync(subscriber, 2);
        await world.AdvanceAsync("PT1H");
        var story = await subscriber.Story();

        await subscriber.Misbehave("read", "error_500", null);
        await subscriber.Misbehave("find", "error_500", null);
        var walk = await WalkAsync(heal: true);
        Assert.True(walk.Unasked >= 2, walk.ToString());
        Assert.Equal(story, await subscriber.Story());

        // The next walk asks again.
        await world.Sandbox.BehaveAsync();
        await WalkAsync(heal: true);
        Assert.Equal(["charged"], await subscriber.Statuses());
    }

    [Fact]
    public async Task a_run_that_was_cut_short_continues_where_it_stopped()
    {
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Subscriber.Pending(world)));
        var (log, now) = (world.Services.GetRequiredService<RunLog>(), await world.Sandbox.NowAsync());
        var all = await ComparableAsync(now.AddDays(-1));
        ReconciliationRun cut;

        // One node has compared two preapprovals. While it holds the lock no other continues.
        await using (await world.Services.GetRequiredService<SiteLock>()
            .TryTakeAsync(Reconciler.Work, "30201", default))
        {
            var begun = await log.BeginAsync(
                ReconciliationSchedule.Begin("30201", now.AddDays(-1), now, true, "test"),
                await log.FindAsync("30201", default), default);
            cut = (await log.SaveAsync(begun with { AfterPreapproval = all[1], ComparedPreapprovals = 2 }, default))!;
            Assert.Null(await Reconciler.ContinueAsync("30201", _ => { }, default));
        }

        // The service's own job may be the one that continues.
        await Reconciler.ContinueAsync("30201", _ => { }, default);
        await Waiting.Until("the run is done", async () => (await log.FindAsync("30201", default))!.IsDone);

        Assert.Equal(all.Length, (await log.FindAsync("30201", default))!.ComparedPreapprovals);
        Assert.Null(await log.SaveAsync(cut, default));
    }

    private async Task<Guid[]> ComparableAsync(DateTimeOffset since) => (await world.QueryAsync<Guid[]>(
        """
        select array_agg(preapproval_id order by preapproval_id) from subscriptions
        where tenant_id = '30201' and gateway_preapproval_id is not null and (closed_at is null or closed_at >= $1)
        """, since))!;

    private Reconciler Reconciler => world.Services.GetRequiredService<Reconciler>();

    private async Task<ReconciliationRun> WalkAsync(bool heal)
    {
        var now = await world.Sandbox.NowAsync();

        return await world.CompareAsync(ReconciliationSchedule.Begin("30201", now.AddDays(-7), now, heal, "test"));
    }

    private async Task SilentlyAsync(Subscriber subscriber, int statusId)
    {
        var ours = Assert.Single(await subscriber.Payments());
        await PaymentAsync(subscriber, new JsonObject
        {
            ["ID"] = (int)ours["gatewayPaymentId"]!, ["MerchantTransactionID"] = (string)ours["merchantTransactionId"]!,
            ["Status"] = new JsonObject { ["ID"] = statusId },
        });
    }

    private async Task PaymentAsync(Subscriber subscriber, JsonObject payment)
    {
        foreach (var (name, value) in new (string, JsonNode)[]
        {
            ("SiteID", 30201), ("MethodID", 46), ("PreapprovalID", subscriber.GatewayId), ("Amount", "4990"),
            ("Currency", "BRL")
        })
        {
            payment[name] = value;
        }

        await world.Sandbox.PostAsync("sandbox/fixtures", new JsonObject { ["Payments"] = new JsonArray(payment) });
    }
}
