using Billing.Messaging.Tests.Specs;

namespace Billing.Messaging.Tests;

public class when_a_lease_runs_out
{
    private readonly Guid id = Guid.CreateVersion7();

    [Fact]
    public async Task the_second_delivery_is_not_the_first()
    {
        await using var world = await World.CreateAsync();
        await world.EnqueueAsync(new Call(id));

        var first = await ClaimAsync(world, Lanes.Network);
        var second = await ClaimAsync(world, Lanes.Network);

        Assert.Equal(first.Id, second.Id);
        Assert.NotEqual(first.Mark, second.Mark);
        Assert.Equal((true, false), (Delivery.Of(first).IsFirst, Delivery.Of(second).IsFirst));
        Assert.True(Delivery.Of(first).Remaining <= TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task a_running_lease_is_respected()
    {
        await using var world = await World.CreateAsync();
        await world.EnqueueAsync(new Call(id));

        Assert.Single(await world.Inbox(Lanes.Network).ClaimAsync(10, default));
        Assert.Empty(await world.Inbox(Lanes.Network).ClaimAsync(10, default));
        Assert.Equal(1, await world.Bus.CountSendingAsync(Counting.Key(id), "call", default));
    }

    [Fact]
    public async Task the_paused_owner_cannot_finish_but_its_evidence_is_recorded()
    {
        await using var world = await World.CreateAsync();
        await world.EnqueueAsync(new Call(id));
        var paused = await ClaimAsync(world, Lanes.Network);
        var owner = await ClaimAsync(world, Lanes.Network);

        await world.Settler().SettleAsync([new Settlement(paused, new Ending.Finished(), new RecordAnswer(id, "late"), IsEvidence: true)], default);

        Assert.Equal("late", (await world.CounterAsync(id))!.Answers);
        Assert.Equal(owner.Mark, await world.ScalarAsync<Guid>("select token from messages"));

        await world.Settler().SettleAsync([new Settlement(owner, new Ending.Finished(), new RecordAnswer(id, "+looked up"), IsEvidence: true)], default);
        Assert.Equal("late+looked up", (await world.CounterAsync(id))!.Answers);
        Assert.Equal(0, await world.ScalarAsync<long>("select count(*) from messages"));
    }

    [Fact]
    public async Task half_of_a_batch_lost_the_other_half_still_ends()
    {
        await using var world = await World.CreateAsync();
        await world.EnqueueAsync(new Call(id), new Call(id));
        var paused = (await ClaimAllAsync(world, Lanes.Network)).Select(m => new Settlement(m, new Ending.Finished(), new Count(id))).ToArray();
        var owner = (await ClaimAllAsync(world, Lanes.Network)).Select(m => new Settlement(m, new Ending.Finished(), new Count(id))).ToArray();

        // Not evidence: what was decided without the lease is dropped.
        await world.Settler().SettleAsync(paused, default);
        Assert.Null(await world.CounterAsync(id));

        await world.Settler().SettleAsync([paused[0], owner[1]], default);
        Assert.Equal(1, (await world.CounterAsync(id))!.Total);

        await world.Settler().SettleAsync([owner[0]], default);
        await world.Settler().SettleAsync([owner[0]], default);
        Assert.Equal(2, (await world.CounterAsync(id))!.Total);
    }

    [Theory]
    [InlineData("retry")]
    [InlineData("hand back")]
    [InlineData("bury")]
    public async Task a_lost_message_is_neither_put_to_rest_nor_buried(string way)
    {
        await using var world = await World.CreateAsync();
        await world.EnqueueAsync(new Call(id));
        var paused = await ClaimAsync(world, Lanes.Network);
        var owner = await ClaimAsync(world, Lanes.Network);
        Ending ending = way switch
        {
            "retry" => new Ending.Retried(TimeSpan.Zero),
            "hand back" => new Ending.HandedBack(TimeSpan.Zero),
            _ => new Ending.Died("reason", null),
        };

        await world.Settler().SettleAsync([new Settlement(paused, ending)], default);

        Assert.Equal($"{owner.Mark} 2 0", await world.ScalarAsync<string>("select concat_ws(' ', token, claims, attempts) from messages"));
        Assert.Null(await world.CounterAsync(id));
    }

    private static async Task<Claimed> ClaimAsync(World world, string lane) => Assert.Single(await ClaimAllAsync(world, lane));

    // The lease is over before the next claim looks: the database's clock has moved on by then.
    private static async Task<IReadOnlyList<Claimed>> ClaimAllAsync(World world, string lane)
    {
        IReadOnlyList<Claimed> claimed = [];
        await World.UntilAsync(async () => (claimed = await world.Inbox(lane, TimeSpan.FromMilliseconds(1)).ClaimAsync(10, default)).Count > 0);
        return claimed;
    }
}
