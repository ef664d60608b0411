using Billing.EventStore.Tests.Specs;
using Npgsql;
using static Billing.EventStore.Tests.Specs.StoreFixture;

namespace Billing.EventStore.Tests;

public class when_a_rebuild_is_cut_short
{
    // Of the connections of this test's schema, which bear its name.
    private const string Advisory =
        "select count(*) from pg_locks where locktype = 'advisory' and pid in (select pid from pg_stat_activity where application_name = current_setting('application_name'))";

    [Fact]
    public async Task a_killed_one_leaves_the_view_and_the_next_clears_up_after_it()
    {
        await using var it = await CreateAsync();
        await it.AccountAsync("A", bookings: 2);
        var left = await KilledAsync(it);
        Assert.Equal([left], await it.BuildsAsync());
        Assert.Equal("2", await it.TextAsync("select count(*) from bookings"));

        await new Rebuilder(it.Store).RebuildAsync("bookings", null, default);

        Assert.Empty(await it.BuildsAsync());
        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
    }

    [Fact]
    public async Task a_cancelled_one_clears_up_itself()
    {
        await using var it = await CreateAsync();
        await it.AccountAsync("A", bookings: 2);
        await using var holder = await it.HolderAsync("bookings");
        using var cancel = new CancellationTokenSource();
        var rebuilding = new Rebuilder(it.Store).RebuildAsync("bookings", null, cancel.Token);
        await it.UntilAsync("select count(*) > 0 from pg_locks where not granted and relation = 'bookings'::regclass");

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rebuilding);
        Assert.Empty(await it.BuildsAsync());
        await holder.DisposeAsync();
        Assert.Equal(3, await new Rebuilder(it.Store).RebuildAsync("bookings", null, default));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task its_lock_is_given_back_to_a_pool_that_resets_nothing(bool isCancelled)
    {
        await using var it = await CreateAsync();
        await it.AccountAsync("A", bookings: 2);
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(it.Database.ConnectionString) { NoResetOnClose = true });
        using var cancel = new CancellationTokenSource();
        await using (await it.HolderAsync("bookings"))
        {
            var rebuilding = new Rebuilder(StoreOn(source, MasterKey)).RebuildAsync("bookings", null, isCancelled ? cancel.Token : default);
            await it.UntilAsync("select count(*) > 0 from pg_locks where not granted and relation = 'bookings'::regclass");
            Assert.Equal("1", await it.TextAsync(Advisory));
            await cancel.CancelAsync();
            if (isCancelled)
            {
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rebuilding);
            }
            else
            {
                await it.ExecuteAsync("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and pid in (select pid from pg_stat_activity where application_name = current_setting('application_name'))");
                await LosesItsConnectionAsync(rebuilding);
            }
        }

        await NobodyRebuildsAsync(it);
        Assert.Equal(3, await new Rebuilder(StoreOn(source, MasterKey)).RebuildAsync("bookings", null, default));
        Assert.Equal("0", await it.TextAsync(Advisory));
    }

    [Fact]
    public async Task a_second_one_of_the_same_view_is_refused_and_of_another_is_not()
    {
        await using var it = await CreateAsync();
        await it.AccountAsync("A", bookings: 2);
        await using var holder = await it.HolderAsync("bookings");
        var first = new Rebuilder(it.Store).RebuildAsync("bookings", null, default);
        await it.UntilAsync("select count(*) > 0 from pg_locks where not granted and relation = 'bookings'::regclass");

        var refused = await Assert.ThrowsAsync<RebuildException>(() => new Rebuilder(it.Store).RebuildAsync("bookings", null, default));
        Assert.Equal("The view bookings is being rebuilt already.", refused.Message);
        Assert.Equal(3, await new Rebuilder(it.Store).RebuildAsync("accounts", null, default));

        await holder.DisposeAsync();
        Assert.Equal(3, await first);
        Assert.Empty(await it.BuildsAsync());
    }

    [Fact]
    public async Task one_that_never_gets_its_lock_gives_up_and_names_who_held_it()
    {
        await using var it = await CreateAsync();
        await it.AccountAsync("A", bookings: 2);
        await using var holder = await it.HolderAsync("bookings");

        var rebuilder = new Rebuilder(it.Store) { LockTimeout = TimeSpan.FromMilliseconds(20), Patience = TimeSpan.FromMilliseconds(50) };
        var refused = await Assert.ThrowsAsync<RebuildException>(() => rebuilder.RebuildAsync("bookings", null, default));

        Assert.Contains($"pid {holder.Connection.ProcessID} uses it", refused.Message, StringComparison.Ordinal);
        Assert.Equal("2", await it.TextAsync("select count(*) from bookings"));
        Assert.Empty(await it.BuildsAsync());
    }

    [Fact]
    public async Task readers_and_writers_go_on_while_the_swap_waits()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A", bookings: 2);
        await using var holder = await it.HolderAsync("bookings");
        var rebuilding = new Rebuilder(it.Store) { LockTimeout = TimeSpan.FromMilliseconds(50) }.RebuildAsync("bookings", null, default);
        await it.UntilAsync("select count(*) > 0 from pg_locks where not granted and relation = 'bookings'::regclass");

        for (var i = 0; i < 5; i++)
        {
            await it.AppendAsync(key, new Booked($"meanwhile-{i}", 1, null));
        }

        Assert.False(rebuilding.IsCompleted);
        Assert.Equal("7", await it.TextAsync("select count(*) from bookings"));
        await holder.DisposeAsync();
        await rebuilding;
        Assert.Equal("7", await it.TextAsync("select count(*) from bookings"));
        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
    }

    // Its server process goes, as with a process that is killed: nothing of it can run any more.
    private static async Task<string> KilledAsync(StoreFixture it)
    {
        await using var holder = await it.HolderAsync("bookings");
        var rebuilding = new Rebuilder(it.Store).RebuildAsync("bookings", null, default);
        await it.UntilAsync("select count(*) > 0 from pg_locks where not granted and relation = 'bookings'::regclass");
        var left = (await it.BuildsAsync()).Single()!;
        await it.ExecuteAsync("select pg_terminate_backend($1)", int.Parse(left.Split('_')[^1], System.Globalization.CultureInfo.InvariantCulture));
        await LosesItsConnectionAsync(rebuilding);
        await NobodyRebuildsAsync(it);
        return left;
    }

    // The driver says so in one way while it waits for an answer, in another when it learnt before it asked.
    private static async Task LosesItsConnectionAsync(Task rebuilding) =>
        Assert.True(await Record.ExceptionAsync(() => rebuilding) is NpgsqlException or InvalidOperationException { Message: "Connection is not open" });

    // A server process that was told to go says so before it lets go of its locks.
    private static Task NobodyRebuildsAsync(StoreFixture it) => it.UntilAsync($"select ({Advisory}) = 0");
}
