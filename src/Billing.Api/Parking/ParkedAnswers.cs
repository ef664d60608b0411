using System.Text;
using Billing.EventStore;
using Npgsql;

namespace Billing.Api.Parking;

/// <summary>One answer that did not fit what was asked; nothing in it is personal.</summary>
/// <param name="Times">How often it was met; the first body is kept.</param>
/// <param name="Reference">What was asked about: the MerchantTransactionID, MerchantPreapprovalID or the gateway's number.</param>
/// <param name="GatewayPreapprovalId">The preapproval that was asked about.</param>
/// <param name="NamedId">The ID in the answer.</param>
/// <param name="PreapprovalId">The stream that was asked about.</param>
/// <param name="NamedPreapprovalId">Another stream of ours that the answer names.</param>
/// <param name="HasBody">False once it has expired or a person in it was forgotten.</param>
public sealed record ParkedAnswer(
    Guid Id, string Tenant, DateTimeOffset ReceivedAt, DateTimeOffset LastAt, int Times, string Operation, string Reference, long? GatewayPreapprovalId, long? NamedId, string Reason,
    int HttpStatus, Guid? PreapprovalId, Guid? NamedPreapprovalId, string Status, DateTimeOffset? DismissedAt, string? DismissedBy, bool HasBody);

/// <summary>What the operators' verbs do with parked answers.</summary>
public sealed class ParkedAnswers(NpgsqlDataSource books, EventStore.EventStore store, Sealer sealer)
{
    private const string Columns =
        """
        id, tenant_id, received_at, last_at, times, operation, reference, gateway_preapproval_id, named_id, reason, http_status, preapproval_id, named_preapproval_id, status,
        dismissed_at, dismissed_by, body is not null
        """;

    /// <summary>Oldest first.</summary>
    /// <param name="all">False: only the open ones.</param>
    /// <param name="after">Where the page before ended.</param>
    public async Task<IReadOnlyList<ParkedAnswer>> ListAsync(bool all, int limit, ParkedAnswer? after, CancellationToken ct) => await ReadAsync(
        $"select {Columns} from gateway_answers where ($1 or status = 'open') and (received_at, id) > ($2, $3) order by received_at, id limit $4",
        ct, all, after?.ReceivedAt ?? DateTimeOffset.UnixEpoch, after?.Id ?? Guid.Empty, limit);

    public async Task<ParkedAnswer?> FindAsync(Guid id, CancellationToken ct) =>
        (await ReadAsync($"select {Columns} from gateway_answers where id = $1", ct, id)).SingleOrDefault();

    /// <summary>The body as it came, and why it was dismissed. Both are personal.</summary>
    /// <returns>Null where there is none, or none any more.</returns>
    public async Task<(byte[]? Body, string? Because)> OpenAsync(ParkedAnswer answer, CancellationToken ct)
    {
        await using var command = books.CreateCommand("select body, wrapped_key, because, because_key from gateway_answers where id = $1");
        command.Parameters.Add(new() { Value = answer.Id });
        byte[]?[] values;

        await using (var row = await command.ExecuteReaderAsync(ct))
        {
            values = await row.ReadAsync(ct) ? [.. Enumerable.Range(0, 4).Select(i => row.IsDBNull(i) ? null : row.GetFieldValue<byte[]>(i))] : new byte[]?[4];
        }

        var because = await OpenAsync(answer, values[2], values[3], Because, ct);

        return (await OpenAsync(answer, values[0], values[1], "", ct), because is null ? null : Encoding.UTF8.GetString(because));
    }

    /// <summary>A named person has looked: it is open no more. What was asked stays as unknown as it was.</summary>
    /// <param name="because">Sealed, since it may name people.</param>
    /// <returns>False when it was dismissed before.</returns>
    public async Task<bool> DismissAsync(ParkedAnswer answer, string by, string because, CancellationToken ct)
    {
        var (words, key) = sealer.SealBlob(Encoding.UTF8.GetBytes(because), Aad(answer) + Because);

        try
        {
            key = StreamOf(answer) is { } stream ? await store.WrapUnderStreamAsync(stream, key, ct) : key;
        }
        catch (StreamForgottenException)
        {
            (words, key) = (null!, null!);
        }

        await using var batch = books.CreateBatch();
        batch.Add(
            """
            update gateway_answers
            set status = 'dismissed', dismissed_at = clock_timestamp(), dismissed_by = $2, because = $3::bytea, because_key = $4::bytea
            where id = $1 and status = 'open'
            """,
            answer.Id, by, words, key);

        return await batch.ExecuteNonQueryAsync(ct) == 1;
    }

    private const string Because = "/because";

    private async Task<byte[]?> OpenAsync(ParkedAnswer answer, byte[]? body, byte[]? key, string part, CancellationToken ct) =>
        body is null || key is null ? null : await store.OpenBlobAsync(StreamOf(answer), body, key, Aad(answer) + part, ct);

    private async Task<List<ParkedAnswer>> ReadAsync(string sql, CancellationToken ct, params object[] parameters)
    {
        await using var command = books.CreateCommand(sql);

        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new() { Value = parameter });
        }

        var answers = new List<ParkedAnswer>();
        await using var row = await command.ExecuteReaderAsync(ct);

        while (await row.ReadAsync(ct))
        {
            answers.Add(new ParkedAnswer(
                row.GetGuid(0), row.GetString(1), row.GetFieldValue<DateTimeOffset>(2), row.GetFieldValue<DateTimeOffset>(3), row.GetInt32(4), row.GetString(5), row.GetString(6),
                row.Or<long>(7), row.Or<long>(8), row.GetString(9), row.GetInt32(10), row.Or<Guid>(11), row.Or<Guid>(12), row.GetString(13), row.Or<DateTimeOffset>(14),
                row.IsDBNull(15) ? null : row.GetString(15), row.GetBoolean(16)));
        }

        return answers;
    }

    private static StreamKey? StreamOf(ParkedAnswer answer) => answer.PreapprovalId is { } id ? new StreamKey(answer.Tenant, id) : null;

    private static string Aad(ParkedAnswer answer) => AnswerLog.Aad(answer.Tenant, answer.Id);
}

file static class Columns
{
    public static T? Or<T>(this NpgsqlDataReader row, int column)
        where T : struct => row.IsDBNull(column) ? null : row.GetFieldValue<T>(column);
}
