using Billing.EventStore.Tests.Specs;
using static Billing.EventStore.Tests.Specs.StoreFixture;

namespace Billing.EventStore.Tests;

public class when_appending_to_many
{
    [Fact]
    public async Task a_stream_at_another_version_falls_out_alone()
    {
        await using var it = await CreateAsync();
        List<StreamKey> keys = [.. await Task.WhenAll(Enumerable.Range(0, 5).Select(n => it.AccountAsync($"A-{n}")))];
        await it.AppendAsync(keys[2], new Booked("first", 1, null));

        var results = await it.Store.AppendManyAsync([.. keys.Select((key, n) => new StreamAppend(key, 1, [new Booked($"B-{n}", 1, null)], new Metadata()))], default);

        Assert.Equal(keys, results.Select(result => result.Key));
        Assert.Equal([true, true, false, true, true], results.Select(result => result.IsAppended));
        Assert.All(results, result => Assert.Equal(2, result.Version));
        Assert.Equal("B-0,B-1,B-3,B-4,first", await it.TextAsync("select string_agg(reference, ',' order by reference) from bookings"));
    }

    [Fact]
    public async Task streams_that_others_create_at_the_same_moment_fall_out_alone()
    {
        await using var it = await CreateAsync();
        List<StreamKey> keys = [.. Enumerable.Range(0, 30).Select(_ => NewKey())];

        var calls = await Task.WhenAll(Enumerable.Range(0, 4).Select(caller => Task.Run(() => StoreOn(it.Database.DataSource, MasterKey).AppendManyAsync(
            [.. keys.Skip(caller * 5).Take(15).Select((key, n) => new StreamAppend(key, 0, [new AccountOpened($"{caller}-{n}", null, null, 1)], new Metadata()))], default))));

        var appended = calls.SelectMany(results => results).Where(result => result.IsAppended).Select(result => result.Key).ToList();
        Assert.Equal(appended.Distinct().Count(), appended.Count);
        Assert.Equal(30, appended.Count);
        Assert.Equal("30", await it.TextAsync("select count(*) from mt_events"));
        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
    }

    [Fact]
    public async Task what_is_appended_is_written_once_and_whole_whatever_state_a_stream_is_in()
    {
        await using var it = await CreateAsync();
        var keys = await it.AccountsAsync(150);

        // Each at both ends of the order of locks.
        await it.Store.ArchiveAsync(new Dictionary<StreamKey, long> { [keys[0]] = 1, [keys[149]] = 1 }, default);
        await when_another_writer_appended.ForeignBookingAsync(it, keys[1], 2, headers: null);
        await it.AppendAsync(keys[148], new Booked("C-148", 1, null));
        await when_another_writer_appended.ForeignBookingAsync(it, keys[148], 3, headers: null);
        await it.AppendAsync(keys[2], new Booked("C-2", 1, null));
        await it.AppendAsync(keys[147], new Booked("C-147", 1, null));

        var results = await it.Store.AppendManyAsync(
            [.. keys.Select((key, n) => new StreamAppend(key, n is 1 ? 2 : n is 148 ? 3 : 1, [new Booked($"B-{n}", 1, n % 2 == 0 ? "for Ada" : null)], new Metadata()))], default);

        Assert.Equal([2, 147], results.Index().Where(result => !result.Item.IsAppended).Select(result => result.Index));
        Assert.Equal("303 303", await it.TextAsync("select concat_ws(' ', count(*), count(*) filter (where length(headers ->> 'hash') = 64)) from mt_events"));
        Assert.Equal("0 0", await it.TextAsync("select concat_ws(' ', (select count(*) from mt_streams where is_archived), (select count(*) from mt_events where is_archived))"));
        Assert.Equal("148", await it.TextAsync("select count(*) from bookings where reference like 'B-%'"));
        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
    }

