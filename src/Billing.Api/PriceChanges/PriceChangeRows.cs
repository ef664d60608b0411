using Billing.Api.Hosting;
using Marten;
using Npgsql;

namespace Billing.Api.PriceChanges;

/// <summary>Finds the subscriptions that a change of many prices has to look at, in the order of their ids.</summary>
public sealed class PriceChangeRows(Database database)
{
    // The schedule in force may be the planned one, whose day has come: the rule looks at both.
    private const string IsConcerned =
        """
        d.status = 'Open' and d.requested_at < $3
        and ($4::text is null or d.data #>> '{Terms,MethodId}' = $4::text)
        and ((d.data #>> '{Schedule,Amount,Currency}' = $5
                and ($6::text is null or d.data #>> '{Schedule,Amount,Minor}' = $6::text))
            or (d.data #>> '{Planned,Schedule,Amount,Currency}' = $5
                and ($6::text is null or d.data #>> '{Planned,Schedule,Amount,Minor}' = $6::text)))
        """;

    private const string IsPlanned = "d.data #>> '{Planned,PriceChange}' = $3";

    /// <summary>Locks the change until the session's transaction ends.</summary>
    /// <returns>Null where another transaction has it, or there is none.</returns>
    public static Task<PriceChange?> LockAsync(IDocumentSession session, Guid id, CancellationToken ct) =>
        LockAsync(session, id, "for update skip locked", ct);

    /// <summary>The same, but waits for the other transaction.</summary>
    /// <returns>Null where there is no such change.</returns>
    public static Task<PriceChange?> WaitForAsync(IDocumentSession session, Guid id, CancellationToken ct) =>
        LockAsync(session, id, "for update", ct);

    /// <summary>How many there are to look at from the beginning.</summary>
    public async Task<long> CountAsync(IDocumentSession session, PriceChange change, CancellationToken ct)
    {
        await using var command = Select(session, "count(*)", "", change);
        await using var row = await session.ExecuteReaderAsync(command, ct);
        await row.ReadAsync(ct);

        return row.GetInt64(0);
    }

    /// <returns>The ids of the next ones, sorted.</returns>
    public async Task<IReadOnlyList<Guid>> NextAsync(
        IDocumentSession session, PriceChange change, int most, CancellationToken ct)
    {
        await using var command = Select(session, "d.id", $"order by d.id limit {most}", change);
        await using var row = await session.ExecuteReaderAsync(command, ct);
        var ids = new List<Guid>();

        while (await row.ReadAsync(ct))
        {
            ids.Add(row.GetGuid(0));
        }

        return ids;
    }

    // Loaded by a statement of its own: it sees what the holder of the lock before has committed.
    private static async Task<PriceChange?> LockAsync(
        IDocumentSession session, Guid id, string @lock, CancellationToken ct)
    {
        await session.BeginTransactionAsync(ct);
        await using (var command = new NpgsqlCommand(
            $"select from {session.DocumentStore.Options.DatabaseSchemaName}.{PriceChangeServices.Table} "
            + $"where tenant_id = $1 and id = $2 {@lock}").With(session.TenantId, id))
        {
            await using var row = await session.ExecuteReaderAsync(command, ct);

            if (!await row.ReadAsync(ct))
            {
                return null;
            }
        }

        return await session.LoadAsync<PriceChange>(id, ct);
    }

    private NpgsqlCommand Select(IDocumentSession session, string columns, string end, PriceChange change)
    {
        var isCancelling = change.State is PriceChangeState.Cancelling;
        var command = new NpgsqlCommand(
            $"""
            select {columns} from {database.Schema}.mt_doc_subscription d
            where d.tenant_id = $1 and d.id > $2 and {(isCancelling ? IsPlanned : IsConcerned)} {end}
            """);

        return isCancelling
            ? command.With(session.TenantId, change.After, $"{change.Id}")
            : command.With(
                session.TenantId, change.After, change.RequestedBefore.ToUniversalTime(), Text(change.MethodId),
                change.Terms.Currency, Text(change.Terms.FromMinor));
    }

    private static object Text(long? number) => number is { } it ? $"{it}" : DBNull.Value;
}
