using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Npgsql;

namespace Billing.Api.Comparing;

/// <summary>What of our books is compared, and what the gateway showed that they lack.</summary>
public sealed class ComparedBooks(NpgsqlDataSource books)
{
    /// <summary>Preapprovals that the gateway may have, in order, but for those closed before <paramref name="since"/>.</summary>
    public Task<List<Guid>> PreapprovalsAsync(string tenant, Guid after, DateTimeOffset since, int most, CancellationToken ct) => ListAsync(
        """
        select preapproval_id from subscriptions
        where tenant_id = $1 and preapproval_id > $2 and gateway_preapproval_id is not null and (closed_at is null or closed_at >= $3)
        order by preapproval_id limit $4
        """,
        row => row.GetGuid(0), ct, tenant, after, since, most);

    /// <summary>What we hold of the charges that a page shows, by MerchantTransactionID.</summary>
    public async Task<Dictionary<string, HeldCharge>> ChargesAsync(string tenant, string[] ids, CancellationToken ct) => (await ListAsync(
        "select merchant_transaction_id, preapproval_id, status, afterwards, amount_minor, currency, owner from payment_history where tenant_id = $1 and merchant_transaction_id = any ($2)",
        Held, ct, tenant, ids)).ToDictionary(charge => charge.Id, StringComparer.Ordinal);

    /// <summary>Charges of the window that the gateway has named a payment of, and that no page has shown.</summary>
    public Task<List<HeldCharge>> MissingAsync(string tenant, string after, DateTimeOffset from, DateTimeOffset until, int most, CancellationToken ct) => ListAsync(
        """
        select merchant_transaction_id, preapproval_id, status, afterwards, amount_minor, currency, owner
        from payment_history h
        where tenant_id = $1 and merchant_transaction_id > $2 and requested_at >= $3 and requested_at <= $4 and gateway_payment_id is not null
            and (status in ('pending', 'failed', 'charged') or (status = 'unknown' and owner is not null))
            and not exists (select from drift_seen s where s.tenant_id = h.tenant_id and s.merchant_transaction_id = h.merchant_transaction_id)
        order by merchant_transaction_id limit $5
        """,
        Held, ct, tenant, after, from, until, most);

    public Task SeenAsync(string tenant, string[] ids, CancellationToken ct) => RunAsync(
        "insert into drift_seen select $1, id from unnest($2::varchar[]) as m (id) on conflict do nothing", ct, tenant, ids);

    /// <summary>Which of the gateway's preapproval ids are in our books.</summary>
    public async Task<HashSet<long>> OursAsync(string tenant, long[] gatewayIds, CancellationToken ct) => [.. await ListAsync(
        "select gateway_id from gateway_ids where tenant_id = $1 and kind = 'preapproval' and gateway_id = any ($2)", row => row.GetInt64(0), ct, tenant, gatewayIds)];

    /// <returns>True: it was not known before.</returns>
    public async Task<bool> StrayAsync(string tenant, string kind, long gatewayId, string? reference, int? statusId, string reason, DateTimeOffset now, CancellationToken ct) => (await ListAsync(
        """
        insert into drift_strays (tenant_id, kind, gateway_id, reference, gateway_status_id, reason, found_at) values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (tenant_id, kind, gateway_id) do update set gateway_status_id = excluded.gateway_status_id, gone_at = null
        returning xmax = 0
        """,
        row => row.GetBoolean(0), ct, tenant, kind, gatewayId, reference ?? (object)DBNull.Value, statusId ?? (object)DBNull.Value, reason, now)).Single();

    /// <summary>Strays that our books know by now are none any more.</summary>
    public Task LetStraysGoAsync(string tenant, DateTimeOffset now, CancellationToken ct) => RunAsync(
        """
        update drift_strays s set gone_at = $2
        where s.tenant_id = $1 and s.gone_at is null and case s.kind
            when 'payment' then exists (select from merchant_transaction_ids m where m.tenant_id = s.tenant_id and m.merchant_transaction_id = s.reference)
            else exists (select from gateway_ids g where g.tenant_id = s.tenant_id and g.kind = 'preapproval' and g.gateway_id = s.gateway_id) end
        """,
        ct, tenant, now);

    /// <summary>What a person has to look at: one line each, and how many there are in all.</summary>
    public async Task<(long Count, List<string> Lines)> OpenAsync(string tenant, int most, CancellationToken ct)
    {
        const string Open =
            """
            select 'subscription ' || preapproval_id || ': ' || drift as line from subscriptions where tenant_id = $1 and drift <> ''
            union all
            select kind || ' ' || gateway_id || coalesce(' (' || reference || ')', '') || ': ' || reason from drift_strays where tenant_id = $1 and gone_at is null
            """;

        var count = (await ListAsync($"select count(*) from ({Open}) it", row => row.GetInt64(0), ct, tenant)).Single();

        return (count, await ListAsync($"{Open} order by line limit $2", row => row.GetString(0), ct, tenant, most));
    }

    private static HeldCharge Held(NpgsqlDataReader row) => new(row.GetString(0), row.GetGuid(1), row.GetString(2), row.GetString(3), new(row.GetInt64(4), row.GetString(5)), !row.IsDBNull(6));

    private Task RunAsync(string sql, CancellationToken ct, params object[] parameters) => ListAsync(sql, _ => true, ct, parameters);

    private async Task<List<T>> ListAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken ct, params object[] parameters)
    {
        await using var command = books.CreateCommand(sql);

        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new() { Value = parameter });
        }

        var found = new List<T>();
        await using var row = await command.ExecuteReaderAsync(ct);

        while (await row.ReadAsync(ct))
        {
            found.Add(read(row));
        }

        return found;
    }
}

/// <summary>A charge as the view has it.</summary>
/// <param name="Afterwards">What came after the success, with commas.</param>
/// <param name="HasOwner">A person has it: where it is unknown, nobody else asks about it any more.</param>
public sealed record HeldCharge(string Id, Guid PreapprovalId, string Status, string Afterwards, Domain.Money Amount, bool HasOwner)
{
    /// <summary>Whether a row of a list gives reason to ask. Limited detail decides nothing by itself.</summary>
    /// <remarks>What was stopped because the gateway did not know it may show there after all; a failure of it takes nothing and says nothing.</remarks>
    public bool MayDiffer(PaymentReading row) => (Status is "pending" or "failed" or "charged" or "stopped" || (Status is "unknown" && HasOwner))
        && ((row.Amount is { } amount && amount != Amount) || row.State switch
        {
            PaymentStatus.Unrecognised => false,
            PaymentStatus.Pending or PaymentStatus.UnderReview => Status != "pending",
            PaymentStatus.Failed => Status is not ("failed" or "stopped"),
            PaymentStatus.Charged => Status != "charged",
            _ => Status != "charged" || !Afterwards.Contains(WordOf(row.State), StringComparison.Ordinal),
        });

    private static string WordOf(PaymentStatus state) => state switch
    {
        PaymentStatus.DisputeWon => "dispute_won",
        PaymentStatus.DisputeLost => "dispute_lost",
        PaymentStatus.ChargedBack => "charged_back",
        PaymentStatus.PartiallyRefunded => "refund",
        _ => state.ToString().ToLowerInvariant(),
    };
}
