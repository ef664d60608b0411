using Billing.EventStore.Tests.Specs;
using Npgsql;
using static Billing.EventStore.Tests.Specs.StoreFixture;

namespace Billing.EventStore.Tests;

public class when_projecting_inline
{
    [Fact]
    public async Task views_are_written_with_the_events()
    {
        await using var it = await CreateAsync();
        var key = await it.AppendAsync(NewKey(), Opened("A"), new Booked("A-1", 100, null), new Booked("A-2", 50, null));
        await it.AppendAsync(key, new Closed("done"));

        Assert.Equal("(A,2,150,4)", await it.TextAsync("select (reference, bookings, total_minor, stream_version)::text from accounts"));
        Assert.Equal(["A-1 true 4", "A-2 true 4"], await it.TextsAsync("select reference || ' ' || is_final || ' ' || stream_version from bookings order by 1"));
    }

    [Fact]
    public async Task a_row_that_a_view_refuses_takes_the_events_with_it()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A");

        var error = await Assert.ThrowsAsync<PostgresException>(() => it.AppendAsync(key, new Booked("A-1", 100, null), new Booked("A-2", -1, null)));

        Assert.Equal("ck_bookings_amount_is_positive", error.ConstraintName);
        Assert.Equal("1", await it.TextAsync("select count(*) from mt_events"));
        Assert.Equal("0", await it.TextAsync("select count(*) from bookings"));
        Assert.Equal("1", await it.TextAsync("select version from mt_streams"));
    }

    [Fact]
    public async Task a_reservation_that_is_taken_is_told_by_its_constraint()
    {
        await using var it = await CreateAsync();
        await it.AccountAsync("A");

        var error = await Assert.ThrowsAsync<PostgresException>(() => it.AccountAsync("A"));

        Assert.Equal((PostgresErrorCodes.UniqueViolation, "pk_account_references"), (error.SqlState, error.ConstraintName));
        Assert.Equal("1", await it.TextAsync("select count(*) from mt_streams"));
    }

    [Fact]
    public async Task personal_data_never_reaches_a_view()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A");
        await it.AppendAsync(key, new Moved(new Person("Grace Example", null), DateTimeOffset.UnixEpoch));

        Assert.Null(await it.TextAsync("select holder_name from accounts"));
    }
}
