using Billing.EventStore;
using Billing.Gateway.Notifications;
using Billing.Messaging;
using Npgsql;

namespace Billing.Api.Notifying;

/// <summary>Every notification as it came: body sealed, durable before it is acknowledged, kept whatever becomes of it.</summary>
/// <remarks>Reads and matches are gathered: many handlers are at work at once, and each alone would cost three round trips.</remarks>
public sealed class NotificationLog
{
    private const int MostInOne = 200;
    private const int AtOnce = 2;

    private const string Bodies =
        """
        select n.id, n.body, n.wrapped_key, n.preapproval_id, coalesce(n.headers ->> 'content-type', n.headers ->> 'content_type')
        from notifications n
        where n.id = any ($1) and n.body is not null
        """;

    private const string KeysToMove = "select id, wrapped_key from notifications where id = any ($1) and preapproval_id is null and wrapped_key is not null";

    // Another reading may have found nothing new before this one's match came, or at the same moment.
    private const string AppliedAfterAll =
        """
        update notifications n
        set reason = null, outcome = 'applied'
        from unnest($1::uuid[], $2::uuid[]) as m (id, preapproval_id)
        where n.id = m.id and n.preapproval_id = m.preapproval_id and n.reason = 'nothing_new'
        """;

    private const string Matched =
        """
        update notifications n
        set status = 'matched', kind = m.kind, reason = m.reason, outcome = m.outcome, preapproval_id = m.preapproval_id, wrapped_key = m.wrapped_key,
            body = case when m.wrapped_key is null then null else n.body end, reference = m.reference, gateway_id = m.gateway_id, notified_at = m.notified_at, again_at = null
        from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::bytea[], $7::text[], $8::bigint[], $9::text[])
            as m (id, kind, reason, outcome, preapproval_id, wrapped_key, reference, gateway_id, notified_at)
        where n.id = m.id and n.preapproval_id is null
        """;

    private readonly NpgsqlDataSource books;
    private readonly EventStore.EventStore store;
    private readonly Together<Guid, Body?> reading;
    private readonly Together<(MatchNotification Match, string? Reason), bool> matching;

    public NotificationLog(NpgsqlDataSource books, EventStore.EventStore store)
    {
        (this.books, this.store) = (books, store);
        reading = new Together<Guid, Body?>(MostInOne, AtOnce, BodiesAsync);
        matching = new Together<(MatchNotification, string?), bool>(MostInOne, AtOnce, MatchManyAsync);
    }

    /// <returns>The body as it came, or null when it has expired or its person was forgotten.</returns>
    public async Task<byte[]?> OpenAsync(string tenant, Guid id, CancellationToken ct) =>
        await reading.AskAsync(id, ct) is { } found ? await OpenAsync(tenant, id, found, ct) : null;

    /// <returns>The body as UTF-8, whatever it was sent in; null as above.</returns>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(string tenant, Guid id, CancellationToken ct) =>
        await reading.AskAsync(id, ct) is { } found && await OpenAsync(tenant, id, found, ct) is { } body ? NotificationText.Utf8Of(body, found.ContentType) : null;

    /// <summary>It belongs to this stream: from now on its key is wrapped under the stream's, and goes when the person is forgotten.</summary>
    /// <param name="reason">nothing_new for a duplicate or stale one: it stands here and not in the stream. Null: it was applied, also where a second delivery found nothing new since.</param>
    public Task MatchAsync(MatchNotification match, string? reason, CancellationToken ct) => matching.AskAsync((match, reason), ct);

    /// <summary>It fits nothing of ours, or says something else than was asked for. What another reading has matched meanwhile stays so.</summary>
    /// <param name="gatewayId">The gateway's own id of what it tells of.</param>
    public Task ParkAsync(string tenant, Guid id, string kind, string? reference, long? gatewayPreapprovalId, string reason, CancellationToken ct, long? gatewayId = null) => WriteAsync(
        """
        update notifications
        set status = 'parked', kind = $3, reference = $4::varchar, gateway_preapproval_id = $5::bigint, reason = $6, gateway_id = $7::bigint, again_at = null
        where tenant_id = $1 and id = $2 and preapproval_id is null
        """,
        ct, tenant, id, kind, reference, gatewayPreapprovalId, reason, gatewayId ?? (kind == "Preapproval" ? gatewayPreapprovalId : null));

