using Billing.Api.Operations.Audit;
using Billing.Api.Operations.TransparencyLog;
using Billing.Api.Tests.Specs;
using Billing.Audit.Transparency;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Billing.Api.Tests.Auditing;

/// <summary>Promise 6, on a database that a month of traffic has written.</summary>
[Keeps(Promise.ViewsEqualReplay, Promise.HistoryIsProvenAndPeopleAreForgotten)]
public class when_auditing(AMonthOfTraffic month) : IClassFixture<AMonthOfTraffic>
{
    private World World => month.World;

    private NpgsqlDataSource Books => month.World.Books;

    [Fact]
    public async Task the_month_held_what_a_month_holds()
    {
        var types = ((string)(await Books.ScalarAsync("select string_agg(distinct type, ' ') from mt_events"))!).Split(' ');

        string[] expected =
        [
            "payment_charged", "payment_failed", "payment_pending", "payment_outcome_unknown", "retry_scheduled", "schedule_paused", "schedule_resumed", "charge_skipped",
            "preapproval_changed", "preapproval_closed",
        ];

        Assert.Empty(expected.Except(types));
        Assert.Equal(0L, await Books.ScalarAsync("select count(*) from dead_letters"));
    }

    [Fact]
    public async Task a_month_of_traffic_leaves_no_difference()
    {
        var report = await World.Services.GetRequiredService<Auditor>().VerifyAsync(null, null, default);

        Assert.Empty(report.Differences);
        Assert.Equal((await Books.ScalarAsync("select count(*) from mt_streams"), await Books.ScalarAsync("select count(*) from mt_events where type <> 'tombstone'")), (report.Streams, report.Events));

        (await World.Billing("audit", "verify")).Ended(0).With($"audit verify: {report.Streams} streams, {report.Events} events, 0 differences");
    }

    [Fact]
    public async Task every_view_rebuilt_from_nothing_has_the_same_rows()
    {
        foreach (var (view, table) in new[] { ("subscriptions", "mt_doc_subscription"), ("payments", "mt_doc_payment") })
        {
            var before = await Books.DocumentsAsync(table);
            Assert.NotEmpty(before);
            await Books.DoAsync($"delete from {table}");

            await World.Services.GetRequiredService<ViewRebuilder>().RebuildAsync(View.Named(view), null, default);

            Assert.Equal(before, await Books.DocumentsAsync(table));
        }
    }

    [Fact]
    public async Task an_event_that_cannot_be_read_any_more_is_named_by_stream_and_version()
    {
        var (tenant, stream, version, data) = await AnEventAsync("payment_charged");
        var changed = data.Replace("\"LearntFrom\": \"Answer\"", "\"LearntFrom\": \"Answes\"", StringComparison.Ordinal);
        Assert.NotEqual(data, changed);

        await DuringAsync(
            ("update mt_events set data = $1::jsonb where tenant_id = $2 and stream_id = $3 and version = $4", [changed, tenant, stream, version]),
            ("update mt_events set data = $1::jsonb where tenant_id = $2 and stream_id = $3 and version = $4", [data, tenant, stream, version]),
            said => said.Ended(1).With($"stream {tenant}/{stream} version {version}: The event cannot be read"));
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
        var (tenant, stream, version, _) = await AnEventAsync("charge_requested", isAnswer: false);

        await DuringAsync(
            $"update mt_events set {change} where seq_id in (select seq_id from kept)",
            "tenant_id = $1 and stream_id = $2 and version = $3", [tenant, stream, version],
            said => said.Ended(1).With(finding ?? $"{stream} version {version}: Event ")
                .With(finding ?? " was changed: it is not that of log entry "));
    }

    [Fact]
    public async Task two_swapped_events_are_both_named()
    {
        const string Tenant = "30201";
        const string Requested = "from mt_events where type = 'charge_requested' and tenant_id = $1";
        var stream = (Guid)(await Books.ScalarAsync($"select stream_id {Requested} group by 1 having count(*) > 1 limit 1", Tenant))!;
        var versions = (long[])(await Books.ScalarAsync(
            $"select (array_agg(version order by version))[1:2] {Requested} and stream_id = $2", Tenant, stream))!;

        await DuringAsync(
            "update mt_events e set data = o.data from kept k, kept o where e.seq_id = k.seq_id and o.seq_id <> k.seq_id",
            "tenant_id = $1 and stream_id = $2 and version = any ($3)", [Tenant, stream, versions],
            said => Assert.All(
                versions, version => said.Ended(1).With($"stream {Tenant}/{stream} version {version}: Event ")));
    }

