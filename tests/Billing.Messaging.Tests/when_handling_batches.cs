using Billing.Messaging.Tests.Specs;

namespace Billing.Messaging.Tests;

public class when_handling_batches
{
    [Fact]
    public async Task many_streams_are_one_commit()
    {
        await using var world = await World.CreateAsync();
        var ids = Enumerable.Range(0, 100).Select(_ => Guid.CreateVersion7()).ToArray();

        await world.EnqueueAsync([.. ids.Select(id => new RequestCall(id))]);
        world.OnCall = (_, _, _) => Task.FromResult<HandlerResult>(new HandlerResult.Done());
        await world.PumpAsync();
        await world.UntilIdleAsync();

        Assert.Equal(100, await world.ScalarAsync<long>("select count(*) from mt_events"));
        Assert.Equal(1, await world.ScalarAsync<long>("select count(distinct transaction_id) from mt_events"));
    }

    [Fact]
    public async Task commands_of_one_stream_fold_in_the_order_they_were_enqueued()
    {
        await using var world = await World.CreateAsync();
        var id = Guid.CreateVersion7();

        // Only the first two see a total below 8; enqueued the other way round it would be 20, then nothing.
        await world.EnqueueAsync(new Count(id, 5, Limit: 8), new Count(id, 5, Limit: 8), new Count(id, 20, Limit: 8));
        await world.PumpAsync();
        await world.UntilIdleAsync();

        Assert.Equal(10, (await world.CounterAsync(id))!.Total);
        Assert.Equal(1, await world.ScalarAsync<long>("select count(distinct transaction_id) from mt_events"));
    }

    [Fact]
    public async Task events_and_messages_name_the_message_that_caused_them()
    {
        await using var world = await World.CreateAsync();
        var (id, message) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        Delivery? seen = null;
        world.OnCall = (_, delivery, _) =>
        {
            seen = delivery;
            return Task.FromResult<HandlerResult>(new HandlerResult.Apply(new RecordAnswer(id, "yes"), new(CausationId: "answer-7", UserName: "gateway")));
        };

        await world.EnqueueAsync(new Outgoing(new RequestCall(id), Id: message));
        await world.PumpAsync();
        await world.UntilIdleAsync();

        var events = await world.Store.ReadStreamAsync(Counting.Key(id));
        Assert.Equal(("conversation", $"{message}", "message:request_call"), (events[0].CorrelationId, events[0].CausationId, events[0].UserName));
        Assert.Equal(("conversation", $"{message}"), (seen!.CorrelationId, seen.CausationId));
        Assert.Equal(("conversation", "answer-7", "gateway"), (events[1].CorrelationId, events[1].CausationId, events[1].UserName));
    }

    [Fact]
    public async Task a_poison_message_falls_out_alone()
    {
        await using var world = await World.CreateAsync(new MessagingOptions { RetryLadder = [TimeSpan.FromHours(1)] });
        var ids = Enumerable.Range(0, 20).Select(_ => Guid.CreateVersion7()).ToArray();

        await world.EnqueueAsync([.. ids.Select((id, i) => new Count(id, i == 7 ? Counting.Poison : 1))]);
        await world.PumpAsync();
        await World.UntilAsync(async () => await world.StatusAsync() is { WaitingDue: 1, Sending: 0 });

        Assert.Equal(19, await world.ScalarAsync<long>("select count(*) from mt_events"));
        Assert.Equal(1, await world.ScalarAsync<int>("select attempts from messages"));
    }
}
