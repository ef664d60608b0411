using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Outbound;
using Billing.Api.Hosting.Sites;
using Npgsql;

namespace Billing.Api.Attention;

/// <summary>Reads and counts the rows of kinds, all of them in one round trip.</summary>
/// <remarks>
/// Each site is asked by itself, so that each page begins in the middle of an index and reads no further than it needs.
/// </remarks>
public sealed class AttentionRows(
    NpgsqlDataSource dataSource, Database database, SiteRegister sites, BusinessClock clock, ChargingOptions charging)
{
    /// <summary>A count stops here: it is asked for every few seconds, also while very much is wrong.</summary>
    public const int MostCounted = 10_000;

    /// <returns>Of each kind in order, at most as many as the query says.</returns>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public async Task<IReadOnlyList<AttentionItem>> ListAsync(
        IReadOnlyList<SqlAttentionKind> kinds, AttentionQuery query, CancellationToken ct)
    {
        var items = new List<AttentionItem>();
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var batch = Listing(connection, kinds, query);
        await using var row = await batch.ExecuteReaderAsync(ct);

        foreach (var kind in kinds)
        {
            while (await row.ReadAsync(ct))
            {
                items.Add(kind.Item(Read(row)));
            }

            await row.NextResultAsync(ct);
        }

        return items;
    }

    /// <returns>By the name of each kind, of all sites.</returns>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public async Task<IReadOnlyDictionary<string, long>> CountAsync(
        IReadOnlyList<SqlAttentionKind> kinds, CancellationToken ct)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var batch = Counting(connection, kinds);
        await using var row = await batch.ExecuteReaderAsync(ct);

        foreach (var kind in kinds)
        {
            await row.ReadAsync(ct);
            counts[kind.Name] = row.GetInt64(0);
            await row.NextResultAsync(ct);
        }

        return counts;
    }

    internal NpgsqlBatch Listing(
        NpgsqlConnection connection, IReadOnlyList<SqlAttentionKind> kinds, AttentionQuery query, string prefix = "") =>
        Batch(connection, kinds.Select(kind => Command(
            prefix + Page(kind, query.After), query.Sites,
            (query.After?.Since ?? DateTimeOffset.UnixEpoch).ToUniversalTime(), query.After?.Site ?? "",
            query.After?.Key ?? "", query.Most)));

    internal NpgsqlBatch Counting(
        NpgsqlConnection connection, IReadOnlyList<SqlAttentionKind> kinds, string prefix = "") =>
        Batch(connection, kinds.Select(kind => Command(
            $"""
            {prefix}select count(*) from (
                select from unnest($1) as s(id) cross join lateral (
                    select from ({kind.Rows(database.Schema)}) r where r.site = s.id limit {MostCounted}) one
                limit {MostCounted}) counted
            """,
            sites.Ids)));

    // A young table has no statistics yet, and would be scanned; some rows would be read whole and sorted. Every kind
    // has an index in its order.
    private static NpgsqlBatch Batch(NpgsqlConnection connection, IEnumerable<NpgsqlBatchCommand> commands)
    {
        var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("set local enable_seqscan = off"), new("set local enable_bitmapscan = off"),
            },
        };

        foreach (var command in commands)
        {
            batch.BatchCommands.Add(command);
        }

        return batch;
    }

    private NpgsqlBatchCommand Command(string sql, IReadOnlyCollection<string> of, params object[] more)
    {
        var command = new NpgsqlBatchCommand(sql);
        object[] values = [of.ToArray(), (clock.GetUtcNow() - charging.OverdueAfter).ToUniversalTime(), .. more];

        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }

    // The subscription is read of the rows of the page alone.
    private string Page(SqlAttentionKind kind, AttentionPosition? after) =>
        $"""
        select one.*, m.gateway_preapproval_id, m.merchant_preapproval_id
        from (
            select r.* from unnest($1) as s(id) cross join lateral (
                select * from ({kind.Rows(database.Schema)}) r
                where r.site = s.id {After(kind, after)}
                order by r.since, r.key limit $6) r
            order by r.since, r.site, r.key limit $6) one
        left join lateral (
            select d.data #>> '{"{Gateway,PreapprovalId}"}' as gateway_preapproval_id,
                d.data #>> '{"{Terms,MerchantPreapprovalId}"}' as merchant_preapproval_id
            from {database.Schema}.mt_doc_subscription d
            where d.tenant_id = one.site and d.id = one.subscription_id limit 1) m on true
        order by one.since, one.site, one.key
        """;

    private static string After(SqlAttentionKind kind, AttentionPosition? after) =>
        after is null ? "" : string.CompareOrdinal(kind.Name, after.Kind) switch
        {
            < 0 => "and r.since > $3",
            > 0 => "and r.since >= $3",
            _ => "and r.since >= $3 and (r.since, r.site, r.key) > ($3, $4, $5)",
        };

    private static AttentionRow Read(NpgsqlDataReader row)
    {
        var texts = new Dictionary<string, string?>(StringComparer.Ordinal);

        for (var i = 0; i < row.FieldCount; i++)
        {
            if (row.GetFieldType(i) == typeof(string))
            {
                texts[row.GetName(i)] = row.IsDBNull(i) ? null : row.GetString(i);
            }
        }

        var subscription = row.GetOrdinal("subscription_id");

        return new(
            texts, row.GetFieldValue<DateTimeOffset>(row.GetOrdinal("since")),
            row.IsDBNull(subscription) ? null : row.GetGuid(subscription));
    }
}
