using Billing.EventStore;
using Npgsql;

namespace Billing.Api.Refunds;

/// <summary>A refund as its merchant sees it. Amounts in minor units of the currency.</summary>
/// <param name="Reference">The refund's MerchantTransactionID; null for one made elsewhere that shows none.</param>
/// <param name="Cause">storefront, period_paid_twice, or null: made at the gateway's dashboard or by another client.</param>
/// <param name="Status">requested, unknown, pending, failed or refunded.</param>
/// <param name="Symptom">Why it is unknown, or set_by_operator.</param>
/// <param name="Code">The gateway's return code of a failure.</param>
public sealed record RefundView(
    string? Reference, int? GatewayRefundId, string MerchantTransactionId, string? Cause, long AmountMinor, string Currency, string Status, string? Symptom, string? Code, int? TypeId,
    string? LearntFrom, int LookUps, DateTimeOffset? NextLookUpAt, string? Owner, DateTimeOffset RequestedAt, DateTimeOffset? SettledAt);

/// <summary>Reads the refunds of one site, and finds which payment and stream an outside id names.</summary>
public sealed class RefundHistory(NpgsqlDataSource books)
{
    public async Task<ILookup<string, RefundView>> OfPreapprovalAsync(string tenant, Guid preapprovalId, CancellationToken ct)
    {
        await using var command = books.CreateCommand(
            """
            select reference, gateway_refund_id, payment_merchant_transaction_id, cause, amount_minor, currency, status, symptom, code, type_id,
                learnt_from, look_ups, next_look_up_at, owner, requested_at, settled_at
            from refunds
            where tenant_id = $1 and preapproval_id = $2
            order by requested_at, refund_key
            """);
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = preapprovalId });
        await using var row = await command.ExecuteReaderAsync(ct);
        var rows = new List<RefundView>();

        while (await row.ReadAsync(ct))
        {
            T? Get<T>(int column) => row.IsDBNull(column) ? default : row.GetFieldValue<T>(column);

            rows.Add(new RefundView(
                Get<string>(0), (int?)Get<long?>(1), row.GetString(2), Get<string>(3), row.GetInt64(4), row.GetString(5), row.GetString(6), Get<string>(7), Get<string>(8), Get<int?>(9),
                Get<string>(10), row.GetInt32(11), Get<DateTimeOffset?>(12), Get<string>(13), row.GetFieldValue<DateTimeOffset>(14), Get<DateTimeOffset?>(15)));
        }

        return rows.ToLookup(refund => refund.MerchantTransactionId);
    }

    /// <returns>The stream and the charge that the gateway's payment id names; null when we have none.</returns>
    public async Task<(StreamKey Key, string MerchantTransactionId)?> PaymentAsync(string tenant, int gatewayPaymentId, CancellationToken ct)
    {
        await using var command = books.CreateCommand(
            "select preapproval_id, merchant_transaction_id from payment_history where tenant_id = $1 and gateway_payment_id = $2 order by requested_at limit 1");
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = (long)gatewayPaymentId });
        await using var row = await command.ExecuteReaderAsync(ct);

        return await row.ReadAsync(ct) ? (new StreamKey(tenant, row.GetGuid(0)), row.GetString(1)) : null;
    }

    /// <returns>The stream that asked for this refund; null when none did.</returns>
    public async Task<StreamKey?> ByReferenceAsync(string tenant, string reference, CancellationToken ct)
    {
        await using var command = books.CreateCommand("select preapproval_id from refund_references where tenant_id = $1 and refund_reference = $2");
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = reference });

        return await command.ExecuteScalarAsync(ct) is Guid stream ? new StreamKey(tenant, stream) : null;
    }
}
