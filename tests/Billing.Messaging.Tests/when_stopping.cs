using Billing.Messaging.Tests.Specs;

namespace Billing.Messaging.Tests;

public class when_stopping
{
    private readonly Guid id = Guid.CreateVersion7();

    [Fact]
    public async Task a_call_under_way_is_waited_for_and_recorded()
    {
        await using var world = await World.CreateAsync();
        var (called, gate) = (new TaskCompletionSource(), new TaskCompletionSource<HandlerResult>());
        world.OnCall = (_, _, _) =>
        {
            called.SetResult();
            return gate.Task;
        };
        await world.EnqueueAsync(new Call(id));
        var pump = await world.PumpAsync();
        await called.Task;

        var stop = pump.StopAsync(default);
        await world.EnqueueAsync(new Call(id));
        Assert.False(stop.IsCompleted);
        gate.SetResult(new HandlerResult.Apply(new RecordAnswer(id, "in time")));
        await stop;

        Assert.Equal("in time", (await world.CounterAsync(id))!.Answers);
        Assert.Equal(new MessagingStatus(WaitingDue: 1, Scheduled: 0, Sending: 0, Dead: 0), await world.StatusAsync());
    }

    [Theory]
    [InlineData("call")]
    [InlineData("count")]
    public async Task what_was_claimed_but_never_started_is_handed_back(string name)
    {
        MessagePump? pump = null;
        Task? stop = null;
        await using var world = await World.CreateAsync(new MessagingOptions
        {
            Failpoint = point => stop ??= point == $"{name}:claimed" ? pump!.StopAsync(default) : null,
        });
        world.OnCall = (_, _, _) => throw new InvalidOperationException("must not be called");
        pump = await world.PumpAsync();

        await world.EnqueueAsync(name == "call" ? new Call(id) : new Count(id));
        await World.UntilAsync(() => Task.FromResult(stop is not null));
        await stop!;

        Assert.Equal(new MessagingStatus(WaitingDue: 1, Scheduled: 0, Sending: 0, Dead: 0), await world.StatusAsync());
        Assert.Equal("0 0", await world.ScalarAsync<string>("select concat_ws(' ', claims, attempts) from messages"));
        Assert.Equal(1, Assert.Single(await world.Inbox(name == "call" ? Lanes.Network : Lanes.Aggregate).ClaimAsync(1, default)).Claims);
    }

    [Fact]
    public async Task a_call_that_takes_too_long_is_cut_off_and_left_to_its_lease()
    {
        await using var world = await World.CreateAsync(new MessagingOptions { DrainTimeout = TimeSpan.FromMilliseconds(20) });
        var called = new TaskCompletionSource();
        world.OnCall = async (_, _, ct) =>
        {
            called.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, ct);
            return new HandlerResult.Done();
        };
        await world.EnqueueAsync(new Call(id));
        var pump = await world.PumpAsync();
        await called.Task;

        await pump.StopAsync(default);

        Assert.Equal(new MessagingStatus(WaitingDue: 0, Scheduled: 0, Sending: 1, Dead: 0), await world.StatusAsync());
        Assert.Equal("1 0", await world.ScalarAsync<string>("select concat_ws(' ', claims, attempts) from messages"));
    }
}
