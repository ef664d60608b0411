using Billing.EventStore.Tests.Specs;
using static Billing.EventStore.Tests.Specs.StoreFixture;

namespace Billing.EventStore.Tests;

public class when_writers_meet
{
    [Fact]
    public async Task of_two_writers_who_saw_the_same_version_exactly_one_wins()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A");

        var outcomes = await Task.WhenAll(Enumerable.Range(1, 2).Select(writer => Task.Run(async () =>
        {
            try
            {
                await using var session = await it.Store.OpenSessionAsync(default);
                var stream = await session.FetchForWritingAsync(key, expectedVersion: 1, default);
                session.Append(stream, [new Booked($"A-{writer}", 100, null)], new Metadata());
                await session.CommitAsync(default);
                return true;
            }
            catch (StreamConflictException)
            {
                return false;
            }
        })));

        Assert.Single(outcomes, won => won);
        Assert.Equal(2, (await it.Store.ReadStreamAsync(key)).Count);
    }

    [Fact]
    public async Task of_two_creators_of_one_stream_exactly_one_wins()
    {
        await using var it = await CreateAsync();
        var key = NewKey();
        await using var first = await it.Store.OpenSessionAsync(default);
        await using var second = await it.Store.OpenSessionAsync(default);
        first.Append(await first.FetchForWritingAsync(key, default), [Opened("A")], new Metadata());
        second.Append(await second.FetchForWritingAsync(key, default), [Opened("B")], new Metadata());

        await first.CommitAsync(default);
        await Assert.ThrowsAsync<StreamConflictException>(() => second.CommitAsync(default));

        Assert.Equal("A", ((Account)(await it.Store.AggregateAsync(key))!.State).Reference);
        Assert.Equal(1, (await it.Store.AggregateAsync(key))!.Version);
    }

    [Fact]
    public async Task a_writer_who_comes_second_waits_and_sees_what_the_first_wrote()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A");
        await using var first = await it.Store.OpenSessionAsync(default);
        var held = await first.FetchForWritingAsync(key, default);
        await using var second = await it.Store.OpenSessionAsync(default);
        var waiting = second.FetchForWritingAsync(key, default);

        first.Append(held, [new Booked("A-1", 100, null)], new Metadata());
        Assert.False(waiting.IsCompleted);
        await first.CommitAsync(default);
        var stream = await waiting;
        second.Append(stream, [new Booked("A-2", 100, null)], new Metadata());
        await second.CommitAsync(default);

        Assert.Equal(2, ((Account)(await it.Store.AggregateAsync(key))!.State).Bookings);
    }

    [Fact]
    public async Task keys_are_ordered_as_postgresql_orders_them()
    {
        await using var it = await CreateAsync();
        var keys = Enumerable.Range(0, 200).Select(i => new StreamKey(i % 3 == 0 ? "9" : "10", Guid.NewGuid())).ToList();

        var ordered = await it.TextsAsync(
            "select tenant || '/' || id from unnest($1::varchar[], $2::uuid[]) as k (tenant, id) order by tenant collate \"C\", id",
            keys.Select(k => k.Tenant).ToArray(), keys.Select(k => k.Id).ToArray());

        Assert.Equal(ordered, keys.Order().Select(k => k.ToString()));
    }

    [Fact]
    public async Task streams_are_locked_in_key_order_whatever_order_they_are_asked_in()
    {
        await using var it = await CreateAsync();
        var keys = new List<StreamKey>();
        for (var i = 0; i < 20; i++)
        {
            keys.Add(await it.AccountAsync($"A{i}"));
        }

        // Opposite orders would deadlock within moments if they reached the locks.
        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            for (var round = 0; round < 5; round++)
            {
                await using var session = await it.Store.OpenSessionAsync(default);
                var streams = await session.FetchForWritingAsync([.. writer % 2 == 0 ? keys : keys.AsEnumerable().Reverse()], default);
                foreach (var (key, stream) in streams)
                {
                    session.Append(stream, [new Booked($"{key.Id}-{writer}-{round}", 1, null)], new Metadata());
                }

                await session.CommitAsync(default);
            }
        })));

        Assert.Equal($"{20 * 21}", await it.TextAsync("select sum(version) from mt_streams"));
    }
}
