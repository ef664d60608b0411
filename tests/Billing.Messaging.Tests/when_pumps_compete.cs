using System.Collections.Concurrent;
using Billing.Messaging.Tests.Specs;

namespace Billing.Messaging.Tests;

public class when_pumps_compete
{
    [Fact]
    public async Task each_of_2000_messages_is_handled_once()
    {
        await using var world = await World.CreateAsync(new MessagingOptions { BatchSize = 50 });
        var ids = Enumerable.Range(0, 100).Select(_ => Guid.CreateVersion7()).ToArray();
        ConcurrentBag<Guid> calls = [];
        world.OnCall = (_, delivery, _) =>
        {
            calls.Add(delivery.MessageId);
            return Task.FromResult<HandlerResult>(new HandlerResult.Done());
        };

        await world.EnqueueAsync([.. Enumerable.Range(0, 1000).SelectMany(i => new object[] { new Count(ids[i % 100]), new Call(ids[i % 100]) })]);
        for (var node = 0; node < 4; node++)
        {
            await world.PumpAsync(world.NewBus());
        }

        await world.UntilIdleAsync();

        Assert.Equal(1000, await world.ScalarAsync<long>("select count(*) from mt_events"));
        Assert.Equal(1000, await world.ScalarAsync<long>("select count(distinct causation_id) from mt_events"));
        Assert.Equal(1000, calls.Count);
        Assert.Equal(1000, calls.Distinct().Count());
        Assert.Equal(0, (await world.StatusAsync()).Dead);
    }
}
