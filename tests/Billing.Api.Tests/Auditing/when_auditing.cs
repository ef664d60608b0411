using Billing.Api.Operations.Audit;
using Billing.Api.Tests.Specs;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Billing.Api.Tests.Auditing;

/// <summary>Promise 6, on a database that a month of traffic has written.</summary>
[Keeps(Promise.ViewsEqualReplay, Promise.HistoryIsProvenAndPeopleAreForgotten)]
public partial class when_auditing(AMonthOfTraffic month) : IClassFixture<AMonthOfTraffic>
{
    private World World => month.World;

    private NpgsqlDataSource DataSource => month.World.DataSource;

    [Fact]
    public async Task the_month_held_what_a_month_holds()
    {
        var types = ((string)(await DataSource.ScalarAsync("select string_agg(distinct type, ' ') from mt_events"))!)
            .Split(' ');

        string[] expected =
        [
            "payment_charged", "payment_failed", "payment_pending", "payment_outcome_unknown", "retry_scheduled",
            "schedule_paused", "schedule_resumed", "charge_skipped",
            "preapproval_changed", "preapproval_closed",
        ];

        Assert.Empty(expected.Except(types));
        Assert.Equal(0L, await DataSource.ScalarAsync("select count(*) from dead_letters"));
    }

    [Fact]
    public async Task a_month_of_traffic_leaves_no_difference()
    {
        var report = await World.Services.GetRequiredService<Auditor>().VerifyAsync(null, null, default);

        Assert.Empty(report.Differences);
        Assert.Equal(
            (
                await DataSource.ScalarAsync("select count(*) from mt_streams"),
                await DataSource.ScalarAsync("select count(*) from mt_events where type <> 'tombstone'")),
            (report.Streams, report.Events));

        (await World.Billing("audit", "verify")).Ended(0)
            .With($"audit verify: {report.Streams} streams, {report.Events} events, 0 differences");
    }

    [Fact]
    public void it_finds_nothing_while_the_service_works_and_shows_its_progress()
    {
        Assert.Empty(month.Audits.SelectMany(audit => audit.Report.Differences));
        Assert.All(month.Audits, audit => Assert.Equal(
            (audit.Report.Streams, audit.Report.Events),
            (audit.Progress[^1].Streams, audit.Progress[^1].Events)));
        Assert.Contains(month.Audits, audit => audit.Written > 0);
    }

    [Fact]
    public async Task every_view_rebuilt_from_nothing_has_the_same_rows()
    {
        foreach (var (view, table) in new[]
        {
            ("subscriptions", "mt_doc_subscription"), ("payments", "mt_doc_payment")
        })
        {
            var before = await DataSource.DocumentsAsync(table);
            Assert.NotEmpty(before);
            await DataSource.DoAsync($"delete from {table}");

            await World.Services.GetRequiredService<ViewRebuilder>().RebuildAsync(View.Named(view), null, default);

            Assert.Equal(before, await DataSource.DocumentsAsync(table));
        }
    }

    [Fact]
    public async Task an_event_that_cannot_be_read_any_more_is_named_by_stream_and_version()
    {
        var (tenant, stream, version, data) = await World.AnEventAsync("payment_charged");
        var changed = data.Replace(
            "\"LearntFrom\": \"Answer\"", "\"LearntFrom\": \"Answes\"", StringComparison.Ordinal);
        Assert.NotEqual(data, changed);

        await World.TamperAsync(
            ("update mt_events set data = $1::jsonb where tenant_id = $2 and stream_id = $3 "
                + "and version = $4", [changed, tenant, stream, version]),
            ("update mt_events set data = $1::jsonb where tenant_id = $2 and stream_id = $3 "
                + "and version = $4", [data, tenant, stream, version]),
            reply => reply.Ended(1).With($"stream {tenant}/{stream} version {version}: The event cannot be read"));
    }

    [Theory]
    [InlineData("data = jsonb_set(data, '{Amount,Minor}', to_jsonb((data #>> '{Amount,Minor}')::bigint + 1))")]
    [InlineData("type = 'payment_pending'")]
    [InlineData("type = 'tombstone'", "The event of log entry ")]
    [InlineData("timestamp = timestamp - interval '1 microsecond'")]
    [InlineData("headers = '{\"a\": \"b\"}'")]
    [InlineData("correlation_id = 'another'")]
    [InlineData("causation_id = 'another'")]
    [InlineData("user_name = 'another'")]
    [InlineData("id = gen_random_uuid()")]
    public async Task a_changed_event_is_named(string change, string? finding = null)
    {
        var (tenant, stream, version, _) = await World.AnEventAsync("charge_requested", isAnswer: false);

        await World.TamperAsync(
            $"update mt_events set {change} where seq_id in (select seq_id from kept)",
            "tenant_id = $1 and stream_id = $2 and version = $3", [tenant, stream, version],
            reply => reply.Ended(1).With(finding ?? $"{stream} version {version}: Event ")
                .With(finding ?? " was changed: it is not that of log entry "));
    }

