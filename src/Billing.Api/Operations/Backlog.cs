using Billing.Api.Hosting;
using Npgsql;

namespace Billing.Api.Operations;

/// <summary>How long the oldest open work of all sites has been waiting, business time; 0 when there is none.</summary>
/// <param name="DueSeconds">Since the oldest due instant or retry without a decision.</param>
/// <param name="UnknownSeconds">
/// Since the oldest outcome became unknown, those with an owner included. At most
/// <see cref="Readiness.MostCounted"/> preapprovals whose look-up is near, and as many with an owner, are looked at.
/// </param>
public sealed record Backlog(double DueSeconds, double UnknownSeconds)
{
    // Of a subscription that opens at noon, midnight is due from noon on.
    private const int MostDue = 1_000;

    /// <param name="now">Business time.</param>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public static async Task<Backlog> AskAsync(
        NpgsqlDataSource dataSource, Database database, DateTimeOffset now, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var batch = Batch(connection, database, "", now);
        await using var row = await batch.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);

        return new(row.GetDouble(0), row.GetDouble(1));
    }

    // A young table has no statistics yet, and would be scanned: every condition here has an index.
    internal static NpgsqlBatch Batch(
        NpgsqlConnection connection, Database database, string prefix, DateTimeOffset now) =>
        new(connection)
        {
            BatchCommands =
            {
                new("set local enable_seqscan = off"),
                new(prefix + Ages(database)) { Parameters = { new() { Value = now.ToUniversalTime() } } },
            },
        };

    private static string Ages(Database database)
    {
        var subscriptions = $"{database.Schema}.mt_doc_subscription";

        return $"""
            select
                coalesce(extract(epoch from $1 - (
                    select min(greatest(at, (data ->> 'OpenedAt')::timestamptz)) from (
                        (select next_due_at as at, data from {subscriptions}
                         where next_due_at <= $1 order by next_due_at limit {MostDue})
                        union all
                        (select next_retry_at, data from {subscriptions}
                         where next_retry_at <= $1 order by next_retry_at limit {MostDue})) due)), 0)::float8,
                coalesce(extract(epoch from $1 - (
                    select min((since #>> '{"{}"}')::timestamptz) from (
                        (select data from {subscriptions} where next_look_up_at <= $1 + interval '1 day'
                         limit {Readiness.MostCounted})
                        union all
                        (select data from {subscriptions} where owner is not null
                         limit {Readiness.MostCounted})) open,
                    jsonb_path_query(open.data, '$.**.Call ? (@.State == "Unknown").UnknownSince') since)), 0)::float8
            """;
    }
}