    [Fact]
    public async Task a_removed_stream_is_named_by_its_log_entries_and_its_documents()
    {
        var (tenant, stream, _, _) = await AnEventAsync("charge_requested", isAnswer: false);
        await Books.DoAsync(
            "create table kept_stream as select * from mt_streams where tenant_id = $1 and id = $2", tenant, stream);
        var positions = (long[])(await Books.ScalarAsync(
            "select array_agg(position order by position) from log_entries join mt_events using (seq_id) "
            + "where tenant_id = $1 and stream_id = $2", tenant, stream))!;

        await DuringAsync(
            """
            with gone as (delete from mt_events where seq_id in (select seq_id from kept))
            delete from mt_streams where id in (select id from kept_stream)
            """,
            "tenant_id = $1 and stream_id = $2", [tenant, stream],
            said => Assert.All(
                positions.Take(20),
                position => said.Ended(1).With($"log: The event of log entry {position} is missing")),
            "insert into mt_streams select * from kept_stream");
    }

    [Fact]
    public async Task a_deleted_event_is_named_by_stream_and_version_and_by_its_log_entry()
    {
        var (tenant, stream, version, _) = await AnEventAsync("payment_charged");
        var position = await Books.ScalarAsync(
            "select position from log_entries join mt_events using (seq_id) "
            + "where tenant_id = $1 and stream_id = $2 and version = $3", tenant, stream, version);

        await DuringAsync(
            "delete from mt_events where seq_id in (select seq_id from kept)",
            "tenant_id = $1 and stream_id = $2 and version = $3", [tenant, stream, version],
            said => said.Ended(1).With($"stream {tenant}/{stream} version {version}: The event is missing.")
                .With($"log: The event of log entry {position} is missing"));
    }

    [Theory]
    [InlineData(-5_000_000_000_000_000_000)]
    [InlineData(5_000_000_000_000_000_000)]
    public async Task an_event_with_a_sequence_number_that_the_database_has_not_given_is_named(long sequence)
    {
        var (tenant, stream, version, _) = await AnEventAsync("charge_requested", isAnswer: false);

        await DuringAsync(
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
            said => said.Ended(1).With($"has the sequence number {sequence}, which the database has not given."));
    }

    [Fact]
    public async Task an_event_that_was_archived_alone_is_named()
    {
        var (tenant, stream, version, _) = await AnEventAsync("payment_charged");
        const string Set = "update mt_events set is_archived = not is_archived "
            + "where tenant_id = $1 and stream_id = $2 and version = $3";

        await DuringAsync(
            (Set, [tenant, stream, version]), (Set, [tenant, stream, version]),
            said => said.Ended(1).With($"stream {tenant}/{stream} version {version}: The event is archived"));
    }

    [Fact]
    public async Task a_changed_leaf_is_named()
    {
        const string Flip = "update log_entries set leaf_hash = set_byte(leaf_hash, 0, get_byte(leaf_hash, 0) # 1) "
            + "where position = 3";

        await DuringAsync(
            (Flip, []), (Flip, []), said => said.Ended(1).With(" was changed: it is not that of log entry 3."));
    }

    [Fact]
    public async Task an_event_that_was_changed_with_its_leaf_is_found_by_the_checkpoint()
    {
        var (tenant, stream, version, _) = await AnEventAsync("charge_requested", isAnswer: false);
        await World.Services.GetRequiredService<LogCheckpoints>().RunOnceAsync(default);
        string NewLeaf(string table) =>
            $"""
            update log_entries l set leaf_hash = e.leaf from (select seq_id, {LogLeaf.Sql} as leaf from {table}
                where seq_id in (select seq_id from kept)) e where e.seq_id = l.seq_id
            """;

        await DuringAsync(
            "update mt_events set user_name = 'another' where seq_id in (select seq_id from kept); " + NewLeaf("mt_events"),
            "tenant_id = $1 and stream_id = $2 and version = $3", [tenant, stream, version],
            said => said.Ended(1).With("log: The checkpoint of size ").With(", 1 differences"),
            NewLeaf("kept"));
    }

