using Billing.EventStore.Tests.Specs;
using Npgsql;
using static Billing.EventStore.Tests.Log.TallyFixture;

namespace Billing.EventStore.Tests.Log;

public class when_asking_for_lag
{
    [Fact]
    public async Task it_tells_how_far_each_is_behind_and_who_holds_it()
    {
        await using var it = await CreateAsync();
        var id = (await it.StreamsAsync(1))[0];
        Assert.Empty((await LogLag.AskAsync(it.Database.DataSource, default)).Projections);

        await it.WriteAsync(id, events: 3);
        Assert.True(await it.PassAsync(it.Runner(new Tally(), Options("n"))));
        Assert.Equal(new ProjectionLag("tally", "n", 0, 0, 0, null, null, null, null), await it.LagAsync());

        await it.WriteAsync(id, events: 2);
        await it.ExecuteAsync("update mt_events set timestamp = timestamp - interval '100 seconds'");
        await it.ExpireAsync();
        var lag = await it.LagAsync();
        Assert.Equal((2L, null), (lag.EventsBehind, lag.Holder));
        Assert.InRange(lag.SecondsBehind, 100, 400);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task it_names_the_transaction_that_stalls_all_readers_in_whatever_database(bool elsewhere)
    {
        await using var it = await CreateAsync();
        var ids = await it.StreamsAsync(2);
        var name = $"{it.Database.Schema}_other";
        if (elsewhere)
        {
            await it.ExecuteAsync($"create database {name}");
        }

        try
        {
            await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(it.Database.ConnectionString)
            {
                Database = elsewhere ? name : new NpgsqlConnectionStringBuilder(it.Database.ConnectionString).Database, ApplicationName = "forgotten import", Pooling = false,
            });
            await using (var open = await OpenTransaction.BeginAsync(source))
            {
                await it.WriteAsync(ids[0], events: 2);

                // Another test's transaction may be the older one for a while.
                Stall? stall = null;
                await RawLog.UntilAsync(async () => (stall = (await LogLag.AskAsync(it.Database.DataSource, default)).StalledBy)?.Pid == open.Pid, "the pid is named");
                Assert.Equal(("forgotten import", "idle in transaction", null), (stall!.ApplicationName, stall.State, stall.PreparedId));
                Assert.Equal(elsewhere, stall.Database == name);
                Assert.True(stall.OpenSeconds > 0 && stall.HeldBackSeconds > 0);
            }

            await it.UntilReadableAsync();
            Assert.Null((await LogLag.AskAsync(it.Database.DataSource, default)).StalledBy);
        }
        finally
        {
            if (elsewhere)
            {
                await it.ExecuteAsync($"drop database {name}");
            }
        }
    }
}
