using Billing.EventStore.Tests.Specs;
using static Billing.EventStore.Tests.Specs.StoreFixture;

namespace Billing.EventStore.Tests;

// As Marten appends: its columns only, no hash, none of our projections and keys.
public class when_another_writer_appended
{
    [Fact]
    public async Task our_next_append_chains_and_projects_what_it_wrote()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A", bookings: 1);
        await ForeignBookingAsync(it, key, 3, headers: null);
        await ForeignBookingAsync(it, key, 4, headers: """{"source": "another"}""");

        await it.AppendAsync(key, new Booked("A-5", 1000, null));

        Assert.Equal("5", await it.TextAsync("select count(*) from mt_events where length(headers ->> 'hash') = 64"));
        Assert.Equal("another", await it.TextAsync("select headers ->> 'source' from mt_events where version = 4"));
        Assert.Equal("(4,1114,5)", await it.TextAsync("select (bookings, total_minor, stream_version)::text from accounts"));
        Assert.Equal(["A-1", "A-5", "foreign-3", "foreign-4"], await it.TextsAsync("select reference from bookings order by reference collate \"C\""));
        var report = await new Auditor(it.Store).VerifyAsync(null, default);
        Assert.Equal((5, 0, 0), (report.Events, report.Unchained, report.Differences.Count));
    }

    [Fact]
    public async Task until_then_the_audit_counts_it_as_not_chained_yet()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A", bookings: 1);
        await ForeignBookingAsync(it, key, 3, headers: null);

        var report = await new Auditor(it.Store).VerifyAsync(null, default);

        Assert.Equal((3, 1, 0), (report.Events, report.Unchained, report.Differences.Count));
        Assert.Equal(107, ((Account)(await it.Store.AggregateAsync(key))!.State).TotalMinor);
    }

    [Fact]
    public async Task a_stream_that_it_created_is_chained_from_its_first_event_and_gets_a_key()
    {
        await using var it = await CreateAsync();
        var key = NewKey();
        await it.ExecuteAsync("insert into mt_streams (tenant_id, id, type, version) values ($1, $2, 'account', 0)", key.Tenant, key.Id);
        await InsertAsync(it, key, 1, "account_opened", """{"Reference": "F", "Holder": {"Name": "in the clear"}, "Email": null, "Limit": 1}""", null);

        await it.AppendAsync(key, new Booked("F-1", 100, "for Ada"));

        Assert.Equal(["in the clear", "for Ada"], (await it.Store.ReadStreamAsync(key, unseal: true)).Select(e => e.Data is AccountOpened a ? a.Holder!.Name : ((Booked)e.Data).Note));
        Assert.Equal("F", await it.TextAsync("select reference from account_references"));
        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
    }

    [Fact]
    public async Task a_rebuild_in_between_leaves_its_events_to_our_next_append()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A", bookings: 1);
        await ForeignBookingAsync(it, key, 3, headers: null);
        await new Rebuilder(it.Store).RebuildAsync("bookings", null, default);

        await it.AppendAsync(key, new Closed("done"));

        Assert.Equal(["A-1", "foreign-3"], await it.TextsAsync("select reference from bookings where is_final order by 1"));
        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
    }

    internal static Task ForeignBookingAsync(StoreFixture it, StreamKey key, long version, string? headers) =>
        InsertAsync(it, key, version, "booked", $$"""{"Reference": "foreign-{{version}}", "AmountMinor": 7, "Note": null}""", headers);

    private static async Task InsertAsync(StoreFixture it, StreamKey key, long version, string type, string data, string? headers)
    {
        await it.ExecuteAsync(
            """
            insert into mt_events (seq_id, id, stream_id, version, data, type, tenant_id, timestamp, mt_dotnet_type, headers)
            values (nextval('mt_events_sequence'), gen_random_uuid(), $1, $2, $3::jsonb, $4, $5, now(), 'Other.Type, Other', $6::jsonb)
            """,
            key.Id, version, data, type, key.Tenant, headers);
        await it.ExecuteAsync("update mt_streams set version = $3, timestamp = now() where tenant_id = $1 and id = $2", key.Tenant, key.Id, version);
    }
}
