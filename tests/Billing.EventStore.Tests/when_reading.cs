using Billing.EventStore.Tests.Specs;
using static Billing.EventStore.Tests.Specs.StoreFixture;

namespace Billing.EventStore.Tests;

public class when_reading
{
    [Fact]
    public async Task a_stream_is_read_and_folded_as_of_a_version()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A", bookings: 3);

        var past = await it.Store.AggregateAsync(key, upToVersion: 3);

        Assert.Equal(3, past!.Version);
        Assert.Equal(300, ((Account)past.State).TotalMinor);
        Assert.Equal([1, 2, 3], (await it.Store.ReadStreamAsync(key, upToVersion: 3)).Select(e => e.Version));
    }

    [Fact]
    public async Task a_stream_is_read_as_it_was_known_at_an_instant()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A", bookings: 1);
        var then = await it.Store.ClockAsync(default);
        await it.AppendAsync(key, new Booked("later", 900, null));

        Assert.Equal(100, ((Account)(await it.Store.AggregateAsync(key, recordedUpTo: then))!.State).TotalMinor);
        Assert.Equal(then, (await it.Store.ReadStreamAsync(key, recordedUpTo: then.ToOffset(TimeSpan.FromHours(9)))).Max(e => e.Timestamp), TimeSpan.FromMinutes(1));
        Assert.Null(await it.Store.AggregateAsync(key, recordedUpTo: then.AddDays(-1)));
    }

    [Fact]
    public async Task an_unknown_stream_has_no_state_and_no_events()
    {
        await using var it = await CreateAsync();

        Assert.Null(await it.Store.AggregateAsync(NewKey()));
        Assert.Empty(await it.Store.ReadStreamAsync(NewKey()));
    }

    [Fact]
    public async Task a_stream_belongs_to_its_tenant_alone()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A");

        Assert.Null(await it.Store.AggregateAsync(key with { Tenant = "30202" }));
    }

    [Fact]
    public async Task recorded_times_are_the_databases_in_microseconds_and_never_step_back()
    {
        await using var it = await CreateAsync();
        var before = await it.Store.ClockAsync(default);
        var key = await it.AccountAsync("A", bookings: 5);
        var after = await it.Store.ClockAsync(default);

        var times = (await it.Store.ReadStreamAsync(key)).Select(e => e.Timestamp).ToList();

        Assert.Equal(times.Order(), times);
        Assert.All(times, t => Assert.InRange(t, before, after));
        Assert.All(times, t => Assert.Equal(0, t.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    [Fact]
    public async Task an_append_after_the_clock_stepped_back_takes_the_time_of_the_last_event()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A");
        await it.ExecuteAsync("update mt_events set timestamp = '2100-01-01 00:00:00.000001+00'");
        await it.ExecuteAsync("update mt_streams set timestamp = '2100-01-01 00:00:00.000001+00'");

        await it.AppendAsync(key, new Booked("A-1", 100, null));

        var last = (await it.Store.ReadStreamAsync(key))[^1];
        Assert.Equal(new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMicroseconds(1), last.Timestamp);
    }

    [Fact]
    public async Task old_stored_names_are_read_as_the_current_event()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A", bookings: 2);
        await it.ExecuteAsync("""update mt_events set type = 'booked_v0', data = '{"Reference": "A-1", "Cents": 75, "Remark": "old"}' where version = 2""");
        await it.ExecuteAsync("""update mt_events set type = 'booked_v1', data = '{"Reference": "A-2", "AmountMinor": 80, "Remark": null}' where version = 3""");

        var events = await it.Store.ReadStreamAsync(key);

        Assert.Equal([new Booked("A-1", 75, "old"), new Booked("A-2", 80, null)], events.Skip(1).Select(e => e.Data));
        Assert.All(events.Skip(1), e => Assert.Equal("booked", e.Type));
    }

    [Fact]
    public async Task a_name_that_is_not_in_the_catalogue_is_an_error_that_names_the_event()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A");
        await it.ExecuteAsync("update mt_events set type = 'from_the_future'");

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => it.Store.ReadStreamAsync(key));

        Assert.Contains($"Event 1 (from_the_future) of stream {key}", error.Message, StringComparison.Ordinal);
    }
}
