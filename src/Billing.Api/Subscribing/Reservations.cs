using Billing.Domain.Preapprovals;
using Billing.EventStore;
using Npgsql;

namespace Billing.Api.Subscribing;

/// <summary>What may exist once only, written in the append transaction: ids of the merchant, ids of the gateway, due dates.</summary>
/// <remarks>Guards and not views: they are never rebuilt. A second writer fails on the constraint, whatever its node believed.</remarks>
public sealed class Reservations : IInlineProjection
{
    public const string MerchantPreapprovalIdTaken = "pkey_merchant_preapproval_ids";
    public const string MerchantTransactionIdTaken = "pkey_merchant_transaction_ids";

    public string Name => "reservations";

    public bool IsView => false;

    public string StreamColumn => "preapproval_id";

    public void Project(Recorded recorded, NpgsqlBatch batch)
    {
        switch (recorded.Data)
        {
            case PreapprovalRequested e:
                Named(batch, recorded, e.Terms.MerchantPreapprovalId);
                break;

            case PreapprovalRefused:
                batch.Add("delete from merchant_preapproval_ids where tenant_id = $1 and preapproval_id = $2", recorded.Tenant, recorded.StreamId);
                break;

            case PreapprovalRegistered e:
                Known(batch, recorded, "preapproval", e.Gateway.PreapprovalId);
                break;

            case RecoveredFromGateway e:
                Named(batch, recorded, e.Terms.MerchantPreapprovalId);
                Known(batch, recorded, "preapproval", e.Gateway.PreapprovalId);
                break;

            case ChargeRequested e:
                batch.Add("insert into merchant_transaction_ids values ($1, $2, $3)", recorded.Tenant, e.Charge.MerchantTransactionId, recorded.StreamId);

                if (e.Charge.Period is { } period)
                {
                    batch.Add("insert into due_dates values ($1, $2, $3, $4)", recorded.Tenant, recorded.StreamId, period.DueOn, e.Charge.Attempt);
                }

                break;
        }
    }

    private static void Named(NpgsqlBatch batch, Recorded recorded, string merchantPreapprovalId) => batch.Add(
        "insert into merchant_preapproval_ids values ($1, $2, $3)", recorded.Tenant, merchantPreapprovalId, recorded.StreamId);

    // The same stream may learn its id twice: an early notification, then our own answer. Another stream's id fails on the key.
    private static void Known(NpgsqlBatch batch, Recorded recorded, string kind, int gatewayId) => batch.Add(
        """
        insert into gateway_ids
        select $1, $2, $3, $4 where not exists (select from gateway_ids where tenant_id = $1 and kind = $2 and gateway_id = $3 and preapproval_id = $4)
        """,
        recorded.Tenant, kind, (long)gatewayId, recorded.StreamId);
}
