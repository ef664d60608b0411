using Billing.Domain.Preapprovals;
using Billing.EventStore;
using Npgsql;

namespace Billing.Api.Notifying;

/// <summary>Finds and folds the stream that a notification tells of; gathered, because many are asked for at once.</summary>
public sealed class NotifiedStreams
{
    private const int MostInOne = 200;
    private const int AtOnce = 2;

    // `offset 0` keeps the planner from flattening these into joins that read whole tables while they are young.
    private const string OfPreapprovals =
        """
        select w.position, coalesce(g.preapproval_id, m.preapproval_id)
        from unnest($1::text[], $2::bigint[], $3::text[]) with ordinality as w (tenant_id, gateway_id, merchant_id, position)
        left join lateral (
            select one.preapproval_id from gateway_ids one
            where one.tenant_id = w.tenant_id and one.kind = 'preapproval' and one.gateway_id = w.gateway_id
            offset 0) g on true
        left join lateral (
            select one.preapproval_id from merchant_preapproval_ids one
            where one.tenant_id = w.tenant_id and one.merchant_preapproval_id = w.merchant_id
            offset 0) m on true
        where coalesce(g.preapproval_id, m.preapproval_id) is not null
        """;

    private const string OfPayments =
        """
        select w.position, t.preapproval_id
        from unnest($1::text[], $2::text[]) with ordinality as w (tenant_id, merchant_transaction_id, position)
        cross join lateral (
            select one.preapproval_id from merchant_transaction_ids one
            where one.tenant_id = w.tenant_id and one.merchant_transaction_id = w.merchant_transaction_id
            offset 0) t
        """;

    private readonly NpgsqlDataSource books;
    private readonly EventStore.EventStore store;
    private readonly Together<(string Tenant, long GatewayId, string MerchantId), (StreamKey, Preapproval)?> ofPreapprovals;
    private readonly Together<(string Tenant, string MerchantTransactionId), (StreamKey, Preapproval)?> ofPayments;

    public NotifiedStreams(NpgsqlDataSource books, EventStore.EventStore store)
    {
        (this.books, this.store) = (books, store);
        ofPreapprovals = new(MostInOne, AtOnce, asked => FindAsync(OfPreapprovals, asked, one => one.Tenant, isUnsealed: true, Column(asked, one => one.GatewayId), Column(asked, one => one.MerchantId)));
        ofPayments = new(MostInOne, AtOnce, asked => FindAsync(OfPayments, asked, one => one.Tenant, isUnsealed: false, Column(asked, one => one.MerchantTransactionId)));
    }

    /// <summary>By the gateway's id, or else by the merchant's; its personal data unsealed.</summary>
    public Task<(StreamKey Key, Preapproval State)?> OfPreapprovalAsync(string tenant, long gatewayId, string merchantPreapprovalId, CancellationToken ct) =>
        ofPreapprovals.AskAsync((tenant, gatewayId, merchantPreapprovalId), ct);

    public Task<(StreamKey Key, Preapproval State)?> OfPaymentAsync(string tenant, string merchantTransactionId, CancellationToken ct) =>
        ofPayments.AskAsync((tenant, merchantTransactionId), ct);

    private async Task<IReadOnlyList<(StreamKey, Preapproval)?>> FindAsync<T>(string sql, IReadOnlyList<T> asked, Func<T, string> tenantOf, bool isUnsealed, params NpgsqlParameter[] ids)
    {
        var found = new StreamKey?[asked.Count];

        await using (var batch = books.CreateBatch())
        {
            batch.Add(sql, [Column(asked, tenantOf), .. ids]);
            await using var row = await batch.ExecuteReaderAsync();

            while (await row.ReadAsync())
            {
                var place = (int)row.GetInt64(0) - 1;
                found[place] = new StreamKey(tenantOf(asked[place]), row.GetGuid(1));
            }
        }

        var states = await store.AggregateManyAsync([.. found.OfType<StreamKey>()], isUnsealed, default);

        return [.. found.Select(key => key is { } known && states.GetValueOrDefault(known)?.State is Preapproval state ? (known, state) : ((StreamKey, Preapproval)?)null)];
    }

    private static NpgsqlParameter Column<TRow, TValue>(IReadOnlyList<TRow> rows, Func<TRow, TValue> value) => new() { Value = rows.Select(value).ToArray() };
}
