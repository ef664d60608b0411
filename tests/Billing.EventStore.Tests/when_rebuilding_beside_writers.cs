using Billing.EventStore.Tests.Specs;
using Npgsql;
using static Billing.EventStore.Tests.Specs.StoreFixture;

namespace Billing.EventStore.Tests;

public class when_rebuilding_beside_writers
{
    private const int Writes = 40;

    [Fact]
    public async Task no_event_is_lost_and_no_reader_sees_less_than_was_there()
    {
        await using var it = await CreateAsync();
        var keys = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => it.AccountAsync($"A{i}", bookings: 1)));
        var writing = Task.WhenAll(Enumerable.Range(0, 6).Select(writer => Task.Run(() => WriteAsync(it, keys, writer))));
        var reading = Task.Run(() => ReadAsync(it, writing));

        do
        {
            await new Rebuilder(it.Store) { StreamsPerChunk = 7 }.RebuildAsync("bookings", null, default);
            await new Rebuilder(it.Store) { StreamsPerChunk = 7 }.RebuildAsync("accounts", null, default);
        }
        while (!writing.IsCompleted);

        await writing;
        Assert.True(await reading > 0);
        Assert.Equal($"{40 + (6 * Writes)}", await it.TextAsync("select count(*) from bookings"));
        Assert.Equal($"{40 + (6 * Writes)}", await it.TextAsync("select count(*) from accounts"));
        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
        Assert.Empty(await it.BuildsAsync());
    }

    [Fact]
    public async Task what_is_appended_between_the_build_and_the_lock_is_in_it()
    {
        await using var it = await CreateAsync();
        var (old, untouched) = (await it.AccountAsync("A", bookings: 2), await it.AccountAsync("B", bookings: 1));
        await using var slow = await it.Store.OpenSessionAsync(default);
        var stream = await slow.FetchForWritingAsync(old, default);
        slow.Append(stream, [new Booked("slow", 7, null)], new Metadata());

        // It has its transaction id and its snapshot before the rebuild begins, and its events only while the rebuild tries to swap.
        await using var hold = new NpgsqlCommand("insert into bookings values ('9', 'held', gen_random_uuid(), 1, true, now(), 1)", slow.Connection);
        await hold.ExecuteNonQueryAsync();
        var rebuilding = new Rebuilder(it.Store) { LockTimeout = TimeSpan.FromMilliseconds(50) }.RebuildAsync("bookings", null, default);
        await it.UntilAsync("select count(*) > 0 from pg_locks where not granted and relation = 'bookings'::regclass");
        await it.AppendAsync(untouched, new Closed("elsewhere"), new Closed("only the state"));
        await slow.CommitAsync(default);
        await it.ExecuteAsync("delete from bookings where reference = 'held'");
        await rebuilding;

        Assert.Equal(["A-1", "A-2", "B-1", "slow"], await it.TextsAsync("select reference from bookings order by 1"));
        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
    }

    [Fact]
    public async Task an_audit_beside_it_finds_no_difference()
    {
        await using var it = await CreateAsync();
        for (var i = 0; i < 30; i++)
        {
            await it.AccountAsync($"A{i}", bookings: 1);
        }

        var rebuilding = Task.Run(async () =>
        {
            for (var i = 0; i < 6; i++)
            {
                await new Rebuilder(it.Store).RebuildAsync(i % 2 == 0 ? "bookings" : "accounts", null, default);
            }
        });
        do
        {
            Assert.Empty((await new Auditor(it.Store) { StreamsPerChunk = 5 }.VerifyAsync(null, default)).Differences);
        }
        while (!rebuilding.IsCompleted);

        await rebuilding;
    }

    // A snapshot from before the swap sees none of the rows that were copied into the new table after it.
    [Fact]
    public async Task an_audit_takes_its_snapshot_after_the_swap_that_it_waited_for()
    {
        await using var it = await CreateAsync();
        await it.AccountAsync("A", bookings: 2);
        await using var swap = await it.HolderAsync("bookings", "access exclusive");
        var auditing = new Auditor(it.Store).VerifyAsync(null, default);
        await it.UntilAsync("select count(*) > 0 from pg_locks where not granted and relation = 'bookings'::regclass");

        await swap.CommitAsync("create table fresh (like bookings including all); insert into fresh select * from bookings; drop table bookings; alter table fresh rename to bookings");

        Assert.Empty((await auditing).Differences);
    }

    private static async Task WriteAsync(StoreFixture it, StreamKey[] keys, int writer)
    {
        var random = new Random(writer);
        for (var n = 0; n < Writes; n++)
        {
            await Retried(() => it.AppendAsync(keys[random.Next(keys.Length)], new Booked($"{writer}-{n}", 1, null)));
            await Retried(() => it.AppendAsync(NewKey(), Opened($"new-{writer}-{n}")));
        }
    }

    // The count may not fall, not even for the moment of the swap.
    private static async Task<int> ReadAsync(StoreFixture it, Task until)
    {
        var (reads, most) = (0, 0L);
        for (; !until.IsCompleted; reads++)
        {
            var seen = long.Parse((await it.TextAsync("select count(*) from bookings"))!, System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(seen >= most, $"{seen} rows after {most}");
            most = seen;
        }

        return reads;
    }

    private static async Task Retried(Func<Task> append)
    {
        try
        {
            await append();
        }
        catch (StreamConflictException)
        {
            await append();
        }
    }
}
