using Billing.EventStore.Tests.Specs;
using Npgsql;
using static Billing.EventStore.Tests.Specs.StoreFixture;

namespace Billing.EventStore.Tests;

public class when_importing
{
    private static readonly Metadata From = new("import", "file 1", "operator");

    [Fact]
    public async Task what_is_there_then_is_what_appends_would_have_left()
    {
        await using var it = await CreateAsync();
        var streams = Streams(25).ToList();

        var report = await new Importer(it.Store) { EventsPerCommit = 7 }.ImportAsync(streams.ToAsyncEnumerable(), null, default);

        Assert.Equal(new ImportReport(25, 75, 0), report);
        var verdict = await new Auditor(it.Store).VerifyAsync(null, default);
        Assert.Equal((25, 75, 0, 0), (verdict.Streams, verdict.Events, verdict.Unchained, verdict.Differences.Count));
        Assert.Equal("25", await it.TextAsync("select count(*) from account_references"));
        Assert.True(int.Parse((await it.TextAsync("select count(distinct transaction_id) from mt_events"))!, System.Globalization.CultureInfo.InvariantCulture) >= 8);
        var read = await it.Store.ReadStreamAsync(streams[3].Key, unseal: true);
        Assert.Equal("ada@example.com", ((AccountOpened)read[0].Data).Email);
        Assert.Equal(("import", "file 1", "operator"), (read[0].CorrelationId, read[0].CausationId, read[0].UserName));
        Assert.Null(((AccountOpened)(await it.Store.ReadStreamAsync(streams[3].Key))[0].Data).Email);
    }

    [Fact]
    public async Task appends_go_on_with_its_streams()
    {
        await using var it = await CreateAsync();
        var key = Streams(1).Single().Key;
        await new Importer(it.Store).ImportAsync(new[] { Of(key, "A") }.ToAsyncEnumerable(), null, default);

        await it.AppendAsync(key, new Booked("more", 1, "sealed too"), new Closed("done"));

        Assert.Equal("(3,16,5)", await it.TextAsync("select (bookings, total_minor, stream_version)::text from accounts"));
        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
    }

    [Fact]
    public async Task it_is_started_again_where_it_was_killed()
    {
        await using var it = await CreateAsync();
        var streams = Streams(10).ToList();
        await new Importer(it.Store).ImportAsync(streams.Take(4).ToAsyncEnumerable(), null, default);
        await it.AppendAsync(streams[0].Key, new Closed("meanwhile"));

        Assert.Equal(new ImportReport(6, 18, 4), await new Importer(it.Store).ImportAsync(streams.ToAsyncEnumerable(), null, default));

        Assert.Equal("31", await it.TextAsync("select count(*) from mt_events"));
        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
    }

    [Fact]
    public async Task what_a_guard_refuses_is_not_imported_and_takes_its_transaction_with_it()
    {
        await using var it = await CreateAsync();
        await it.AccountAsync("A1");

        var error = await Assert.ThrowsAsync<PostgresException>(() => new Importer(it.Store).ImportAsync(Streams(3).ToAsyncEnumerable(), null, default));

        Assert.Equal("pk_account_references", error.ConstraintName);
        Assert.Equal("1", await it.TextAsync("select count(*) from mt_events"));
        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
    }

    private static IEnumerable<ImportedStream> Streams(int count) => Enumerable.Range(0, count).Select(i => Of(NewKey(), $"A{i}"));

    private static ImportedStream Of(StreamKey key, string reference) =>
        new(key, [Opened(reference), new Booked($"{reference}-1", 5, "for the roof"), new Booked($"{reference}-2", 10, null)], From);
}
