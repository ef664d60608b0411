using Billing.EventStore.Tests.Specs;
using static Billing.EventStore.Tests.Log.RawLog;
using static Billing.EventStore.Tests.Specs.StoreFixture;

namespace Billing.EventStore.Tests.Log;

public class when_reading_the_log
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(500)]
    public async Task a_later_version_under_a_lower_transaction_id_waits_for_its_predecessor(int size)
    {
        await using var it = await CreateAsync();
        var ids = await it.StreamsAsync(3);
        await using var early = await OpenTransaction.BeginAsync(it);
        await it.WriteAsync(ids[1], events: 10);
        await using (var late = await OpenTransaction.BeginAsync(it))
        {
            Assert.True(early.Id < late.Id);
            await late.AppendAsync(ids[0]);
            await late.CommitAsync();
        }

        await it.WriteAsync(ids[2], events: 5);
        await early.AppendAsync(ids[0]);
        await early.CommitAsync();

        // Version 2 stands at the very head: a window of any size begins with it.
        var log = await it.TextsAsync("select version from mt_events order by epoch, transaction_id, seq_id");
        Assert.Equal("2", log[0]);
        var read = await Deliveries.OfAsync(new LogReader(it.Store), Everything, size);
        Assert.Empty(read.Faults);
        Assert.Equal(17, read.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(500)]
    public async Task what_a_cut_takes_away_may_be_awaited_by_what_stood_before_it(int size)
    {
        await using var it = await CreateAsync();
        var (a, b, c) = await it.StreamsAsync(3) is [var x, var y, var z] ? (x, y, z) : default;
        await using var b2 = await OpenTransaction.BeginAsync(it);
        await using var a2 = await OpenTransaction.BeginAsync(it);
        await it.WriteAsync(b);
        await it.WriteAsync(c, events: 3);
        await it.WriteAsync(a);
        await b2.AppendAsync(b);
        await b2.CommitAsync();
        await a2.AppendAsync(a);
        await a2.CommitAsync();

        var read = await Deliveries.OfAsync(new LogReader(it.Store), Everything, size);

        Assert.Empty(read.Faults);
        Assert.Equal(7, read.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(500)]
    public async Task an_event_whose_predecessor_lies_beyond_the_bound_waits_for_a_fresh_one(int size)
    {
        await using var it = await CreateAsync();
        var ids = await it.StreamsAsync(2);
        await it.WriteAsync(ids[1]);
        await using var early = await OpenTransaction.BeginAsync(it);
        await using var open = await OpenTransaction.BeginAsync(it);
        await it.WriteAsync(ids[0]);
        await early.AppendAsync(ids[0]);
        await early.CommitAsync();

        var reader = new LogReader(it.Store);
        var first = await reader.ReadAsync(default, new LogBound(0, open.Id, null), size, default);
        Assert.Equal([ids[1]], first!.Events.Select(e => e.Stream.Id));
        Assert.Null(await reader.ReadAsync(first.End, new LogBound(0, open.Id, null), size, default));

        var rest = await reader.ReadAsync(first.End, Everything, size, default);
        Assert.Equal([1, 2], rest!.Events.Select(e => e.Version));
    }

    [Fact]
    public async Task an_open_transaction_holds_the_bound_and_what_is_rolled_back_is_passed()
    {
        await using var it = await CreateAsync();
        var ids = await it.StreamsAsync(2);
        var reader = new LogReader(it.Store);
        await using (var open = await OpenTransaction.BeginAsync(it))
        {
            await open.AppendAsync(ids[0]);
            await it.WriteAsync(ids[1]);

            var bound = await reader.BoundAsync(default);
            Assert.True(bound.TransactionId <= open.Id);
            Assert.True(bound.Newest!.Value.TransactionId > open.Id);
            Assert.Null(await reader.ReadAsync(default, bound, 10, default));
        }

        LogWindow? window = null;
        await UntilAsync(async () => (window = await reader.ReadAsync(default, await reader.BoundAsync(default), 10, default)) is not null, "the bound moves on");
        Assert.Equal([ids[1]], window!.Events.Select(e => e.Stream.Id));
    }

    [Fact]
    public async Task a_predecessor_that_somebody_deleted_holds_nobody_up()
    {
        await using var it = await CreateAsync();
        var ids = await it.StreamsAsync(1);
        await it.WriteAsync(ids[0], events: 3);
        await it.ExecuteAsync("delete from mt_events where version = 2");

        Assert.Equal(2, (await Deliveries.OfAsync(new LogReader(it.Store), Everything, 10)).Count);
    }

    [Fact]
    public async Task events_read_as_they_were_appended_with_nothing_personal_in_them()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A", bookings: 1);

        var window = await new LogReader(it.Store).ReadAsync(default, Everything, 10, default);

        var read = window!.Events.Select(e => e.Read()).ToList();
        Assert.Equal(await it.Store.ReadStreamAsync(key), read);
        Assert.Null(Assert.IsType<AccountOpened>(read[0].Data).Email);
    }
}
