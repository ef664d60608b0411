using Billing.Messaging.Tests.Specs;

namespace Billing.Messaging.Tests;

public class when_a_node_is_paused
{
    [Fact]
    public async Task past_its_lease_it_finishes_nothing_and_its_answer_is_recorded()
    {
        await using var world = await World.CreateAsync();
        var id = Guid.CreateVersion7();
        await world.EnqueueAsync(new Call(id));

        using var paused = NodeProcess.Start(world.Database.ConnectionString, TimeSpan.FromSeconds(2));
        await UntilItSaysAsync(paused, "called");
        paused.Pause();
        await paused.AnswerAsync("late");

        var (taken, gate) = (new TaskCompletionSource<Delivery>(), new TaskCompletionSource<HandlerResult>());
        world.OnCall = (_, delivery, ct) =>
        {
            taken.TrySetResult(delivery);
            return gate.Task.WaitAsync(ct);
        };
        await world.PumpAsync();

        // A slow node may have taken it twice itself.
        Assert.InRange((await taken.Task.WaitAsync(TimeSpan.FromMinutes(1))).Claims, 2, 3);
        var owner = await world.ScalarAsync<string>("select concat_ws(' ', token, claims, attempts, leased_until) from messages");

        paused.Continue();
        await UntilItSaysAsync(paused, "is not ours any more");
        await World.UntilAsync(async () => await world.CounterAsync(id) is not null);
        Assert.Equal("late", (await world.CounterAsync(id))!.Answers);
        Assert.Equal(owner, await world.ScalarAsync<string>("select concat_ws(' ', token, claims, attempts, leased_until) from messages"));

        gate.SetResult(new HandlerResult.Apply(new RecordAnswer(id, ", and found")));
        await world.UntilIdleAsync();
        Assert.Equal("late, and found", (await world.CounterAsync(id))!.Answers);
        Assert.Equal(0, await world.ScalarAsync<long>("select count(*) from messages"));
    }

    private static async Task UntilItSaysAsync(NodeProcess node, string part)
    {
        for (var line = ""; !line.Contains(part, StringComparison.Ordinal); line = await node.SaysAsync())
        {
            Assert.NotEqual("nothing more", line);
        }
    }
}