    [Fact]
    public async Task a_removed_log_entry_is_named()
    {
        await Books.DoAsync("create table kept_entry as select * from log_entries where position = 5");
        Assert.Equal(1, await Books.DoAsync("delete from log_entries where position = 5"));

        try
        {
            var found = await World.Services.GetRequiredService<TreeAudit>().VerifyAsync(default);
            Assert.Equal("log: Log entry 5 is missing: later ones are there.", $"{Assert.Single(found)}");
        }
        finally
        {
            await Books.DoAsync("insert into log_entries select * from kept_entry");
        }
    }

    [Fact]
    public async Task a_changed_document_of_a_view_is_named()
    {
        var id = (string)(await Books.ScalarAsync("select min(merchant_transaction_id) from payment_history where status = 'charged'"))!;
        var stream = (Guid)(await Books.ScalarAsync("select preapproval_id from payment_history where merchant_transaction_id = $1", id))!;
        const string Change = "update mt_doc_payment set data = jsonb_set(data, '{Charge,Amount,Minor}', to_jsonb((data #>> '{Charge,Amount,Minor}')::bigint + $2)) where id = $1";

        await DuringAsync(
            (Change, [id, 1L]), (Change, [id, -1L]),
            said => said.Ended(1).With($"stream 30201/{stream}: A document of payments differs from replay in Charge.Amount.Minor.").With(", 1 differences"));
    }

    [Fact]
    public async Task a_guard_that_is_gone_is_named()
    {
        var stream = (Guid)(await Books.ScalarAsync("select preapproval_id from subscriptions where status = 'open' limit 1"))!;
        await Books.DoAsync("create table kept_guard as select * from mt_doc_gatewaypreapprovalidguard where data ->> 'PreapprovalId' = $1", $"{stream}");

        await DuringAsync(
            ("delete from mt_doc_gatewaypreapprovalidguard where id in (select id from kept_guard)", []),
            ("insert into mt_doc_gatewaypreapprovalidguard select * from kept_guard", []),
            said => said.Ended(1).With($"stream 30201/{stream}: The guard of gateway preapproval id ").With(" is missing.").With(", 1 differences"));
    }

    private async Task<(string Tenant, Guid Stream, long Version, string Data)> AnEventAsync(string type, bool isAnswer = true)
    {
        await using var command = Books.CreateCommand(
            "select tenant_id, stream_id, version, data::text from mt_events where type = $1 and (not $2 or data ->> 'LearntFrom' = 'Answer') order by stream_id, version limit 1");
        command.Parameters.Add(new() { Value = type });
        command.Parameters.Add(new() { Value = isAnswer });
        await using var row = await command.ExecuteReaderAsync();
        Assert.True(await row.ReadAsync(), $"No {type}.");

        return (row.GetString(0), row.GetGuid(1), row.GetInt64(2), row.GetString(3));
    }

    // Keeps the rows of mt_events and puts them back.
    private async Task DuringAsync(
        string tamper, string where, object[] parameters, Action<Ending> then, string? mend = null)
    {
        await Books.DoAsync($"create table kept as select * from mt_events where {where}", parameters);

        try
        {
            Assert.True(await Books.DoAsync(tamper) > 0);
            then(await World.Billing("audit", "verify"));
        }
        finally
        {
            await Books.DoAsync("delete from mt_events where seq_id in (select seq_id from kept)");
            await (mend is null ? Task.CompletedTask : Books.DoAsync(mend));
            await Books.DoAsync("insert into mt_events select * from kept; drop table kept");
        }
    }

    // The other tests of this class need a database that was not changed by hand.
    private async Task DuringAsync((string Sql, object[] Parameters) tamper, (string Sql, object[] Parameters) mend, Action<Ending> then)
    {
        Assert.Equal(1, await Books.DoAsync(tamper.Sql, tamper.Parameters));

        try
        {
            then(await World.Billing("audit", "verify"));
        }
        finally
        {
            await Books.DoAsync(mend.Sql, mend.Parameters);
        }
    }
}