    [Fact]
    public async Task two_swapped_events_are_both_named()
    {
        const string Tenant = "30201";
        const string Requested = "from mt_events where type = 'charge_requested' and tenant_id = $1";
        var stream = (Guid)(await DataSource.ScalarAsync(
            $"select stream_id {Requested} group by 1 having count(*) > 1 limit 1", Tenant))!;
        var versions = (long[])(await DataSource.ScalarAsync(
            $"select (array_agg(version order by version))[1:2] {Requested} and stream_id = $2", Tenant, stream))!;

        await World.TamperAsync(
            "update mt_events e set data = o.data from kept k, kept o where e.seq_id = "
            + "k.seq_id and o.seq_id <> k.seq_id",
            "tenant_id = $1 and stream_id = $2 and version = any ($3)", [Tenant, stream, versions],
            reply => Assert.All(
                versions, version => reply.Ended(1).With($"stream {Tenant}/{stream} version {version}: Event ")));
    }

    [Fact]
    public async Task a_removed_stream_is_named_by_its_log_entries_and_its_documents()
    {
        var (tenant, stream, _, _) = await World.AnEventAsync("charge_requested", isAnswer: false);
        await DataSource.DoAsync(
            "create table kept_stream as select * from mt_streams where tenant_id = $1 and id = $2", tenant, stream);
        var positions = (long[])(await DataSource.ScalarAsync(
            "select array_agg(position order by position) from log_entries join mt_events using (seq_id) "
            + "where tenant_id = $1 and stream_id = $2", tenant, stream))!;

        await World.TamperAsync(
            """
            with gone as (delete from mt_events where seq_id in (select seq_id from kept))
            delete from mt_streams where id in (select id from kept_stream)
            """,
            "tenant_id = $1 and stream_id = $2", [tenant, stream],
            reply => Assert.All(
                positions.Take(20),
                position => reply.Ended(1).With($"log: The event of log entry {position} is missing")),
            "insert into mt_streams select * from kept_stream");
    }

    [Fact]
    public async Task a_deleted_event_is_named_by_stream_and_version_and_by_its_log_entry()
    {
        var (tenant, stream, version, _) = await World.AnEventAsync("payment_charged");
        var position = await DataSource.ScalarAsync(
            "select position from log_entries join mt_events using (seq_id) "
            + "where tenant_id = $1 and stream_id = $2 and version = $3", tenant, stream, version);

        await World.TamperAsync(
            "delete from mt_events where seq_id in (select seq_id from kept)",
            "tenant_id = $1 and stream_id = $2 and version = $3", [tenant, stream, version],
            reply => reply.Ended(1).With($"stream {tenant}/{stream} version {version}: The event is missing.")
                .With($"log: The event of log entry {position} is missing"));
    }

    [Theory]
    [InlineData(-5_000_000_000_000_000_000)]
    [InlineData(5_000_000_000_000_000_000)]
    public async Task an_event_with_a_sequence_number_that_the_database_has_not_given_is_named(long sequence)
    {
        var (tenant, stream, version, _) = await World.AnEventAsync("charge_requested", isAnswer: false);

        await World.TamperAsync(
            ($"""
            insert into mt_events select (jsonb_populate_record(e, jsonb_build_object(
                'seq_id', {sequence}, 'id', gen_random_uuid(), 'version', 1 + s.version))).*
            from mt_events e join mt_streams s on s.tenant_id = e.tenant_id and s.id = e.stream_id
            where e.tenant_id = $1 and e.stream_id = $2 and e.version = $3
            """, [tenant, stream, version]),
            ($"""
            with entry as (delete from log_entries where seq_id = {sequence} returning position),
                checkpoint as (delete from log_checkpoints where size >= (select position from entry))
            delete from mt_events where seq_id = {sequence}
            """, []),
            reply => reply.Ended(1).With($"has the sequence number {sequence}, which the database has not given."));
    }

    [Fact]
    public async Task an_event_that_was_archived_alone_is_named()
    {
        var (tenant, stream, version, _) = await World.AnEventAsync("payment_charged");
        const string Set = "update mt_events set is_archived = not is_archived "
            + "where tenant_id = $1 and stream_id = $2 and version = $3";

        await World.TamperAsync(
            (Set, [tenant, stream, version]), (Set, [tenant, stream, version]),
            reply => reply.Ended(1).With($"stream {tenant}/{stream} version {version}: The event is archived"));
    }
}
