using Npgsql;

namespace Billing.Api.Tests.Specs;

/// <summary>Views on Marten's and Wolverine's tables with the columns that tests query; part of the template.</summary>
internal static class FlatViews
{
    /// <summary>The schema of the views; after the service's own in the search path.</summary>
    public const string Schema = "flat";

    private const string Sql =
        $$"""
        create schema {{Schema}};

        create view {{Schema}}.notifications as
        select tenant_id, id, status, kind, outcome, reason, reference, gateway_id, preapproval_id, received_at,
            data -> 'Body' as body
        from mt_doc_notification;

        create view {{Schema}}.subscriptions as
        select tenant_id, id as preapproval_id, lower(status) as status, owner, next_due_at, next_look_up_at,
            data #>> '{Terms,MerchantPreapprovalId}' as merchant_preapproval_id,
            (data #>> '{Gateway,PreapprovalId}')::bigint as gateway_preapproval_id,
            lower(data #>> '{Unsettled,Operation}') as unsettled_operation,
            (data ->> 'ClosedAt')::timestamptz as closed_at
        from mt_doc_subscription;

        create view {{Schema}}.payment_history as
        select tenant_id, id as merchant_transaction_id, preapproval_id, gateway_payment_id, owner,
            data ->> 'Status' as status,
            data #> '{Charge,Facts}' as facts,
            (data #>> '{Charge,Id,Period,DueOn}')::date as due_on,
            (data #>> '{Charge,Amount,Minor}')::bigint as amount_minor,
            data #>> '{Charge,Amount,Currency}' as currency
        from mt_doc_payment;

        create view {{Schema}}.refunds as
        select tenant_id, id as merchant_transaction_id, lower(refund ->> 'State') as status,
            refund #>> '{Call,Owner}' as owner
        from mt_doc_payment, jsonb_array_elements(coalesce(data #> '{Charge,Refunds}', '[]')) refund;

        create view {{Schema}}.calls as
        select call ->> 'State' as state, call ->> 'Owner' as owner,
            (call ->> 'WindowStart')::timestamptz as window_start
        from (
            select data #> '{Charge,Call}' as call from mt_doc_payment
            union all
            select refund -> 'Call'
            from mt_doc_payment, jsonb_array_elements(coalesce(data #> '{Charge,Refunds}', '[]')) refund
            union all
            select data #> '{Unsettled,Call}' from mt_doc_subscription) calls
        where call is not null;

        create view {{Schema}}.method_profiles as
        select split_part(id, '-', 1)::int as method_id, split_part(id, '-', 2)::int as version,
            data ->> 'Terms' as terms
        from mt_doc_methodprofileversion;

        create view {{Schema}}.merchant_preapproval_ids as
        select tenant_id, id as merchant_preapproval_id from mt_doc_merchantpreapprovalidguard;

        create view {{Schema}}.messages as
        select id, message_type, body from wolverine_incoming_envelopes where status <> 'Handled'
        union all
        select id, message_type, body from wolverine_outgoing_envelopes;

        create view {{Schema}}.dead_letters as
        select id, message_type, body, exception_message from wolverine_dead_letters where replayable is not true;
        """;

    public static async Task CreateAsync(string database)
    {
        await using var source =
            NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database) { Pooling = false });
        await using var command = source.CreateCommand(Sql);
        await command.ExecuteNonQueryAsync();
    }
}
