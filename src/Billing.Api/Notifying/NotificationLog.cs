using Billing.EventStore;
using Billing.Gateway.Notifications;
using Billing.Messaging;
using Npgsql;

namespace Billing.Api.Notifying;

/// <summary>Every notification as it came: body sealed, durable before it is acknowledged, kept whatever becomes of it.</summary>
public sealed class NotificationLog(NpgsqlDataSource books, EventStore.EventStore store)
{
    /// <returns>The body as it came, or null when it has expired or its person was forgotten.</returns>
    public async Task<byte[]?> OpenAsync(string tenant, Guid id, CancellationToken ct) => (await OpenWithTypeAsync(tenant, id, ct)).Body;

    /// <returns>The body as UTF-8, whatever it was sent in; null as above.</returns>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(string tenant, Guid id, CancellationToken ct)
    {
        var (body, contentType) = await OpenWithTypeAsync(tenant, id, ct);

        return body is null ? null : NotificationText.Utf8Of(body, contentType);
    }

    private async Task<(byte[]? Body, string? ContentType)> OpenWithTypeAsync(string tenant, Guid id, CancellationToken ct)
    {
        await using var command = books.CreateCommand(
            "select body, wrapped_key, preapproval_id, coalesce(headers ->> 'content-type', headers ->> 'content_type') from notifications where tenant_id = $1 and id = $2");
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = id });
        StreamKey? owner;
        byte[] body, key;
        string? contentType;

        await using (var row = await command.ExecuteReaderAsync(ct))
        {
            if (!await row.ReadAsync(ct) || await row.IsDBNullAsync(0, ct))
            {
                return (null, null);
            }

            owner = await row.IsDBNullAsync(2, ct) ? null : new StreamKey(tenant, row.GetGuid(2));
            (body, key) = (row.GetFieldValue<byte[]>(0), row.GetFieldValue<byte[]>(1));
            contentType = await row.IsDBNullAsync(3, ct) ? null : row.GetString(3);
        }

        return (await store.OpenBlobAsync(owner, body, key, Aad(tenant, id), ct), contentType);
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

    /// <summary>The message that reads it; under its own id, so that it waits once however often it is handed on.</summary>
    internal static Outgoing Apply(string tenant, Guid id) => new(new ApplyNotification(tenant, id), Id: id);

    internal static string Aad(string tenant, Guid id) => $"{tenant}/notification/{id}";

    private async Task WriteAsync(string sql, CancellationToken ct, params object?[] parameters)
    {
        await using var batch = books.CreateBatch();
        batch.Add(sql, parameters);
        await batch.ExecuteNonQueryAsync(ct);
    }
}
