using Billing.Api.Operations.Audit;
using Billing.Api.Operations.TransparencyLog;
using Billing.Api.Tests.Specs;
using Billing.Audit.Transparency;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Auditing;

public partial class when_auditing
{
    [Fact]
    public async Task a_changed_leaf_is_named()
    {
        const string Flip = "update log_entries set leaf_hash = set_byte(leaf_hash, 0, get_byte(leaf_hash, 0) # 1) "
            + "where position = 3";

        await World.TamperAsync(
            (Flip, []), (Flip, []), reply => reply.Ended(1).With(" was changed: it is not that of log entry 3."));
    }

    [Fact]
    public async Task an_event_that_was_changed_with_its_leaf_is_found_by_the_checkpoint()
    {
        var (tenant, stream, version, _) = await World.AnEventAsync("charge_requested", isAnswer: false);
        await World.Services.GetRequiredService<LogCheckpoints>().RunOnceAsync(default);
        string NewLeaf(string table) =>
            $"""
            update log_entries l set leaf_hash = e.leaf from (select seq_id, {LogLeaf.Sql} as leaf from {table}
                where seq_id in (select seq_id from kept)) e where e.seq_id = l.seq_id
            """;

        await World.TamperAsync(
            "update mt_events set user_name = 'another' where seq_id in (select seq_id from kept); "
            + NewLeaf("mt_events"),
            "tenant_id = $1 and stream_id = $2 and version = $3", [tenant, stream, version],
            reply => reply.Ended(1).With("log: The checkpoint of size ").With(", 1 differences"),
            NewLeaf("kept"));
    }

    [Fact]
    public async Task a_removed_log_entry_is_named()
    {
        await DataSource.DoAsync("create table kept_entry as select * from log_entries where position = 5");
        Assert.Equal(1, await DataSource.DoAsync("delete from log_entries where position = 5"));

        try
        {
            var found = await World.Services.GetRequiredService<TreeAudit>().VerifyAsync(default);
            Assert.Equal("log: Log entry 5 is missing: later ones are there.", $"{Assert.Single(found)}");
        }
        finally
        {
            await DataSource.DoAsync("insert into log_entries select * from kept_entry");
        }
    }

    [Fact]
    public async Task a_changed_document_of_a_view_is_named()
    {
        var id = (string)(await DataSource.ScalarAsync(
            "select min(merchant_transaction_id) from payment_history where status = 'charged'"))!;
        var stream = (Guid)(await DataSource.ScalarAsync(
            "select preapproval_id from payment_history where merchant_transaction_id = $1", id))!;
        const string Change = "update mt_doc_payment set data = jsonb_set(data, '{Charge,Amount,Minor}', "
            + "to_jsonb((data #>> '{Charge,Amount,Minor}')::bigint + $2)) where id = $1";

        await World.TamperAsync(
            (Change, [id, 1L]), (Change, [id, -1L]),
            reply => reply.Ended(1)
                .With($"stream 30201/{stream}: A document of payments differs from replay in Charge.Amount.Minor.")
                .With(", 1 differences"));
    }

    [Fact]
    public async Task a_guard_that_is_gone_is_named()
    {
        var stream = (Guid)(await DataSource.ScalarAsync(
            "select preapproval_id from subscriptions where status = 'open' limit 1"))!;
        await DataSource.DoAsync(
            "create table kept_guard as select * from mt_doc_gatewaypreapprovalidguard where "
            + "data ->> 'PreapprovalId' = $1",
            $"{stream}");

        await World.TamperAsync(
            ("delete from mt_doc_gatewaypreapprovalidguard where id in (select id from kept_guard)", []),
            ("insert into mt_doc_gatewaypreapprovalidguard select * from kept_guard", []),
            reply => reply.Ended(1)
                .With($"stream 30201/{stream}: The guard of gateway preapproval id ")
                .With(" is missing.")
                .With(", 1 differences"));
    }
}