    [Fact]
    public async Task a_person_who_was_forgotten_stays_forgotten_and_others_are_sealed()
    {
        await using var it = await CreateAsync();
        List<StreamKey> keys = [.. await Task.WhenAll(Enumerable.Range(0, 3).Select(n => it.AccountAsync($"A-{n}")))];
        await using (var session = await it.Store.OpenSessionAsync(default))
        {
            session.Forget(await session.FetchForWritingAsync(keys[1], default));
            await session.CommitAsync(default);
        }

        await it.Store.AppendManyAsync([.. keys.Select((key, n) => new StreamAppend(key, 1, n == 2 ? [new Closed("no key needed")] : [new Booked($"B-{n}", 1, "for Ada")], new Metadata()))], default);

        Assert.Equal("for Ada", (await it.Store.ReadStreamAsync(keys[0], unseal: true))[1].Data is Booked sealedOne ? sealedOne.Note : null);
        Assert.Null(Assert.IsType<Booked>((await it.Store.ReadStreamAsync(keys[1], unseal: true))[1].Data).Note);
        Assert.Equal("1", await it.TextAsync("select count(*) from mt_events where data ->> 'Note' like 'sealed:%'"));
        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
    }

    [Fact]
    public async Task one_event_that_cannot_be_stored_among_hundreds_leaves_nothing_written()
    {
        await using var it = await CreateAsync();
        List<StreamKey> keys = [.. Enumerable.Range(0, 300).Select(_ => NewKey())];
        IReadOnlyList<StreamAppend> With(string reference) =>
            [.. keys.Select((key, n) => new StreamAppend(key, 0, [new AccountOpened(n == 170 ? reference : $"A-{n}", null, null, 1), new Booked($"B-{n}", 1, null)], new Metadata()))];

        await Assert.ThrowsAsync<ArgumentException>(() => it.Store.AppendManyAsync(With("\0"), default));
        Assert.Equal("0", await it.TextAsync("select count(*) from mt_events"));

        Assert.All(await it.Store.AppendManyAsync(With("A-170"), default), result => Assert.True(result.IsAppended && result.Version == 2));
        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task two_who_append_to_the_same_hundreds_in_other_orders_never_wait_for_each_other_in_a_ring(bool isSealed)
    {
        await using var it = await CreateAsync();
        List<StreamKey> keys = [.. Enumerable.Range(0, 240).Select(_ => NewKey())];
        await it.Store.AppendManyAsync([.. keys.Select((key, n) => new StreamAppend(key, 0, [new AccountOpened($"A-{n}", null, null, 1)], new Metadata()))], default);

        var calls = await Task.WhenAll(Enumerable.Range(0, 4).Select(caller => Task.Run(async () =>
        {
            var (store, mine, appended) = (StoreOn(it.Database.DataSource, MasterKey), caller % 2 == 0 ? keys : keys.AsEnumerable().Reverse().ToList(), 0);
            for (var round = 0; round < 5; round++)
            {
                List<long> versions;
                await using (var session = await store.OpenSessionAsync(default))
                {
                    // Remembered from here on, as what is not sealed has to be for an append that does not lock first.
                    var streams = await session.FetchForWritingAsync(mine, default);
                    versions = [.. mine.Select(key => streams[key].Version)];
                }

                appended += (await store.AppendManyAsync([.. mine.Select((key, n) => new StreamAppend(key, versions[n], [isSealed ? new Booked($"B-{caller}-{round}-{key.Id:N}", 1, null) : new Closed("at once")], new Metadata()))], default)).Count(result => result.IsAppended);
            }

            return appended;
        })));

        Assert.Equal($"{keys.Count + calls.Sum()}", await it.TextAsync("select count(*) from mt_events"));
        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
    }

    [Fact]
    public async Task a_stream_named_twice_is_refused()
    {
        await using var it = await CreateAsync();
        var append = new StreamAppend(NewKey(), 0, [Opened("A")], new Metadata());

        await Assert.ThrowsAsync<ArgumentException>(() => it.Store.AppendManyAsync([append, append], default));

        Assert.Equal("0", await it.TextAsync("select count(*) from mt_events"));
    }
}
