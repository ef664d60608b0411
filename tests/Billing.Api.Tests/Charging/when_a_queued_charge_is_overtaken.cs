using System.Text.Json.Nodes;
using Billing.Api.Charging;
using Billing.Api.GlobalPay;
using Billing.Api.Notifying;
using Billing.Api.Resolving;
using Billing.Api.Tests.Specs;
using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.EventStore;
using Billing.Messaging;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Charging;

/// <summary>A submission waits in a backlog that nobody works off, and something happens to it before it is claimed for the first time.</summary>
/// <remarks>The gateway knows nothing of it: the mandate is open there, and whatever is sent is charged.</remarks>
public class when_a_queued_charge_is_overtaken
{
    private const string Order = "queued-1";

    [Fact]
    public async Task the_customer_closed_meanwhile_and_it_is_never_sent()
    {
        await using var world = await World.StartAsync();
        var subscriber = await QueuedAsync(world, async (parts, it) =>
        {
            var closed = new MandateReading(new GatewayMandate(it.GatewayId, null, null, 4, null, null), MandateStatus.Closed, Named(it), Nobody);
            var notification = new MatchNotification("30201", Guid.CreateVersion7(), it.Id, "Preapproval", it.MerchantPreapprovalId, null);
            await parts.GetRequiredService<MessageBus>().InvokeAsync(new RecordMandateNews(notification, closed, []), new Metadata(UserName: "gateway"), default);
        });

        Assert.Null(await world.Sandbox.LedgerAsync(Order));
        Assert.Equal(["stopped"], await subscriber.Statuses());
        Assert.Equal(["charge_requested", "preapproval_closed", "charge_stopped"], (await subscriber.Story())[^3..]);
        await Witness.ProveBooksAsync(world);
    }

    [Theory]
    [InlineData(MoneyState.Charged, "charged")]
    [InlineData(MoneyState.Failed, "failed")]
    public async Task an_operator_settled_it_meanwhile_and_it_is_never_sent(MoneyState outcome, string status)
    {
        await using var world = await World.StartAsync();
        var subscriber = await QueuedAsync(world, (parts, it) => parts.GetRequiredService<MessageBus>().InvokeAsync(
            new ResolveByOperator("30201", it.Id, Order, outcome, "maria", "Paid by bank transfer.", "statement-1"), new Metadata(UserName: "maria"), default));

        Assert.Null(await world.Sandbox.LedgerAsync(Order));
        Assert.Equal([status], await subscriber.Statuses());
        await Witness.ProveBooksAsync(world);
    }

    // Of eight nodes that see the same charge as unknown one asks, and another enqueues the same look-up again after it was made and the charge sent again over it.
    [Fact]
    public async Task a_look_up_of_the_send_before_comes_late_and_it_is_sent_without_being_asked_about()
    {
        await using var world = await World.StartAsync();
        var subscriber = await QueuedAsync(world, async (parts, it) =>
        {
            // A notification that outruns the answer is believed once the gateway was asked about it, too.
            await world.Sandbox.MisbehaveAsync(new JsonObject { ["operation"] = "notify", ["action"] = "lose_notification", ["merchantTransactionId"] = Order });
            var again = await parts.GetRequiredService<EventStore.EventStore>().WriteAsync(new StreamKey("30201", it.Id), SendAgain, default);
            var late = new LookUpCharge("30201", it.Id, Order, StreamVersion: 1, LookUp: 0, Send: 1);
            OutgoingMessages both = [new Outgoing(late, Id: late.MessageId), .. again];
            await parts.GetRequiredService<MessageBus>().EnqueueAsync(both, null, new Metadata(UserName: "resolver"), default);
        });

        Assert.Equal(["charge_requested", "payment_outcome_unknown", "charge_resent", "payment_charged"], (await subscriber.Story())[^4..]);
        Assert.DoesNotContain("looked_up", (await world.Sandbox.LedgerAsync(Order))!["events"]!.AsArray().Select(e => (string)e!["what"]!));
        await Witness.OneTruthAsync(world, subscriber);
    }

    [Fact]
    public async Task a_stop_of_the_send_before_comes_late_and_does_not_stop_the_one_on_its_way()
    {
        await using var world = await World.StartAsync();
        await QueuedAsync(world, async (parts, it) =>
        {
            var (store, key, lookUps) = (parts.GetRequiredService<EventStore.EventStore>(), new StreamKey("30201", it.Id), parts.GetRequiredService<Settings>().LookUps);
            await store.WriteAsync(key, SendAgain, default);
            var state = (Preapproval)(await store.AggregateAsync(key))!.State;

            Assert.Empty(RecordOutcomeHandler.Handle(new StopSubmission("30201", it.Id, Order, Send: 1, "closing"), state, lookUps, DateTimeOffset.UtcNow));
            Assert.NotEmpty(RecordOutcomeHandler.Handle(new StopSubmission("30201", it.Id, Order, Send: 2, "closing"), state, lookUps, DateTimeOffset.UtcNow));
        });
    }

    private static MandatePersonal Nobody => new(null, null, null, null, null, null);

    private static MandateTerms Named(Subscriber it) => new(it.MerchantPreapprovalId, 46, null, null, null, null, null, null, null);

    // Written while the service is down, so that its pump meets both at once when it comes back.
    private static async Task<Subscriber> QueuedAsync(World world, Func<IServiceProvider, Subscriber, Task> overtake)
    {
        var subscriber = await Subscriber.Open(world);
        await world.StopServiceAsync();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(world.Settings().ToDictionary(setting => setting.Key.Replace("__", ":"), setting => setting.Value)).Build();

        await using (var parts = new ServiceCollection().AddLogging().AddBilling(configuration).BuildServiceProvider())
        {
            await parts.GetRequiredService<StreamRequests>().StartAsync(new StreamKey("30201", subscriber.Id), null, [], Order, Charge, default);
            await overtake(parts, subscriber);
        }

        await world.StartServiceAsync();
        await world.UntilIdle();

        return subscriber;
    }

    private static OutgoingMessages SendAgain(Session session, WritableStream stream)
    {
        var (charge, now) = (((Preapproval)stream.State!).Charges[Order], DateTimeOffset.UtcNow);
        session.Append(stream, [new PaymentOutcomeUnknown(
            stream.Key.Id, charge.Id, charge.Amount, null, null, charge.Origin, charge.ProfileVersion, LearntFrom.Answer, "timeout", 0, now, now, null, now)], new Metadata());
        ChargeResent resent = new(stream.Key.Id, charge.Id, now);
        var again = Submissions.For("30201", (Preapproval)stream.State!, [resent]);
        session.Append(stream, [resent], new Metadata());

        return again;
    }

    private static (Events, OutgoingMessages)? Charge(Preapproval? state, DateTimeOffset now)
    {
        var events = PreapprovalDecider.ChargeNow(state!, Order, new Money(4990, "BRL"), null, null, null, now);

        return ([.. events], Submissions.For("30201", state!, events));
    }
}
