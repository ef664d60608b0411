using Billing.EventStore.Tests.Specs;
using static Billing.EventStore.Tests.Log.TallyFixture;

namespace Billing.EventStore.Tests.Log;

public class when_a_holder_is_paused
{
    private const string Checkpoint = "select last_epoch || ' ' || last_transaction_id || ' ' || last_seq_id from mt_event_progression";

    [Theory]
    [InlineData("nobody")]
    [InlineData("a node that has a window in hand too")]
    [InlineData("a node that has written it")]
    public async Task past_its_lease_it_completes_nothing_whoever_took_over(string heir)
    {
        await using var it = await CreateAsync();
        await it.WriteAsync((await it.StreamsAsync(1))[0], events: 5);
        await it.UntilReadableAsync();
        var (paused, other) = (new Pause(), new Pause());
        var asleep = it.Runner(new Tally(), Options("asleep", beforeWriting: paused.Here));
        var pass = asleep.PassAsync(default);
        await paused.Reached;
        await it.ExpireAsync();

        var taking = Task.FromResult(true);
        if (heir != "nobody")
        {
            taking = it.Runner(new Tally(), Options("heir", beforeWriting: other.Here)).PassAsync(default);
            await other.Reached;
        }

        if (heir == "a node that has written it")
        {
            other.End();
            await taking;
        }

        var before = (await it.TextAsync(Checkpoint), await it.TalliedAsync());
        paused.End();
        Assert.False(await pass);
        Assert.Equal(before, (await it.TextAsync(Checkpoint), await it.TalliedAsync()));
        Assert.Null((await it.LagAsync()).Reason);

        other.End();
        await taking;
        await asleep.PassAsync(default);
        Assert.Equal(5, await it.TalliedAsync());
    }

    [Fact]
    public async Task inside_its_transaction_it_loses_that_and_the_lock_with_it()
    {
        await using var it = await CreateAsync();
        await it.WriteAsync((await it.StreamsAsync(1))[0], events: 5);
        await it.UntilReadableAsync();
        var pause = new Pause();
        var brief = new AsyncProjectionOptions { NodeName = "asleep", Lease = TimeSpan.FromSeconds(6) };
        var asleep = it.Runner(new Tally { OnEvent = e => e.Version == 3 ? pause.Here() : Task.CompletedTask }, brief);
        var pass = asleep.PassAsync(default);
        await pause.Reached;

        using var stop = new CancellationTokenSource();
        var heir = it.Projections(Options("heir"), new Tally()).RunAsync(stop.Token);
        await it.UntilTalliedAsync(5);

        pause.End();
        await Record.ExceptionAsync(() => pass);
        Assert.Equal(5, await it.TalliedAsync());
        Assert.Equal(("heir", null), ((await it.LagAsync()).Holder, (await it.LagAsync()).Reason));
        await stop.CancelAsync();
        await heir;
    }
}
