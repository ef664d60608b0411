using Billing.EventStore;
using Billing.Messaging.Tests.Specs;

namespace Billing.Messaging.Tests;

public class when_enqueueing
{
    private readonly Guid id = Guid.CreateVersion7();

    [Fact]
    public async Task a_message_is_written_in_the_transaction_of_the_events_that_cause_it()
    {
        await using var world = await World.CreateAsync();

        var applied = await world.Bus.InvokeAsync(new RequestCall(id), new Metadata("conversation", "request"), default);

        Assert.Equal([new CallRequested()], applied.Events);
        Assert.Equal((1, new Counter(0, "")), (applied.Version, applied.State));
        Assert.True(await world.ScalarAsync<bool>("select m.xmin::text = e.xmin::text from messages m, mt_events e"));
        Assert.Equal($"network|call|30201|{id}|conversation|request", await world.ScalarAsync<string>(
            "select concat_ws('|', lane, name, tenant_id, stream_id, correlation_id, causation_id) from messages"));
    }

    [Fact]
    public async Task a_rollback_takes_events_and_messages_together()
    {
        await using var world = await World.CreateAsync();

        await using (var session = await world.Store.OpenSessionAsync(default))
        {
            var stream = await session.FetchForWritingAsync(Counting.Key(id), default);
            session.Append(stream, [new Counted(1)], new Metadata());
            world.Bus.EnqueueIn(session, [new Outgoing(new Call(id))], new Metadata());
            session.Also.Add("select 1/0");
            await Assert.ThrowsAsync<Npgsql.PostgresException>(() => session.CommitAsync(default));
        }

        Assert.Null(await world.CounterAsync(id));
        Assert.Equal(new MessagingStatus(0, 0, 0, 0), await world.StatusAsync());
    }

    [Fact]
    public async Task a_message_enqueued_in_a_session_comes_with_its_commit()
    {
        await using var world = await World.CreateAsync();

        await using var session = await world.Store.OpenSessionAsync(default);
        world.Bus.EnqueueIn(session, [new Outgoing(new Call(id))], new Metadata());
        Assert.Equal(0, (await world.StatusAsync()).WaitingDue);
        await session.CommitAsync(default);

        Assert.Equal(1, (await world.StatusAsync()).WaitingDue);
    }

    [Fact]
    public async Task a_message_enqueued_in_a_session_wakes_its_lane_once_it_is_committed()
    {
        await using var world = await World.CreateAsync(new MessagingOptions { PollMin = TimeSpan.FromHours(1), PollMax = TimeSpan.FromHours(1) });
        await world.PumpAsync();

        await using var session = await world.Store.OpenSessionAsync(default);
        world.Bus.EnqueueIn(session, [new Outgoing(new Count(id)), new Outgoing(new Call(id))], new Metadata());
        await Task.Delay(300);
        await session.CommitAsync(default);

        await world.UntilIdleAsync();
        Assert.Equal((1, 1), ((await world.CounterAsync(id))!.Total, (await world.CounterAsync(id))!.Answers.Length));
    }

    [Fact]
    public async Task a_derived_id_enqueued_twice_is_one_message()
    {
        await using var world = await World.CreateAsync();
        var derived = Guid.CreateVersion7();

        await world.EnqueueAsync(new Outgoing(new Count(id), Id: derived), new Outgoing(new Count(id), Id: derived));
        await world.EnqueueAsync(new Outgoing(new Count(id, By: 5), Id: derived));
        await world.PumpAsync();
        await world.UntilIdleAsync();

        Assert.Equal(1, (await world.CounterAsync(id))!.Total);
    }

    [Fact]
    public async Task a_rule_that_says_no_writes_nothing_and_comes_out()
    {
        await using var world = await World.CreateAsync();

        await Assert.ThrowsAsync<Refused>(() => world.Bus.InvokeAsync(new Count(id, Counting.Forbidden), new Metadata(), default));

        Assert.Null(await world.CounterAsync(id));
    }

    [Fact]
    public async Task many_callers_on_one_stream_that_does_not_exist_yet_all_count()
    {
        await using var world = await World.CreateAsync();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => world.Bus.InvokeAsync(new Count(id), new Metadata(), default)));

        Assert.Equal(8, (await world.CounterAsync(id))!.Total);
    }

    [Fact]
    public async Task a_message_without_a_handler_is_refused()
    {
        await using var world = await World.CreateAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => world.EnqueueAsync("what"));
        Assert.Throws<ArgumentException>(() => Counting.Handlers(world.OnCall).Handle("call", CounterJson.Default.Counted, (_, _, _) => throw new Refused("")));
    }
}
