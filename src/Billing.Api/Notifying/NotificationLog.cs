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

    // $1 keep, $2 $3 where the page before ended. Fifteen minutes are longer than any healthy message waits.
    private const string Unread =
        """
        select received_at, id, tenant_id
        from notifications
        where status = 'received' and (received_at, id) > ($2, $3)
            and received_at > (select clock_timestamp() - $1) and received_at < (select clock_timestamp() - interval '15 minutes')
        order by received_at, id
        limit 200
        """;

    // Bounded: after a long stop it is done over several runs.
    private const string Expire =
        """
        update notifications
        set status = 'expired', body = null, wrapped_key = null
        where id = any (array(
            select id from notifications
            where status in ('parked', 'kept', 'unreadable') and body is not null and received_at < (select clock_timestamp() - $1)
            order by received_at
            limit 1000))
        """;

    private const int MostPages = 100;

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
    /// <param name="reason">nothing_new for a duplicate or stale one: it stands here and not in the stream. Null: it was applied, also where a second delivery found nothing new since.</param>
    public async Task MatchAsync(MatchNotification match, string? reason, CancellationToken ct)
    {
        var (stream, id) = (new StreamKey(match.Tenant, match.PreapprovalId), match.NotificationId);

        await using var read = books.CreateCommand("select wrapped_key from notifications where tenant_id = $1 and id = $2 and preapproval_id is null");
        read.Parameters.Add(new() { Value = stream.Tenant });
        read.Parameters.Add(new() { Value = id });

        if (await read.ExecuteScalarAsync(ct) is not byte[] key)
        {
            await WriteAsync(
                "update notifications set reason = null where tenant_id = $1 and id = $2 and preapproval_id = $3 and reason = $4 and $5::varchar is null",
                ct, stream.Tenant, id, stream.Id, ApplyNotificationHandler.NothingNew, reason);

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
            ct, stream.Tenant, id, match.Kind, stream.Id, wrapped, match.Reference, match.NotifiedAt, reason);
    }

    public Task ParkAsync(string tenant, Guid id, string kind, string? reference, long? gatewayPreapprovalId, string reason, CancellationToken ct) => WriteAsync(
        "update notifications set status = 'parked', kind = $3, reference = $4::varchar, gateway_preapproval_id = $5::bigint, reason = $6 where tenant_id = $1 and id = $2",
        ct, tenant, id, kind, reference, gatewayPreapprovalId, reason);

    /// <summary>Nothing that we act on; kept to be seen.</summary>
    public Task SetAsideAsync(string tenant, Guid id, string status, string kind, string reason, CancellationToken ct) => WriteAsync(
        "update notifications set status = $3, kind = $4, reason = $5 where tenant_id = $1 and id = $2", ct, tenant, id, status, kind, reason);

    /// <summary>Hands on parked notifications that fit by now and those that nobody reads any more, and lets go of what never fitted.</summary>
    /// <param name="keep">How long what fits nothing is kept, and what was never read is tried again.</param>
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
        await WriteAsync(Expire, ct, keep);

        return fitting.Count + await ReadAgainAsync(keep, ct);
    }

    // Acknowledged and never read, its message gone: a dead letter that was dropped, or a row removed by hand. As long as a dead letter
    // stands, its replay is the operator's.
    private async Task<int> ReadAgainAsync(TimeSpan keep, CancellationToken ct)
    {
        var (found, last) = (0, (At: DateTimeOffset.UnixEpoch, Id: Guid.Empty));

        for (var pages = 0; pages < MostPages; pages++)
        {
            var unread = new List<StreamKey>();

            await using (var command = books.CreateCommand(Unread))
            {
                command.Parameters.Add(new() { Value = keep });
                command.Parameters.Add(new() { Value = last.At });
                command.Parameters.Add(new() { Value = last.Id });
                await using var row = await command.ExecuteReaderAsync(ct);

                while (await row.ReadAsync(ct))
                {
                    last = (row.GetFieldValue<DateTimeOffset>(0), row.GetGuid(1));
                    unread.Add(new StreamKey(row.GetString(2), last.Id));
                }
            }

            if (unread.Count == 0)
            {
                break;
            }

            var busy = await bus.BusyAsync(unread, ct);
            var lost = unread.Where(one => !busy.Contains(one)).Select(one => Apply(one.Tenant, one.Id)).ToList();
            await bus.EnqueueAsync(lost, null, new Metadata(UserName: "notifications"), ct);
            found += lost.Count;
        }

        return found;
    }

    internal static Outgoing Apply(string tenant, Guid id) => new(new ApplyNotification(tenant, id), Id: DerivedId.Of("apply_notification", tenant, $"{id:N}"));

    private static string Aad(string tenant, Guid id) => $"{tenant}/notification/{id}";

    private async Task WriteAsync(string sql, CancellationToken ct, params object?[] parameters)
    {
        await using var batch = books.CreateBatch();
        batch.Add(sql, parameters);
        await batch.ExecuteNonQueryAsync(ct);
    }
}
