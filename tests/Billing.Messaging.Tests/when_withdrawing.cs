using Billing.EventStore;
using Billing.Messaging.Tests.Specs;

namespace Billing.Messaging.Tests;

public class when_withdrawing
{
    private readonly Guid id = Guid.CreateVersion7();

    [Fact]
    public async Task what_nobody_claimed_is_taken_back_with_the_callers_commit()
    {
        await using var world = await World.CreateAsync();
        await world.EnqueueAsync(new Call(id), new Outgoing(new Call(id), world.Clock.GetUtcNow().AddDays(1)), new Call(Guid.CreateVersion7()), new Count(id));

        Assert.Equal([new Call(id), new Call(id)], await WithdrawAsync(world, id, commit: false));
        Assert.Equal(4, await world.ScalarAsync<long>("select count(*) from messages"));

        Assert.Equal([new Call(id), new Call(id)], await WithdrawAsync(world, id));
        Assert.Equal(2, await world.ScalarAsync<long>("select count(*) from messages"));
        Assert.Empty(await WithdrawAsync(world, id));
    }

    [Fact]
    public async Task what_was_ever_claimed_is_left()
    {
        await using var world = await World.CreateAsync();
        await world.EnqueueAsync(new Call(id));
        var claimed = await world.Inbox(Lanes.Network).ClaimAsync(1, default);

        Assert.Empty(await WithdrawAsync(world, id));
        await world.Settler().SettleAsync([new Settlement(claimed[0], new Ending.Retried(TimeSpan.Zero))], default);
        Assert.Empty(await WithdrawAsync(world, id));
    }

    [Fact]
    public async Task what_was_handed_back_as_never_sent_is_taken_back()
    {
        await using var world = await World.CreateAsync();
        await world.EnqueueAsync(new Call(id));

        await world.Inbox(Lanes.Network).HandBackAsync(await world.Inbox(Lanes.Network).ClaimAsync(1, default), default);

        Assert.Single(await WithdrawAsync(world, id));
    }

    [Fact]
    public async Task each_message_is_either_withdrawn_or_claimed_never_both()
    {
        await using var world = await World.CreateAsync();
        var inbox = world.Inbox(Lanes.Network, TimeSpan.FromHours(1));
        var (withdrawn, claimed) = (0, 0);

        for (var round = 0; round < 150; round++)
        {
            var stream = Guid.CreateVersion7();
            await world.EnqueueAsync(new Call(stream));

            var claim = Task.Run(() => inbox.ClaimAsync(1, default));
            var withdraw = Task.Run(() => WithdrawAsync(world, stream));
            await Task.WhenAll(claim, withdraw);

            Assert.Equal(1, (await claim).Count + (await withdraw).Count);
            Assert.Equal((await claim).Count, await world.Bus.CountSendingAsync(Counting.Key(stream), "call", default));
            (withdrawn, claimed) = (withdrawn + (await withdraw).Count, claimed + (await claim).Count);
        }

        Assert.Equal(150, withdrawn + claimed);
        Assert.Equal(claimed, await world.ScalarAsync<long>("select count(*) from messages"));
    }

    private static async Task<IReadOnlyList<object>> WithdrawAsync(World world, Guid stream, bool commit = true)
    {
        await using var session = await world.Store.OpenSessionAsync(default);
        var withdrawn = await world.Bus.WithdrawAsync(session, Counting.Key(stream), "call", default);
        if (commit)
        {
            await session.CommitAsync(default);
        }

        return withdrawn;
    }
}
