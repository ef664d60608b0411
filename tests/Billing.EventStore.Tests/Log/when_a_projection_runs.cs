using Billing.EventStore.Tests.Specs;
using static Billing.EventStore.Tests.Log.TallyFixture;

namespace Billing.EventStore.Tests.Log;

public class when_a_projection_runs
{
    [Fact]
    public async Task it_counts_each_event_once_however_often_its_node_is_replaced()
    {
        await using var it = await CreateAsync();
        var ids = await it.StreamsAsync(5);
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                await it.WriteAsync(ids[i % 5], events: 4);
            }
        });

        // Nodes come and go in the middle of windows; each starts where the last one committed.
        while (!writing.IsCompleted)
        {
            using var life = new CancellationTokenSource();
            var tally = new Tally();
            var (lives, left) = (life, 40);
            tally.OnEvent = _ => --left == 0 ? lives.CancelAsync() : Task.CompletedTask;
            var node = it.Projections(Options("n", window: 7), tally).RunAsync(life.Token);
            await Task.WhenAny(node, Task.WhenAll(writing, Task.Delay(200)));
            await life.CancelAsync();
            await node;
        }

        await writing;
        using var rest = new CancellationTokenSource();
        var last = it.Projections(Options("last"), new Tally()).RunAsync(rest.Token);
        await it.UntilTalliedAsync(400);
        await rest.CancelAsync();
        await last;
    }

    [Fact]
    public async Task a_stopped_node_hands_over_at_once()
    {
        await using var it = await CreateAsync();
        var ids = await it.StreamsAsync(1);
        using var stop = new CancellationTokenSource();
        var first = it.Projections(Options("first"), new Tally()).RunAsync(stop.Token);
        await it.WriteAsync(ids[0]);
        await it.UntilTalliedAsync(1);
        Assert.Equal("first", (await it.LagAsync()).Holder);

        await stop.CancelAsync();
        await first;
        await it.WriteAsync(ids[0]);
        Assert.True(await it.PassAsync(it.Runner(new Tally(), Options("second"))));

        Assert.Equal("second", (await it.LagAsync()).Holder);
        Assert.Equal(2, await it.TalliedAsync());
    }

    [Fact]
    public async Task it_has_one_reader_while_others_stand_by()
    {
        await using var it = await CreateAsync();
        var ids = await it.StreamsAsync(1);
        await it.WriteAsync(ids[0]);
        Assert.True(await it.PassAsync(it.Runner(new Tally(), Options("first"))));
        await it.WriteAsync(ids[0]);

        Assert.False(await it.Runner(new Tally(), Options("second")).PassAsync(default));
        Assert.Equal(1, await it.TalliedAsync());
    }

    [Fact]
    public async Task a_rebuild_starts_it_from_the_beginning_and_fences_off_what_is_in_hand()
    {
        await using var it = await CreateAsync();
        var ids = await it.StreamsAsync(3);
        foreach (var id in ids)
        {
            await it.WriteAsync(id, events: 5);
        }

        var projections = it.Projections(Options("n"), new Tally(), new Feed());
        var interfere = new Func<LogWindow, Task>(_ => Task.CompletedTask);
        var runner = it.Runner(new Tally(), Options("n", beforeWriting: w => interfere(w)));
        Assert.True(await it.PassAsync(runner));
        await it.WriteAsync(ids[0]);

        // A window past the first fifteen is in hand when the table is emptied: written then, it would be all there is.
        interfere = async _ =>
        {
            interfere = _ => Task.CompletedTask;
            await projections.RebuildAsync("tally", default);
        };
        Assert.False(await it.PassAsync(runner));
        Assert.Equal(0, await it.TalliedAsync());
        Assert.True(await it.PassAsync(runner));
        Assert.Equal(16, await it.TalliedAsync());

        await Assert.ThrowsAsync<ArgumentException>(() => projections.RebuildAsync("event_feed", default));
        await Assert.ThrowsAsync<ArgumentException>(() => projections.RebuildAsync("nothing", default));
    }
}
