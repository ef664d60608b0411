using Billing.Domain.Preapprovals;
using Billing.EventStore;
using Npgsql;

namespace Billing.Api.Subscribing;

/// <summary>What may exist once only: ids of the merchant, ids of the gateway, due dates.</summary>
public sealed class Reservations : IGuard
{
    public const string MerchantPreapprovalIdTaken = "pkey_merchant_preapproval_ids";
    public const string MerchantTransactionIdTaken = "pkey_merchant_transaction_ids";
    public const string RefundReferenceTaken = "pkey_refund_references";

    // Statements of one kind go together, one for all events of the commit.
    public void Project(IReadOnlyList<Recorded> events, NpgsqlBatch batch)
    {
        Release(batch, events);
        Reserve(batch, "merchant_preapproval_ids", events, e => e switch
        {
            PreapprovalRequested requested => requested.Terms.MerchantPreapprovalId,
            RecoveredFromGateway recovered => recovered.Terms.MerchantPreapprovalId,
            _ => null,
        });
        Know(batch, events);
        Reserve(batch, "merchant_transaction_ids", events, e => (e as ChargeRequested)?.Charge.MerchantTransactionId);
        Reserve(batch, "refund_references", events, e => (e as RefundRequested)?.RefundReference);
        DueDates(batch, events);
    }

    private static void Reserve(NpgsqlBatch batch, string table, IReadOnlyList<Recorded> events, Func<object, string?> id)
    {
        var rows = events.Where(e => id(e.Data) is not null).ToList();
        if (rows.Count > 0)
        {
            batch.Add($"insert into {table} select * from unnest($1::varchar[], $2::varchar[], $3::uuid[])", Tenants(rows), rows.Select(e => id(e.Data)!).ToArray(), Streams(rows));
        }
    }

    private static void Release(NpgsqlBatch batch, IReadOnlyList<Recorded> events)
    {
        foreach (var refused in events.Where(e => e.Data is PreapprovalRefused))
        {
            batch.Add(
                "delete from merchant_preapproval_ids where tenant_id = $1 and merchant_preapproval_id = $2 and preapproval_id = $3",
                refused.Tenant, ((Preapproval)refused.State!).Terms.MerchantPreapprovalId, refused.StreamId);
        }
    }

    // The same stream may learn its id twice: an early notification, then our own answer. Another stream's id fails on the key.
    private static void Know(NpgsqlBatch batch, IReadOnlyList<Recorded> events)
    {
        var rows = events.Where(e => GatewayId(e.Data) is not null).DistinctBy(e => (e.Tenant, e.StreamId, GatewayId(e.Data))).ToList();
        if (rows.Count > 0)
        {
            batch.Add(
                """
                insert into gateway_ids (tenant_id, kind, gateway_id, preapproval_id)
                select k.tenant_id, 'preapproval', k.gateway_id, k.preapproval_id
                from unnest($1::varchar[], $2::bigint[], $3::uuid[]) k (tenant_id, gateway_id, preapproval_id)
                on conflict (tenant_id, kind, gateway_id, preapproval_id) do nothing
                """,
                Tenants(rows), rows.Select(e => (long)GatewayId(e.Data)!).ToArray(), Streams(rows));
        }
    }

    private static int? GatewayId(object @event) => @event switch
    {
        PreapprovalRegistered registered => registered.Gateway.PreapprovalId,
        RecoveredFromGateway recovered => recovered.Gateway.PreapprovalId,
        _ => null,
    };

    private static void DueDates(NpgsqlBatch batch, IReadOnlyList<Recorded> events)
    {
        var rows = events.Where(e => e.Data is ChargeRequested { Charge.Period: not null }).ToList();
        if (rows.Count > 0)
        {
            var charges = rows.Select(e => ((ChargeRequested)e.Data).Charge).ToList();
            batch.Add(
                "insert into due_dates select * from unnest($1::varchar[], $2::uuid[], $3::date[], $4::int[])",
                Tenants(rows), Streams(rows), charges.Select(charge => charge.Period!.Value.DueOn).ToArray(), charges.Select(charge => charge.Attempt).ToArray());
        }
    }

    private static string[] Tenants(IEnumerable<Recorded> rows) => [.. rows.Select(e => e.Tenant)];

    private static Guid[] Streams(IEnumerable<Recorded> rows) => [.. rows.Select(e => e.StreamId)];
}
