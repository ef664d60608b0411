using Billing.EventStore.Tests.Specs;
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
    public async Task writers_go_on_meanwhile()
    {
        await using var it = await CreateAsync();
        var keys = new List<StreamKey>();
        for (var i = 0; i < 8; i++)
        {
            keys.Add(await it.AccountAsync($"A{i}"));
        }

        var writing = Task.WhenAll(keys.Select((key, i) => Task.Run(async () =>
        {
            for (var n = 0; n < 10; n++)
            {
                await it.AppendAsync(key, new Booked($"{i}-{n}", 1, null));
                await it.AccountAsync($"new-{i}-{n}", bookings: 1);
            }
        })));
        do
        {
            await new Rebuilder(it.Store) { StreamsPerChunk = 5 }.RebuildAsync("bookings", null, default);
        }
        while (!writing.IsCompleted);

        await writing;
        Assert.Equal("160", await it.TextAsync("select count(*) from bookings"));
        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("account_references")]
    public async Task what_is_not_a_view_is_refused(string name)
    {
        await using var it = await CreateAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => new Rebuilder(it.Store).RebuildAsync(name, null, default));
    }
}