    /// <summary>The gateway has not confirmed it yet: it is asked again later, <see cref="Doubt.Waits"/> on.</summary>
    /// <param name="endsAs">The reason with which a person has to look once it was asked often enough; null: it is asked for as long as it takes.</param>
    public Task ParkAsync(string tenant, Guid id, string kind, string? reference, long? gatewayId, string reason, string? endsAs, CancellationToken ct) => WriteAsync(
        """
        update notifications
        set status = 'parked', kind = $3, reference = $4::varchar, gateway_id = $5::bigint, tries = tries + 1,
            reason = case when $7::varchar is not null and tries + 1 >= cardinality($8::interval[]) then $7::varchar else $6 end,
            again_at = case when $7::varchar is not null and tries + 1 >= cardinality($8::interval[]) then null
                else clock_timestamp() + ($8::interval[])[least(tries + 1, cardinality($8::interval[]))] end
        where tenant_id = $1 and id = $2 and preapproval_id is null
        """,
        ct, tenant, id, kind, reference, gatewayId, reason, endsAs, new NpgsqlParameter { Value = Doubt.Waits });

    /// <summary>Nothing that we act on; kept to be seen.</summary>
    public Task SetAsideAsync(string tenant, Guid id, string status, string kind, string reason, CancellationToken ct) => WriteAsync(
        "update notifications set status = $3, kind = $4, reason = $5, again_at = null where tenant_id = $1 and id = $2 and preapproval_id is null", ct, tenant, id, status, kind, reason);

    /// <summary>The message that reads it; under its own id, so that it waits once however often it is handed on.</summary>
    internal static Outgoing Apply(string tenant, Guid id) => new(new ApplyNotification(tenant, id), Id: id);

    internal static string Aad(string tenant, Guid id) => $"{tenant}/notification/{id}";

    private Task<byte[]?> OpenAsync(string tenant, Guid id, Body found, CancellationToken ct) =>
        store.OpenBlobAsync(found.Owner is { } stream ? new StreamKey(tenant, stream) : null, found.Sealed, found.WrappedKey, Aad(tenant, id), ct);

    private async Task<IReadOnlyList<Body?>> BodiesAsync(IReadOnlyList<Guid> ids)
    {
        await using var batch = books.CreateBatch();
        batch.Add(Bodies, ids.ToArray());
        await using var row = await batch.ExecuteReaderAsync();
        var found = new Dictionary<Guid, Body>();

        while (await row.ReadAsync())
        {
            found[row.GetGuid(0)] = new Body(
                row.GetFieldValue<byte[]>(1), row.GetFieldValue<byte[]>(2), await row.IsDBNullAsync(3) ? null : row.GetGuid(3), await row.IsDBNullAsync(4) ? null : row.GetString(4));
        }

        return [.. ids.Select(found.GetValueOrDefault)];
    }

    private async Task<IReadOnlyList<bool>> MatchManyAsync(IReadOnlyList<(MatchNotification Match, string? Reason)> matches)
    {
        var keys = await KeysToMoveAsync([.. matches.Select(one => one.Match.NotificationId)]);
        var moving = matches.Where(one => keys.ContainsKey(one.Match.NotificationId)).DistinctBy(one => one.Match.NotificationId).ToList();

        // Null where its person was forgotten: what it says of them must not be kept.
        var wrapped = await store.WrapUnderStreamsAsync([.. moving.Select(one => (new StreamKey(one.Match.Tenant, one.Match.PreapprovalId), keys[one.Match.NotificationId]))]);

        await using var batch = books.CreateBatch();
        NpgsqlParameter Column<T>(Func<(MatchNotification Match, string? Reason), T> value) => new() { Value = moving.Select(value).ToArray() };
        batch.Add(
            Matched,
            Column(one => one.Match.NotificationId),
            Column(one => one.Match.Kind),
            Column(one => one.Reason),
            Column(one => one.Reason is null ? "applied" : one.Match.Outcome ?? "duplicate"),
            Column(one => one.Match.PreapprovalId),
            new NpgsqlParameter { Value = wrapped.ToArray() },
            Column(one => one.Match.Reference),
            Column(one => one.Match.GatewayId),
            Column(one => one.Match.NotifiedAt));

        if (matches.Where(one => one.Reason is null).Select(one => one.Match).ToList() is { Count: > 0 } applied)
        {
            batch.Add(AppliedAfterAll, applied.Select(match => match.NotificationId).ToArray(), applied.Select(match => match.PreapprovalId).ToArray());
        }

        await batch.ExecuteNonQueryAsync();

        return [.. matches.Select(_ => true)];
    }

    private async Task<Dictionary<Guid, byte[]>> KeysToMoveAsync(Guid[] ids)
    {
        await using var batch = books.CreateBatch();
        batch.Add(KeysToMove, ids);
        await using var row = await batch.ExecuteReaderAsync();
        var keys = new Dictionary<Guid, byte[]>();

        while (await row.ReadAsync())
        {
            keys[row.GetGuid(0)] = row.GetFieldValue<byte[]>(1);
        }

        return keys;
    }

    private async Task WriteAsync(string sql, CancellationToken ct, params object?[] parameters)
    {
        await using var batch = books.CreateBatch();
        batch.Add(sql, parameters);
        await batch.ExecuteNonQueryAsync(ct);
    }

    private sealed record Body(byte[] Sealed, byte[] WrappedKey, Guid? Owner, string? ContentType);
}
