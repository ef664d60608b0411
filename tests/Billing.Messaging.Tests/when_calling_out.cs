using System.Collections.Concurrent;
using Billing.EventStore;
using Billing.Messaging.Tests.Specs;

namespace Billing.Messaging.Tests;

public class when_calling_out
{
    private readonly Guid id = Guid.CreateVersion7();

    [Fact]
    public async Task the_answer_is_recorded_in_the_commit_that_finishes_the_message()
    {
        await using var world = await World.CreateAsync();
        await world.PumpAsync();

        await world.Bus.InvokeAsync(new RequestCall(id), new Metadata(), default);
        await world.UntilIdleAsync();

        Assert.Equal(new Counter(0, "1"), await world.CounterAsync(id));
        Assert.Equal(0, await world.ScalarAsync<long>("select count(*) from messages"));
    }

    [Fact]
    public async Task what_was_provably_never_sent_comes_back_as_a_first_delivery()
    {
        await using var world = await World.CreateAsync();
        ConcurrentQueue<int> claims = [];
        world.OnCall = (_, delivery, _) =>
        {
            claims.Enqueue(delivery.Claims);
            return Task.FromResult<HandlerResult>(claims.Count == 1 ? new HandlerResult.HandBack(TimeSpan.FromMilliseconds(1), "rate_limit") : new HandlerResult.Done());
        };

        await world.EnqueueAsync(new Call(id));
        await world.PumpAsync();
        await world.UntilIdleAsync();

        Assert.Equal([1, 1], claims);
        Assert.Equal(1, world.Log.Count("rate_limit"));
    }

    [Fact]
    public async Task no_more_is_claimed_than_can_be_sent_now()
    {
        await using var world = await World.CreateAsync(new MessagingOptions { MaxInFlight = 3 });
        var gate = new TaskCompletionSource<HandlerResult>();
        var (under, most, all) = (0, 0, 0);
        world.OnCall = async (_, _, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref under));
            Interlocked.Increment(ref all);
            var result = await gate.Task;
            Interlocked.Decrement(ref under);
            return result;
        };

        await world.EnqueueAsync([.. Enumerable.Range(0, 10).Select(_ => new Call(id))]);
        await world.PumpAsync();
        await World.UntilAsync(() => Task.FromResult(under == 3));
        Assert.Equal(new MessagingStatus(WaitingDue: 7, Scheduled: 0, Sending: 3, Dead: 0), await world.StatusAsync());

        gate.SetResult(new HandlerResult.Done());
        await world.UntilIdleAsync();
        Assert.Equal((10, 3), (all, most));
    }

    [Fact]
    public async Task a_call_that_outlives_its_lease_is_cancelled_and_delivered_again()
    {
        await using var world = await World.CreateAsync(new MessagingOptions { Lease = TimeSpan.FromSeconds(1), RetryLadder = [.. Enumerable.Repeat(TimeSpan.Zero, 50)] });
        world.OnCall = async (call, delivery, ct) =>
        {
            await Task.Delay(delivery.IsFirst ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, ct);
            return new HandlerResult.Apply(new RecordAnswer(call.Id, "asked"));
        };

        await world.EnqueueAsync(new Call(id));
        await world.PumpAsync();
        await World.UntilAsync(async () => await world.CounterAsync(id) is { Answers: "asked" });
    }

    [Fact]
    public async Task failpoints_are_hit_in_order()
    {
        ConcurrentQueue<string> hit = [];
        await using var world = await World.CreateAsync(new MessagingOptions { Failpoint = hit.Enqueue });

        await world.EnqueueAsync(new RequestCall(id));
        await world.PumpAsync();
        await World.UntilAsync(() => Task.FromResult(hit.Count == 7));

        Assert.Equal(["request_call:claimed", "request_call:committing", "request_call:committed"], hit.Where(f => f.StartsWith("request", StringComparison.Ordinal)));
        Assert.Equal(["call:claimed", "call:handled", "call:committing", "call:committed"], hit.Where(f => f.StartsWith("call", StringComparison.Ordinal)));
    }
}
