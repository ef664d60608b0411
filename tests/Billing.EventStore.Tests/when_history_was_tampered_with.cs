using Billing.EventStore.Tests.Specs;
using static Billing.EventStore.Tests.Specs.StoreFixture;

namespace Billing.EventStore.Tests;

public class when_history_was_tampered_with
{
    [Fact]
    public async Task one_changed_field_of_one_event_names_its_stream_and_version()
    {
        string[] changes =
        [
            """data = jsonb_set(data, '{Note}', to_jsonb(overlay(data ->> 'Note' placing 'A' from 20) || '='))""",
            """data = jsonb_set(data, '{AmountMinor}', '101')""",
            """data = data || '{"More": 1}'""",
            "timestamp = timestamp + interval '1 microsecond'",
            "user_name = 'Tester'",
            "user_name = null",
            "correlation_id = 'conversatiom'",
            "correlation_id = ''",
            "causation_id = 'cause '",
            "type = 'booked_v1'",
            "type = 'bookee'",
            "id = gen_random_uuid()",
            """headers = headers || '{"more": 1}'""",
            "headers = '{}'",
            "headers = null",
            "headers = '[]'",
        ];
        await using var it = await CreateAsync();
        var changed = await ChangedAsync(it, changes.Select(change => $"update mt_events set {change} where stream_id = $1 and version = 2"));
        await it.AccountAsync("untouched", bookings: 1);

        var report = await new Auditor(it.Store).VerifyAsync(null, default);

        Assert.All(changed, key => Assert.Equal([2L], report.Differences.Where(d => d.StreamId == key.Id && d.Version != null).Select(d => d.Version!.Value)));
        Assert.Superset(report.Differences.Select(d => d.StreamId).ToHashSet(), changed.Select(key => key.Id).ToHashSet());
    }

    [Fact]
    public async Task a_changed_hash_breaks_the_chain_at_its_event_and_the_next()
    {
        await using var it = await CreateAsync();
        await it.AccountAsync("A", bookings: 3);
        await it.ExecuteAsync("""update mt_events set headers = headers || '{"hash": "00"}' where version = 2""");

        var report = await new Auditor(it.Store).VerifyAsync(null, default);

        Assert.Equal([2, 3], report.Differences.Select(d => d.Version));
    }

    [Fact]
    public async Task a_missing_event_is_named()
    {
        (string Change, long Version)[] cases =
        [
            ("delete from mt_events where stream_id = $1 and version = 1", 1),
            ("delete from mt_events where stream_id = $1 and version = 2", 2),
            ("delete from mt_events where stream_id = $1 and version in (2, 3)", 2),
            ("delete from mt_events where stream_id = $1 and version = 4", 4),
            ("delete from mt_events where stream_id = $1", 1),
            ("update mt_events set version = case version when 2 then 30 else version end where stream_id = $1", 2),
            ("update mt_events set stream_id = gen_random_uuid() where stream_id = $1 and version = 3", 3),
            ("update mt_events set tenant_id = '1' where stream_id = $1 and version = 3", 3),
            ("update mt_events set tenant_id = null where stream_id = $1 and version = 3", 3),
            ("update mt_streams set version = version + 1 where id = $1", 5),
        ];
        await using var it = await CreateAsync();
        var changed = await ChangedAsync(it, cases.Select(c => c.Change));

        var report = await new Auditor(it.Store).VerifyAsync(null, default);

        Assert.All(cases.Zip(changed), c => Assert.Contains(
            report.Differences, d => d.StreamId == c.Second.Id && d.Version == c.First.Version && d.What.Contains("missing", StringComparison.Ordinal)));
        Assert.Single(report.Differences, d => d.What.Contains("belongs to no stream", StringComparison.Ordinal));
    }

    [Fact]
    public async Task events_that_changed_places_are_both_named()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A", bookings: 3);
        await it.ExecuteAsync("update mt_events set version = -version where stream_id = $1 and version in (2, 3)", key.Id);
        await it.ExecuteAsync("update mt_events set version = 5 + version where stream_id = $1 and version < 0", key.Id);

        var report = await new Auditor(it.Store).VerifyAsync(null, default);

