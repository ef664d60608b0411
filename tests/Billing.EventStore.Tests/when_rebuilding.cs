using Billing.EventStore.Tests.Specs;
using Npgsql;
using static Billing.EventStore.Tests.Specs.StoreFixture;

namespace Billing.EventStore.Tests;

public class when_rebuilding
{
    private const string Rows = "select accounts::text from accounts union all select bookings::text from bookings order by 1";

    [Theory]
    [InlineData("select 1")]
    [InlineData("truncate accounts, bookings")]
    [InlineData("update accounts set bookings = 99; update bookings set is_final = true")]
    [InlineData("insert into accounts values ('30201', gen_random_uuid(), 'ghost', null, 0, 0, 1); insert into bookings values ('9', 'ghost', gen_random_uuid(), 1, true, now(), 1)")]
    [InlineData("update bookings set reference = '~' || reference; update bookings set reference = case when reference like '~A1%' then 'A2' || substr(reference, 4) else 'A1' || substr(reference, 4) end")]
    public async Task it_gives_the_same_rows_whatever_stood_there(string damage)
    {
        await using var it = await CreateAsync();
        foreach (var i in new[] { 1, 2 })
        {
            await it.AppendAsync(await it.AccountAsync($"A{i}", bookings: 2), new Closed("done"));
        }

        await it.AccountAsync("A3");
        var before = await it.TextsAsync(Rows);
        await using (var command = it.Database.DataSource.CreateCommand(damage))
        {
            await command.ExecuteNonQueryAsync();
        }

        var rebuilder = new Rebuilder(it.Store) { StreamsPerChunk = 1 };
        Assert.Equal(9, await rebuilder.RebuildAsync("accounts", null, default));
        Assert.Equal(9, await rebuilder.RebuildAsync("bookings", null, default));

        Assert.Equal(before, await it.TextsAsync(Rows));
        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
    }

    [Fact]
    public async Task an_event_that_does_not_replay_leaves_the_view_as_it_is()
    {
        await using var it = await CreateAsync();
        await it.AccountAsync("A", bookings: 1);
        await it.AccountAsync("B", bookings: 1);
        var before = await it.TextsAsync(Rows);
        await it.ExecuteAsync("update mt_events set data = data - 'AmountMinor' || '{\"AmountMinor\": -1}' where data ->> 'Reference' = 'B-1'");

        var error = await Assert.ThrowsAsync<PostgresException>(() => new Rebuilder(it.Store).RebuildAsync("bookings", null, default));

        Assert.Equal("ck_bookings_amount_is_positive", error.ConstraintName);
        Assert.Equal(before, await it.TextsAsync(Rows));
        Assert.Empty(await it.BuildsAsync());
    }

    [Fact]
    public async Task a_stream_without_its_row_is_left_out()
    {
        await using var it = await CreateAsync();
        await it.AccountAsync("A", bookings: 1);
        var lost = await it.AccountAsync("B", bookings: 1);
        await it.ExecuteAsync("delete from mt_streams where id = $1", lost.Id);

        Assert.Equal(2, await new Rebuilder(it.Store).RebuildAsync("bookings", null, default));

        Assert.Equal(["A-1"], await it.TextsAsync("select reference from bookings"));
    }

    [Fact]
    public async Task it_tells_how_far_it_is()
    {
        await using var it = await CreateAsync();
        for (var i = 0; i < 3; i++)
        {
            await it.AccountAsync($"A{i}", bookings: 1);
        }

        var told = new Told();
        await new Rebuilder(it.Store) { StreamsPerChunk = 1 }.RebuildAsync("bookings", told, default);

        Assert.True(told.Progress.Count >= 3);
        Assert.Equal(new AuditProgress(3, 6, 3), told.Progress[^1]);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("account_references")]
    public async Task what_is_not_a_view_is_refused(string name)
    {
        await using var it = await CreateAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => new Rebuilder(it.Store).RebuildAsync(name, null, default));
    }

    private sealed class Told : IProgress<AuditProgress>
    {
        public List<AuditProgress> Progress { get; } = [];

        public void Report(AuditProgress value) => Progress.Add(value);
    }
}
