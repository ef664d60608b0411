using Billing.Api.Subscriptions;
using Billing.EventStore;
using Billing.Gateway;
using Npgsql;

namespace Billing.Api.Parking;

/// <summary>Keeps answers of the gateway that do not fit what was asked, before anything is recorded of the call: they move nothing, and they show.</summary>
public sealed partial class AnswerLog(NpgsqlDataSource books, EventStore.EventStore store, Sealer sealer, StreamDirectory streams, ILogger<AnswerLog> log) : IAnswerKeeper
{
    // Forgetting a person holds this row to its commit: what is kept after it knows of it, what is kept before it is found by it.
    private const string HoldNamed = "select from mt_streams where tenant_id = $1 and id = $2::uuid for share";

    // It may speak of somebody who was forgotten, though somebody else was asked about.
    private const string Keep =
        """
        insert into gateway_answers (
            id, tenant_id, operation, reference, gateway_preapproval_id, named_id, reason, http_status, preapproval_id, named_preapproval_id, body, wrapped_key)
        select $1, $2, $3, $4, $5::bigint, $6::bigint, $7, $8, $9::uuid, $10::uuid, case when not is_forgotten then $11::bytea end, case when not is_forgotten then $12::bytea end
        from (select exists (select from stream_keys where tenant_id = $2 and stream_id = $10::uuid and forgotten_at is not null) as is_forgotten) as named
        on conflict (tenant_id, operation, reference, reason) where status = 'open' do update
        set times = gateway_answers.times + 1, last_at = clock_timestamp()
        returning id, times
        """;

    // Bounded: after a long stop it is done over several runs. An open one stays, without its body, until somebody has looked.
    private const string Erase =
        """
        update gateway_answers
        set body = null, wrapped_key = null
        where id = any (array(select id from gateway_answers where body is not null and received_at < (select clock_timestamp() - $1) order by received_at limit 1000))
        """;

    private const string Remove =
        """
        delete from gateway_answers
        where id = any (array(select id from gateway_answers where status = 'dismissed' and received_at < (select clock_timestamp() - $1) order by received_at limit 1000))
        """;

    /// <inheritdoc/>
    public async Task KeepAsync(StrayAnswer answer, CancellationToken ct)
    {
        var (id, asked) = (Guid.CreateVersion7(), answer.Asked);
        var owner = await StreamOfAsync(asked, ct);
        var named = answer.Named is { } other ? await StreamOfAsync(other, ct) : null;
        var alsoNamed = named == owner ? null : named?.Id;
        var (body, key) = await SealAsync(owner, answer.Body, Aad(asked.SiteId, id), ct);

        await using var batch = books.CreateBatch();
        batch.Add(HoldNamed, asked.SiteId, alsoNamed);
        batch.Add(
            Keep, id, asked.SiteId, asked.Operation, asked.Reference, (long?)asked.GatewayPreapprovalId, (long?)answer.NamedId, answer.Reason, answer.StatusCode,
            owner?.Id, alsoNamed, body, key);
        await using var row = await batch.ExecuteReaderAsync(ct);
        await row.NextResultAsync(ct);
        await row.ReadAsync(ct);
        Parked(log, asked.Operation, asked.SiteId, answer.Reason, row.GetGuid(0), row.GetInt32(1));
    }

    /// <summary>Erases what this person's stream was asked about and what spoke of them, in the transaction that forgets them.</summary>
    public static void Forget(NpgsqlBatch also, StreamKey stream) => also.Add(
        """
        update gateway_answers
        set body = null, wrapped_key = null, because = null, because_key = null
        where tenant_id = $1 and (preapproval_id = $2 or named_preapproval_id = $2)
        """,
        stream.Tenant, stream.Id);

    /// <summary>Lets go of bodies, and of whole rows that somebody has dismissed.</summary>
    public async Task<int> RunOnceAsync(TimeSpan keep, CancellationToken ct)
    {
        await using var batch = books.CreateBatch();
        batch.Add(Erase, keep);
        batch.Add(Remove, keep);

        return await batch.ExecuteNonQueryAsync(ct);
    }

    // By the names that only the merchant gives, then by the gateway's number.
    private async Task<StreamKey?> StreamOfAsync(Asked asked, CancellationToken ct) =>
        (asked.MerchantTransactionId is { } transaction ? await streams.ByMerchantTransactionIdAsync(asked.SiteId, transaction, ct) : null)
        ?? (asked.MerchantPreapprovalId is { } preapproval ? await streams.ByMerchantPreapprovalIdAsync(asked.SiteId, preapproval, ct) : null)
        ?? (asked.GatewayPaymentId is { } payment ? await streams.ByGatewayPaymentIdAsync(asked.SiteId, payment, ct) : null)
        ?? (asked.GatewayPreapprovalId is { } id ? await streams.ByGatewayIdAsync(asked.SiteId, id, ct) : null);

    private async Task<(byte[]? Body, byte[]? Key)> SealAsync(StreamKey? owner, ReadOnlyMemory<byte> plain, string aad, CancellationToken ct)
    {
        var (body, key) = sealer.SealBlob(plain.Span, aad);

        try
        {
            return (body, owner is { } stream ? await store.WrapUnderStreamAsync(stream, key, ct) : key);
        }
        catch (StreamForgottenException)
        {
            return (null, null);
        }
    }

    internal static string Aad(string tenant, Guid id) => $"{tenant}/gateway_answer/{id}";

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Operation} for site {SiteId}: the answer does not fit what was asked ({Reason}); parked as {Id}, seen {Times} times")]
    private static partial void Parked(ILogger log, string operation, string siteId, string reason, Guid id, int times);
}
