using Billing.Api.Charging;
using Billing.EventStore;
using Billing.Messaging;
using Npgsql;

namespace Billing.Api.Notifying;

/// <summary>Every notification as it came: body sealed, durable before it is acknowledged, kept whatever becomes of it.</summary>
public sealed class NotificationLog(NpgsqlDataSource books, EventStore.EventStore store, Sealer sealer, MessageBus bus)
{
    // The same row, given another chance: its guard may be known by now.
    private const string Fitting =
        """
        select n.tenant_id, n.id
        from notifications n
        where n.status = 'parked' and (
            exists (select from gateway_ids g where g.tenant_id = n.tenant_id and g.kind = 'preapproval' and g.gateway_id = n.gateway_preapproval_id and n.kind = 'Preapproval')
            or exists (select from merchant_preapproval_ids m where m.tenant_id = n.tenant_id and m.merchant_preapproval_id = n.reference and n.kind = 'Preapproval')
            or exists (select from merchant_transaction_ids t where t.tenant_id = n.tenant_id and t.merchant_transaction_id = n.reference and n.kind = 'Payment'))
            and n.reason = 'not_known_yet'
        order by n.received_at
        limit 200
        """;

    /// <summary>Writes the notification and the message that will read it, in one commit.</summary>
    public async Task KeepAsync(string tenant, ReadOnlyMemory<byte> body, string? contentType, CancellationToken ct)
    {
        var id = Guid.CreateVersion7();
        var (sealedBody, wrappedKey) = sealer.SealBlob(body.Span, Aad(tenant, id));

        await using var session = await store.OpenSessionAsync(ct);
        session.Also.Add(
            "insert into notifications (id, tenant_id, body, wrapped_key, headers) values ($1, $2, $3, $4, jsonb_build_object('content_type', $5::text))",
            id, tenant, sealedBody, wrappedKey, contentType);
        bus.EnqueueIn(session, [Apply(tenant, id)], new Metadata(CausationId: $"{id}", UserName: "gateway"));
        await session.CommitAsync(ct);
    }

    /// <returns>The body as it came, or null when it has expired or its person was forgotten.</returns>
    public async Task<byte[]?> OpenAsync(string tenant, Guid id, CancellationToken ct)
    {
        await using var command = books.CreateCommand("select body, wrapped_key, preapproval_id from notifications where tenant_id = $1 and id = $2");
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = id });
        StreamKey? owner;
        byte[] body, key;

        await using (var row = await command.ExecuteReaderAsync(ct))
        {
            if (!await row.ReadAsync(ct) || await row.IsDBNullAsync(0, ct))
            {
                return null;
            }

            owner = await row.IsDBNullAsync(2, ct) ? null : new StreamKey(tenant, row.GetGuid(2));
            (body, key) = (row.GetFieldValue<byte[]>(0), row.GetFieldValue<byte[]>(1));
        }

        return await store.OpenBlobAsync(owner, body, key, Aad(tenant, id), ct);
    }

    /// <summary>It belongs to this stream: from now on its key is wrapped under the stream's, and goes when the person is forgotten.</summary>
    /// <param name="reference">The merchant's id of the preapproval or payment.</param>
    /// <param name="notifiedAt">NotificationDateTime of a payment, fourteen digits: shown also where the notification tells nothing new.</param>
    /// <param name="reason">nothing_new for a duplicate or stale one: it stands here and not in the stream.</param>
    public async Task MatchAsync(StreamKey stream, Guid id, string kind, string? reference, string? notifiedAt, string? reason, CancellationToken ct)
    {
        await using var read = books.CreateCommand("select wrapped_key from notifications where tenant_id = $1 and id = $2 and preapproval_id is null");
        read.Parameters.Add(new() { Value = stream.Tenant });
        read.Parameters.Add(new() { Value = id });

        if (await read.ExecuteScalarAsync(ct) is not byte[] key)
        {
            return;
        }

        byte[]? wrapped;

        try
        {
            wrapped = await store.WrapUnderStreamAsync(stream, key, ct);
        }
        catch (StreamForgottenException)
        {
            // Its person was forgotten: what it says of them must not be kept.
            wrapped = null;
        }

        await WriteAsync(
            """
            update notifications
            set status = 'matched', kind = $3, reason = $8::varchar, preapproval_id = $4, wrapped_key = $5::bytea, body = case when $5::bytea is null then null else body end,
                reference = $6::varchar, notified_at = $7::varchar
            where tenant_id = $1 and id = $2 and preapproval_id is null
            """,
            ct, stream.Tenant, id, kind, stream.Id, wrapped, reference, notifiedAt, reason);
    }

    public Task ParkAsync(string tenant, Guid id, string kind, string? reference, long? gatewayPreapprovalId, string reason, CancellationToken ct) => WriteAsync(
        "update notifications set status = 'parked', kind = $3, reference = $4::varchar, gateway_preapproval_id = $5::bigint, reason = $6 where tenant_id = $1 and id = $2",
        ct, tenant, id, kind, reference, gatewayPreapprovalId, reason);

    /// <summary>Nothing that we act on; kept to be seen.</summary>
    public Task SetAsideAsync(string tenant, Guid id, string status, string kind, string reason, CancellationToken ct) => WriteAsync(
        "update notifications set status = $3, kind = $4, reason = $5 where tenant_id = $1 and id = $2", ct, tenant, id, status, kind, reason);

    /// <summary>Hands on parked notifications that fit by now, and lets go of what never fitted.</summary>
    public async Task<int> RunOnceAsync(TimeSpan keep, CancellationToken ct)
    {
        var fitting = new List<Outgoing>();

        await using (var command = books.CreateCommand(Fitting))
        await using (var row = await command.ExecuteReaderAsync(ct))
        {
            while (await row.ReadAsync(ct))
            {
                fitting.Add(Apply(row.GetString(0), row.GetGuid(1)));
            }
        }

        await bus.EnqueueAsync(fitting, null, new Metadata(UserName: "notifications"), ct);
        await WriteAsync(
            "update notifications set status = 'expired', body = null, wrapped_key = null where status in ('parked', 'kept', 'unreadable') and received_at < clock_timestamp() - $1 and body is not null",
            ct, keep);

        return fitting.Count;
    }

    private static Outgoing Apply(string tenant, Guid id) => new(new ApplyNotification(tenant, id), Id: DerivedId.Of("apply_notification", tenant, $"{id:N}"));

    private static string Aad(string tenant, Guid id) => $"{tenant}/notification/{id}";

    private async Task WriteAsync(string sql, CancellationToken ct, params object?[] parameters)
    {
        await using var batch = books.CreateBatch();
        batch.Add(sql, parameters);
        await batch.ExecuteNonQueryAsync(ct);
    }
}
