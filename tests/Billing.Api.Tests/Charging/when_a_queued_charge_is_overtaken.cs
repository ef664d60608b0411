using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Charges;
using Billing.Api.Hosting.Outbound;
using Billing.Api.Hosting.Streams;
using Billing.Api.Operations;
using Billing.Api.Tests.Specs;
using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Charging;

public sealed class QueueingWorld : SharedWorld
{
    // A close waits for one time-out, and is answered before the send window of an earlier charge is over.
    protected override Dictionary<string, string?> Settings => new(base.Settings)
    {
        ["Gateway__TimeoutSeconds"] = "5", ["Charging__SendWindowSeconds"] = "20",
    };
}

/// <summary>A committed charge waits to be sent, and something happens to it before the last check.</summary>
/// <remarks>The gateway knows nothing of it: the mandate is open there, and a charge that is sent is charged.</remarks>
[Keeps(Promise.ClosedIsNotCharged)]
public class when_a_queued_charge_is_overtaken(QueueingWorld shared) : IClassFixture<QueueingWorld>
{
    private readonly World world = shared.World;

    [Theory]
    [InlineData("closed-1", true)]
    [InlineData("closed-2", false)]
    public async Task the_customer_closed_meanwhile_and_it_is_never_sent(string id, bool isInMemory)
    {
        var (subscriber, page) = await QueuedAsync(id, isInMemory: isInMemory);
        var shown = new MandateSnapshot(
            new GatewayMandate(subscriber.GatewayId, null, null, 4, null, null), MandateStatus.Closed,
            new MandateTerms(subscriber.MerchantPreapprovalId, 46, null, null, null, null, null, null, null),
            new MandatePersonal(null, null, null, null, null, null));
        await DecideAsync(
            subscriber,
            (state, now) => PreapprovalDecider.RecordMandate(
                state, shown, [], LearntFrom.Notification, "Etc/UTC", now));

        await SendAsync(page);

        Assert.Null(await world.Sandbox.LedgerAsync(id));
        Assert.Equal(["stopped"], await subscriber.Statuses());
        Assert.Equal(["charge_requested", "preapproval_closed", "charge_stopped"], (await subscriber.Story())[^3..]);
        await Witness.ProveRecordsAsync(world);
    }

    [Fact]
    public async Task the_storefronts_close_was_answered_meanwhile_and_the_receipt_says_that_it_was_stopped()
    {
        Subscriber[] subscribers = [await Subscriber.Open(world), await Subscriber.Open(world)];
        SubmitCharges[] pages =
        [
            await QueuedAsync(subscribers[0], "answered-1"),
            await QueuedAsync(subscribers[1], "answered-2", isInMemory: false),
        ];

        foreach (var (status, body) in await Task.WhenAll(subscribers.Select(it => it.Close())))
        {
            Assert.True(status == HttpStatusCode.OK, body);
        }

        foreach (var (subscriber, page) in subscribers.Zip(pages))
        {
            await SendAsync(page);

            Assert.Null(await world.Sandbox.LedgerAsync(page.Charges[0].MerchantTransactionId));
            Assert.Equal(["stopped"], await subscriber.Statuses());
            var receipt = (await world.Storefront.ReadAsync($"v1/subscriptions/{subscriber.Id}/closing")).Json;
            var charge = Assert.Single(receipt["charges"]!.AsArray())!;
            Assert.Equal(
                ("closed", "stopped", "stopped"),
                ((string)receipt["standing"]!, (string)charge["atClose"]!, (string)charge["now"]!));
            Assert.EndsWith("was stopped before it was sent.", (string)charge["sentence"]!, StringComparison.Ordinal);
        }

        await Witness.ProveRecordsAsync(world);
    }

    [Theory]
    [InlineData(MoneyState.Charged, "charged")]
    [InlineData(MoneyState.Failed, "failed")]
    public async Task an_operator_settled_it_meanwhile_and_it_is_never_sent(MoneyState outcome, string status)
    {
        var id = $"settled-{status}";
        var (subscriber, page) = await QueuedAsync(id);
        await world.Services.GetRequiredService<OperatorDecisions>().SetChargeAsync(
            "30201", id, outcome, new OperatorReason("maria", "Paid by bank transfer.", "statement-1"), default);

        await SendAsync(page);

        Assert.Null(await world.Sandbox.LedgerAsync(id));
        Assert.Equal([status], await subscriber.Statuses());
        await Witness.ProveRecordsAsync(world);
    }