        Assert.Superset(new HashSet<long?> { 2, 3 }, report.Differences.Select(d => d.Version).ToHashSet());
    }

    [Fact]
    public async Task a_changed_stream_row_is_named()
    {
        await using var it = await CreateAsync();
        var changed = await ChangedAsync(it,
        [
            "update mt_streams set head_hash = sha256('x') where id = $1",
            "update mt_streams set head_hash_version = 3 where id = $1",
            "update mt_streams set head_hash_version = 9 where id = $1",
            "update mt_streams set version = 3 where id = $1",
            "delete from mt_streams where id = $1",
        ]);

        var report = await new Auditor(it.Store).VerifyAsync(null, default);

        Assert.All(changed, key => Assert.Contains(report.Differences, d => d.StreamId == key.Id));
    }

    [Fact]
    public async Task a_tampered_view_row_is_named()
    {
        (string Change, string What)[] cases =
        [
            ("update accounts set total_minor = total_minor + 1, bookings = 9 where account_id = $1", "A row of accounts differs from replay in bookings, total_minor."),
            ("update accounts set holder_name = 'somebody' where account_id = $1", "A row of accounts differs from replay in holder_name."),
            ("delete from accounts where account_id = $1", "A row of accounts is missing."),
            ("update bookings set amount_minor = 5 where account_id = $1 and reference like '%-2'", "A row of bookings differs from replay in amount_minor."),
            ("delete from bookings where account_id = $1 and reference like '%-2'", "A row of bookings is missing."),
            ("insert into bookings values ('30201', 'more', $1, 1, false, now(), 1)", "A row of bookings does not come from the events."),
        ];
        await using var it = await CreateAsync();
        var changed = await ChangedAsync(it, cases.Select(c => c.Change));
        await it.AccountAsync("untouched", bookings: 1);

        var report = await new Auditor(it.Store).VerifyAsync(null, default);

        var expected = cases.Zip(changed, (c, key) => new Difference(key.Tenant, key.Id, null, c.What));
        Assert.Equal(expected.OrderBy(d => d.StreamId), report.Differences.OrderBy(d => d.StreamId));
    }

    [Fact]
    public async Task a_view_row_without_a_stream_is_named_wherever_it_sorts()
    {
        await using var it = await CreateAsync();
        await it.AccountAsync("A");
        foreach (var id in new[] { Guid.Empty, Guid.CreateVersion7(), Guid.AllBitsSet })
        {
            await it.ExecuteAsync("insert into accounts values ('30201', $1, 'ghost', null, 0, 0, 1)", id);
        }

        var report = await new Auditor(it.Store) { StreamsPerChunk = 1 }.VerifyAsync(null, default);

        Assert.Equal(3, report.Differences.Count(d => d.What == "A row of accounts does not come from the events."));
    }

    [Fact]
    public async Task a_stream_that_does_not_replay_is_named_and_the_others_are_still_audited()
    {
        (string Change, string What)[] cases =
        [
            ("""type = 'impossible', data = '{"Why": "no"}'""", "Impossible cannot follow Account."),
            ("""data = jsonb_set(data, '{AmountMinor}', '"many"')""", "does not read"),
            ("""data = jsonb_set(data, '{AmountMinor}', '-1')""", "a view refuses it (23514 ck_bookings_amount_is_positive)"),
        ];
        await using var it = await CreateAsync();
        var changed = await ChangedAsync(it, cases.Select(c => $"update mt_events set {c.Change} where stream_id = $1 and version = 2"));
        var other = await it.AccountAsync("other", bookings: 1);
        await it.ExecuteAsync("update accounts set bookings = 7 where account_id = $1", other.Id);

        var report = await new Auditor(it.Store).VerifyAsync(null, default);

        Assert.All(cases.Zip(changed), c =>
        {
            Assert.Contains(report.Differences, d => d.StreamId == c.Second.Id && d.What.Contains(c.First.What, StringComparison.Ordinal));
            Assert.Contains(report.Differences, d => d.StreamId == c.Second.Id && d.Version == 2);
        });
        Assert.Equal("A row of accounts differs from replay in bookings.", Assert.Single(report.Differences, d => d.StreamId == other.Id).What);
    }

    // One stream of four events per change, so that one audit has to tell them apart.
    private static async Task<List<StreamKey>> ChangedAsync(StoreFixture it, IEnumerable<string> changes)
    {
        var keys = new List<StreamKey>();
        foreach (var (index, change) in changes.Index())
        {
            var reference = $"changed-{index}";
            keys.Add(await it.AppendAsync(
                NewKey(), Opened(reference), new Booked($"{reference}-1", 100, "for the roof"), new Booked($"{reference}-2", 200, null), new Booked($"{reference}-3", 300, null)));
            Assert.NotEqual(0, await it.ExecuteAsync(change, keys[^1].Id));
        }

        return keys;
    }
}
