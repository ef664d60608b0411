using Billing.EventStore.Tests.Specs;
using Npgsql;
using static Billing.EventStore.Tests.Log.TallyFixture;

namespace Billing.EventStore.Tests.Log;

public class when_a_holder_dies
{
    [Fact]
    public async Task another_node_takes_over_when_the_lease_runs_out_and_not_before()
    {
        await using var it = await CreateAsync();
        var ids = await it.StreamsAsync(1);
        await it.WriteAsync(ids[0], events: 3);
        Assert.True(await it.PassAsync(it.Runner(new Tally(), Options("dead"))));
        await it.WriteAsync(ids[0], events: 4);

        using var stop = new CancellationTokenSource();
        var heir = it.Projections(Options("heir"), new Tally()).RunAsync(stop.Token);
        await Task.Delay(300);
        Assert.Equal("dead", (await it.LagAsync()).Holder);

        await it.ExpireAsync();
        await it.UntilTalliedAsync(7);
        Assert.Equal("heir", (await it.LagAsync()).Holder);
        await stop.CancelAsync();
        await heir;
    }

    [Fact]
    public async Task a_lease_runs_out_by_itself_on_the_databases_clock()
    {
        await using var it = await CreateAsync();
        await it.WriteAsync((await it.StreamsAsync(1))[0]);
        var brief = new AsyncProjectionOptions { NodeName = "dead", Lease = TimeSpan.FromSeconds(1) };
        Assert.NotNull(await new ReaderLease(it.Database.DataSource, "tally", brief).HoldAsync(default));

        using var stop = new CancellationTokenSource();
        var heir = it.Projections(Options("heir"), new Tally()).RunAsync(stop.Token);
        await it.UntilTalliedAsync(1);
        await stop.CancelAsync();
        await heir;
    }

    [Fact]
    public async Task what_its_transaction_wrote_is_gone_and_written_by_the_next()
    {
        await using var it = await CreateAsync();
        await it.WriteAsync((await it.StreamsAsync(1))[0], events: 8);

        // The process dies in the middle of a window: the operating system closes its connections.
        var dying = new Tally { OnEvent = e => e.Version == 5 ? it.ExecuteAsync($"select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = '{it.Database.Schema}' and state = 'idle in transaction'") : Task.CompletedTask };
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => it.PassAsync(it.Runner(dying, Options("dying"))));
        Assert.Equal(0, await it.TalliedAsync());

        await it.ExpireAsync();
        Assert.True(await it.PassAsync(it.Runner(new Tally(), Options("heir"))));
        Assert.Equal(8, await it.TalliedAsync());
    }
}
