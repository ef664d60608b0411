using Billing.EventStore;
using Npgsql;

namespace Billing.Api.Subscriptions;

/// <summary>Which stream an outside id names, from the guards and within one site only.</summary>
public sealed class StreamDirectory(NpgsqlDataSource books)
{
    public Task<StreamKey?> ByGatewayIdAsync(string tenant, long gatewayPreapprovalId, CancellationToken ct) =>
        FindAsync("select preapproval_id from gateway_ids where tenant_id = $1 and kind = 'preapproval' and gateway_id = $2", tenant, gatewayPreapprovalId, ct);

    public Task<StreamKey?> ByMerchantPreapprovalIdAsync(string tenant, string merchantPreapprovalId, CancellationToken ct) =>
        FindAsync("select preapproval_id from merchant_preapproval_ids where tenant_id = $1 and merchant_preapproval_id = $2", tenant, merchantPreapprovalId, ct);

    public Task<StreamKey?> ByMerchantTransactionIdAsync(string tenant, string merchantTransactionId, CancellationToken ct) =>
        FindAsync("select preapproval_id from merchant_transaction_ids where tenant_id = $1 and merchant_transaction_id = $2", tenant, merchantTransactionId, ct);

    /// <summary>By the gateway's number of a payment, from the view: no guard knows it.</summary>
    public Task<StreamKey?> ByGatewayPaymentIdAsync(string tenant, long gatewayPaymentId, CancellationToken ct) =>
        FindAsync("select preapproval_id from payment_history where tenant_id = $1 and gateway_payment_id = $2 order by requested_at limit 1", tenant, gatewayPaymentId, ct);

    private async Task<StreamKey?> FindAsync(string sql, string tenant, object id, CancellationToken ct)
    {
        await using var command = books.CreateCommand(sql);
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = id });

        return await command.ExecuteScalarAsync(ct) is Guid stream ? new StreamKey(tenant, stream) : null;
    }
}
