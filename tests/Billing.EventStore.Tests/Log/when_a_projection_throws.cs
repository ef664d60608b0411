using Billing.EventStore.Tests.Specs;
using static Billing.EventStore.Tests.Log.TallyFixture;

namespace Billing.EventStore.Tests.Log;

public class when_a_projection_throws
{
    private const string Poisoned = "a text that must not be stored";

    [Fact]
    public async Task what_comes_before_is_projected_and_it_stops_visibly_at_the_event_that_it_cannot_get_past()
    {
        await using var it = await CreateAsync();
        var id = (await it.StreamsAsync(1))[0];
        await it.WriteAsync(id, events: 9);
        var (tally, isBroken) = (new Tally(), true);
        tally.OnEvent = e => isBroken && e.Version == 6 ? throw new InvalidOperationException(Poisoned) : Task.CompletedTask;
        var runner = it.Runner(tally, Options("n"));

        // The whole window at once, then one by one up to the event that fails, then that one again.
        Assert.False(await it.PassAsync(runner));
        Assert.Equal((0, 1, "InvalidOperationException"), (await it.TalliedAsync(), (await it.LagAsync()).Failures, (await it.LagAsync()).Reason));
        Assert.False(await runner.PassAsync(default));
        Assert.Equal(1, (await it.LagAsync()).Failures);
        await EndWaitAsync(it);
        Assert.True(await runner.PassAsync(default));
        Assert.Equal((5, 1), (await it.TalliedAsync(), (await it.LagAsync()).Failures));
        for (var failures = 2; failures <= 4; failures++)
        {
            Assert.Null((await it.LagAsync()).StoppedAt);
            await EndWaitAsync(it);
            Assert.False(await runner.PassAsync(default));
            Assert.Equal(failures, (await it.LagAsync()).Failures);
        }

        var stopped = await it.LagAsync();
        Assert.Equal((4L, 4), (stopped.EventsBehind, stopped.Failures));
        Assert.NotNull(stopped.StoppedAt);
        Assert.InRange(stopped.RetryAt!.Value - stopped.StoppedAt.Value, TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(11));
        Assert.Equal($"30201/{id} version 6", stopped.FailedAtEvent);
        Assert.Null(await it.TextAsync("select string_agg(r::text, '') from log_readers r where r::text like $1", $"%{Poisoned}%"));

        isBroken = false;
        Assert.False(await runner.PassAsync(default));
        await it.Projections(Options("n"), tally).ResumeAsync("tally", default);
        Assert.True(await runner.PassAsync(default));
        var resumed = await it.LagAsync();
        Assert.Equal((9L, 0L, null, null), (await it.TalliedAsync(), resumed.EventsBehind, resumed.Reason, resumed.StoppedAt));
        Assert.Equal([9, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], tally.Windows);
    }

    [Fact]
    public async Task a_stopped_one_is_tried_again_by_itself_and_by_whoever_holds_it_then()
    {
        await using var it = await CreateAsync();
        await it.WriteAsync((await it.StreamsAsync(1))[0]);
        var impatient = new AsyncProjectionOptions { RetryLadder = [], StoppedRetry = TimeSpan.FromMilliseconds(1), PollMax = TimeSpan.FromMilliseconds(20) };
        var left = 5;
        var tally = new Tally { OnEvent = _ => --left > 0 ? throw new InvalidOperationException() : Task.CompletedTask };

        using var stop = new CancellationTokenSource();
        var nodes = it.Projections(impatient, tally).RunAsync(stop.Token);
        await it.UntilTalliedAsync(1);
        await stop.CancelAsync();
        await nodes;
        Assert.Null((await it.LagAsync()).StoppedAt);
    }

    [Fact]
    public async Task the_others_go_on()
    {
        await using var it = await CreateAsync();
        await it.WriteAsync((await it.StreamsAsync(1))[0], events: 3);
        using var stop = new CancellationTokenSource();

        var nodes = it.Projections(Options("n"), new Tally { OnEvent = _ => throw new InvalidOperationException() }, new Feed()).RunAsync(stop.Token);
        await RawLog.UntilAsync(async () => await it.TextAsync("select count(*) from event_feed") == "3", "the feed has all");
        await RawLog.UntilAsync(async () => (await LogLag.AskAsync(it.Database.DataSource, default)).Projections is [_, { Name: "tally", Failures: > 0 }], "the failure is told");
        await stop.CancelAsync();
        await nodes;
    }

    private static Task EndWaitAsync(StoreFixture it) => it.ExecuteAsync("update log_readers set retry_at = clock_timestamp()");
}
