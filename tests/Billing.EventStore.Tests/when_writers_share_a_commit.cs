using Billing.EventStore.Tests.Specs;
using Npgsql;
using static Billing.EventStore.Tests.Specs.StoreFixture;

namespace Billing.EventStore.Tests;

public class when_writers_share_a_commit
{
    [Fact]
    public async Task thirty_two_writers_of_one_stream_leave_ten_thousand_versions_without_gap_or_double()
    {
        const int Writers = 32, Appends = 10_000;
        await using var it = await CreateAsync();
        var key = await it.AppendAsync(NewKey(), Opened("A"));
        var turn = 1;

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            for (int number; (number = Interlocked.Increment(ref turn)) <= Appends;)
            {
                await BookAsync(it.Store, key, $"A-{number}");
            }
        })));

        Assert.Equal($"{Appends} 1 {Appends} {Appends}", await it.TextAsync("select count(*) || ' ' || min(version) || ' ' || max(version) || ' ' || count(distinct version) from mt_events"));
        Assert.Equal($"{Appends - 1}", await it.TextAsync("select bookings from accounts"));
        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
    }

    [Fact]
    public async Task one_whose_row_is_refused_falls_out_alone()
    {
        await using var it = await CreateAsync();
        List<StreamKey> keys = [.. await Task.WhenAll(Enumerable.Range(0, 20).Select(n => it.AccountAsync($"A-{n}")))];

        var outcomes = await OutcomesAsync(keys.Select((key, n) => BookAsync(it.Store, key, $"B-{n}", n == 7 ? -1 : 1)));

        Assert.Equal("ck_bookings_amount_is_positive", Assert.IsType<PostgresException>(outcomes[7]).ConstraintName);
        Assert.Equal(19, outcomes.Count(outcome => outcome is null));
        Assert.Equal("19", await it.TextAsync("select count(*) from bookings"));
    }

    [Fact]
    public async Task one_whose_decision_throws_falls_out_alone_also_after_it_appended()
    {
        await using var it = await CreateAsync();
        List<StreamKey> keys = [.. await Task.WhenAll(Enumerable.Range(0, 20).Select(n => it.AccountAsync($"A-{n}")))];

        var outcomes = await OutcomesAsync(keys.Select((key, n) => it.Store.WriteAsync(
            key,
            (session, stream) =>
            {
                if (n == 3)
                {
                    throw new InvalidOperationException("No.");
                }

                session.Append(stream, [new Booked($"B-{n}", 1, null)], new Metadata());
                return n == 5 ? throw new InvalidOperationException("Too late a no.") : n;
            },
            default)));

        Assert.Equal(["No.", "Too late a no."], outcomes.OfType<InvalidOperationException>().Select(error => error.Message).Order());
        Assert.Equal(18, outcomes.Count(outcome => outcome is null));
        Assert.Equal("18", await it.TextAsync("select count(*) from bookings"));
    }

    [Fact]
    public async Task one_who_gave_up_before_its_turn_writes_nothing()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A");
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => it.Store.WriteAsync(key, (session, stream) => Book(session, stream, "B", 1), gone.Token));
        await BookAsync(it.Store, key, "C");

        Assert.Equal("C", await it.TextAsync("select string_agg(reference, ',') from bookings"));
    }

    [Fact]
    public async Task two_who_create_one_stream_meet_each_other()
    {
        await using var it = await CreateAsync();
        var other = StoreOn(it.Database.DataSource, MasterKey);
        var key = NewKey();

        var outcomes = await OutcomesAsync(Enumerable.Range(0, 10).Select(n => (n % 2 == 0 ? it.Store : other).WriteAsync(
            key,
            (session, stream) =>
            {
                session.Append(stream, stream.Version == 0 ? [Opened("A")] : [new Booked($"A-{n}", 1, null)], new Metadata());
                return stream.Version;
            },
            default)));

        Assert.All(outcomes.OfType<Exception>(), error => Assert.True(error is StreamConflictException or PostgresException { SqlState: PostgresErrorCodes.UniqueViolation }, error.Message));
        Assert.Equal($"{outcomes.Count(outcome => outcome is null)}", await it.TextAsync("select max(version) from mt_events"));
        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
    }

    private static Task<long> BookAsync(EventStore store, StreamKey key, string reference, long amount = 1) =>
        store.WriteAsync(key, (session, stream) => Book(session, stream, reference, amount), default);

    private static long Book(Session session, WritableStream stream, string reference, long amount)
    {
        session.Append(stream, [new Booked(reference, amount, null)], new Metadata());
        return stream.Version;
    }

    private static async Task<List<Exception?>> OutcomesAsync<T>(IEnumerable<Task<T>> writes)
    {
        var started = writes.ToList();
        var outcomes = new List<Exception?>();
        foreach (var write in started)
        {
            outcomes.Add(await Record.ExceptionAsync(() => write));
        }

        return outcomes;
    }
}
