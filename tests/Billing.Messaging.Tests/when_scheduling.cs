using Billing.Messaging.Tests.Specs;

namespace Billing.Messaging.Tests;

public class when_scheduling
{
    [Fact]
    public async Task a_message_is_due_by_the_business_clock_alone()
    {
        await using var world = await World.CreateAsync();
        var id = Guid.CreateVersion7();
        await world.PumpAsync();

        await world.EnqueueAsync(new CountTwiceLater(id, world.Clock.GetUtcNow().AddDays(30)));
        await World.UntilAsync(async () => await world.CounterAsync(id) is { Total: 101 });
        await world.UntilIdleAsync();
        Assert.Equal(new MessagingStatus(WaitingDue: 0, Scheduled: 1, Sending: 0, Dead: 0), await world.StatusAsync());

        world.Clock.Advance(TimeSpan.FromDays(30) - TimeSpan.FromMilliseconds(1));
        await world.EnqueueAsync(new Count(id, 1000));
        await world.UntilIdleAsync();
        Assert.Equal(1101, (await world.CounterAsync(id))!.Total);

        world.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await world.UntilIdleAsync();
        Assert.Equal(1111, (await world.CounterAsync(id))!.Total);
    }

    [Fact]
    public async Task the_oldest_due_comes_first()
    {
        await using var world = await World.CreateAsync();
        var (id, now) = (Guid.CreateVersion7(), world.Clock.GetUtcNow());

        await world.EnqueueAsync(new Outgoing(new Count(id), now.AddHours(2)), new Outgoing(new Count(id), now.AddHours(1)), new Count(id));
        world.Clock.Advance(TimeSpan.FromHours(2));
        var claimed = await world.Inbox(Lanes.Aggregate).ClaimAsync(3, default);

        Assert.Equal([now, now.AddHours(1), now.AddHours(2)], claimed.Select(m => m.DueAt));
    }

    [Fact]
    public async Task a_message_due_earlier_than_a_scan_in_progress_is_found_soon()
    {
        await using var world = await World.CreateAsync();
        var (id, now) = (Guid.CreateVersion7(), world.Clock.GetUtcNow());
        await world.EnqueueAsync([.. Enumerable.Range(0, 1000).Select(_ => new Count(id))]);
        var inbox = world.Inbox(Lanes.Aggregate);
        Assert.Single(await inbox.ClaimAsync(1, default));

        await world.EnqueueAsync(new Outgoing(new Count(id), now.AddDays(-1)));

        Claimed? late = null;
        await World.UntilAsync(async () => (late = (await inbox.ClaimAsync(1, default)).SingleOrDefault(m => m.DueAt < now)) is not null);
        Assert.Equal(1, late!.Claims);
        Assert.True(await world.ScalarAsync<long>("select count(*) from messages where claims = 0") > 0, "Found only once nothing else was left.");
    }
}