    [Fact]
    public async Task it_was_sent_again_meanwhile_and_the_page_of_the_first_send_sends_and_stops_nothing()
    {
        var (subscriber, page) = await QueuedAsync("again-1");
        await DecideAsync(subscriber, (state, now) =>
        {
            var charge = state.Charges["again-1"];

            return [
                new ChargeResent(state.Id, charge.Id, DateTimeOffset.UtcNow, now),
                new CloseRequested(state.Id, DateTimeOffset.UtcNow, now),
            ];
        });
        var story = await subscriber.Story();

        await SendAsync(page);

        Assert.Null(await world.Sandbox.LedgerAsync("again-1"));
        Assert.Equal(story, await subscriber.Story());
    }

    [Fact]
    public async Task its_window_is_over_and_it_is_recorded_as_not_sent()
    {
        var (subscriber, page) = await QueuedAsync("late-1", TimeSpan.FromSeconds(22));

        await SendAsync(page);

        Assert.Equal(
            PreapprovalDecider.NotSentReason,
            (string)Assert.Single(await subscriber.EventsOf("charge_stopped"))["Reason"]!);
        await world.UntilIdle();
        Assert.Equal(["charged"], await subscriber.Statuses());
        Assert.Equal(1, await subscriber.Received("late-1"));
        await Witness.OneTruthAsync(world, subscriber);
    }

    [Fact]
    public async Task another_window_is_another_send_and_the_page_sends_and_records_nothing()
    {
        var (subscriber, page) = await QueuedAsync("window-1");
        var story = await subscriber.Story();

        await SendAsync(page with { Window = page.Window with { Start = page.Window.Start.AddMilliseconds(1) } });

        Assert.Null(await world.Sandbox.LedgerAsync("window-1"));
        Assert.Equal(story, await subscriber.Story());
    }

    [Fact]
    public async Task a_charge_on_demand_is_stopped_by_a_close_too()
    {
        var (subscriber, page) = await QueuedAsync("demand-1");
        await DecideAsync(subscriber, (state, now) => [new CloseRequested(state.Id, DateTimeOffset.UtcNow, now)]);

        await world.Services.GetRequiredService<ChargeCalls>()
            .SendAsync("30201", subscriber.Id, "demand-1", page.Window);

        Assert.Null(await world.Sandbox.LedgerAsync("demand-1"));
        Assert.Contains("charge_stopped", await subscriber.Story());
    }

    // As the sweep commits it; the service's resolver leaves it alone while its window is open.
    private async Task<(Subscriber, SubmitCharges)> QueuedAsync(
        string id, TimeSpan age = default, bool isInMemory = true)
    {
        var subscriber = await Subscriber.Open(world);

        return (subscriber, await QueuedAsync(subscriber, id, age, isInMemory));
    }

    private async Task<SubmitCharges> QueuedAsync(
        Subscriber subscriber, string id, TimeSpan age = default, bool isInMemory = true)
    {
        var window = SendWindow.Open(TimeProvider.System) with { Start = DateTimeOffset.UtcNow - age };
        var decided = await DecideAsync(
            subscriber,
            (state, now) => PreapprovalDecider.ChargeNow(
                state, id, new Money(4990, "BRL"), null, null, null, now, window.Start));

        var charge = new ChargeToSend(subscriber.Id, id)
        {
            Decided = isInMemory ? new(decided.State!, decided.Version) : null,
        };

        return new SubmitCharges(Guid.NewGuid(), "30201", [charge], ProcessIdentity.Current, window);
    }

    private async Task<Decided> DecideAsync(
        Subscriber subscriber, Func<Preapproval, DateTimeOffset, IReadOnlyList<PreapprovalEvent>> rule)
    {
        var now = await world.Sandbox.NowAsync();

        return await world.Services.GetRequiredService<PreapprovalDecisions>().DecideAsync(
            "30201", subscriber.Id, new EventSource("test"), state => rule(state!, now));
    }

    private async Task SendAsync(SubmitCharges page)
    {
        // A sweep holds free calls for as long as it looks for due dates.
        var calls = world.Services.GetRequiredService<CallsUnderWay>();
        await Subscribers.Until(() => Task.FromResult(calls.Reserve(page.Id, 1) == 1));
        await SubmitChargesHandler.Handle(page, world.Services.GetRequiredService<ChargeCalls>());
    }
}
