using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Auditing;

public partial class when_auditing
{
    private static readonly string[] Documents =
        ["mt_doc_subscription", "mt_doc_payment", "mt_doc_merchantpreapprovalidguard"];

    [Fact]
    public async Task every_way_to_change_views_and_guards_is_named()
    {
        var open = (Guid[])(await DataSource.ScalarAsync(
            "select array_agg(distinct d.id) from mt_doc_subscription d "
            + "join mt_doc_payment p on p.preapproval_id = d.id where d.status = 'Open'"))!;
        Assert.True(open.Length >= 5, $"There are only {open.Length} open preapprovals with payments.");
        var (changed, dueLater, older, unpaid, paidTwice) = (open[0], open[1], open[2], open[3], open[4]);
        var (unguarded, guardedTwice) = (open[0], open[1]);
        await KeepAsync();

        try
        {
            await ChangeAsync(
                "update mt_doc_subscription set data = jsonb_set(data, '{ChargeCount}', '1000') where id = $1",
                changed);
            await ChangeAsync(
                "update mt_doc_subscription set next_due_at = coalesce(next_due_at, now()) + '1 day' where id = $1",
                dueLater);
            await ChangeAsync("update mt_doc_subscription set mt_version = mt_version - 1 where id = $1", older);
            await ChangeAsync(
                "delete from mt_doc_payment where id = (select min(id) from mt_doc_payment where preapproval_id = $1)",
                unpaid);
            await CopyAsync("mt_doc_payment", "preapproval_id = $1", "'{\"id\": \"forged\"}'", paidTwice);
            await CopyAsync(
                "mt_doc_payment", "preapproval_id = $1",
                "jsonb_build_object('id', 'orphan', 'preapproval_id', gen_random_uuid())", paidTwice);
            await CopyAsync(
                "mt_doc_merchantpreapprovalidguard", "data ->> 'PreapprovalId' = $1::text",
                "jsonb_build_object('id', 'orphan', 'data', jsonb_build_object('PreapprovalId', gen_random_uuid()))",
                unguarded);
            await ChangeAsync(
                "update mt_doc_merchantpreapprovalidguard set data = jsonb_set(data, '{PreapprovalId}', to_jsonb($2)) "
                + "where data ->> 'PreapprovalId' = $1::text", unguarded, guardedTwice);

            const string Differs = "A document of subscriptions differs from replay in";
            (await World.Billing("audit", "verify")).Ended(1)
                .With($"stream 30201/{changed}: {Differs} ChargeCount.")
                .With($"stream 30201/{dueLater}: {Differs} column next_due_at.")
                .With($"stream 30201/{older}: {Differs} column mt_version.")
                .With($"stream 30201/{unpaid}: A document of payments is missing.")
                .With($"stream 30201/{paidTwice}: A document of payments does not come from the events.")
                .With(": A document of payments has no stream.")
                .With($"stream 30201/{unguarded}: The guard of MerchantPreapprovalID ").With(" is missing.")
                .With($"stream 30201/{guardedTwice}: The guard of MerchantPreapprovalID ")
                .With(" does not come from the events.")
                .With(": The guard of MerchantPreapprovalID orphan has no stream.")
                .With(", 9 differences");
        }
        finally
        {
            await RestoreAsync();
        }
    }

    private async Task KeepAsync()
    {
        foreach (var table in Documents)
        {
            await DataSource.DoAsync($"create table kept_{table} as select * from {table}");
        }
    }

    private async Task ChangeAsync(string sql, params object[] parameters) =>
        Assert.Equal(1, await DataSource.DoAsync(sql, parameters));

    // A copy of one row with other values in some columns.
    private Task CopyAsync(string table, string where, string changes, Guid stream) => ChangeAsync(
        $"insert into {table} select (jsonb_populate_record(t, {changes})).* from {table} t where {where} limit 1",
        stream);

    private async Task RestoreAsync()
    {
        foreach (var table in Documents)
        {
            await DataSource.DoAsync(
                $"delete from {table}; insert into {table} select * from kept_{table}; drop table kept_{table}");
        }
    }
}
