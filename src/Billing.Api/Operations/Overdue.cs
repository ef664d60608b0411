using System.Globalization;
using Billing.Api.Hosting;
using Npgsql;

namespace Billing.Api.Operations;

/// <summary>What should have happened by now and has not. Counts stop at <see cref="Readiness.MostCounted"/>.</summary>
/// <param name="Decisions">
/// Due instants that passed longer ago than <c>Charging__OverdueAfterMinutes</c> and have no decision.
/// </param>
/// <param name="OldestDueAt">The oldest of them, business time.</param>
/// <param name="LookUps">
/// Look-ups of unknown outcomes, and sends of what was not sent, that were due as long ago and did not take place.
/// </param>
/// <param name="Orphaned">Calls without an outcome that no look-up and no owner is going to settle.</param>
/// <param name="Messages">Messages that could have been handled as long ago and are not done.</param>
/// <param name="Contradictions">
/// Due dates with no outcome or with two, found by counting them again, a few subscriptions at a time.
/// </param>
/// <param name="NextSteps">A sentence for each of these that is not zero.</param>
public sealed record Overdue(
    long Decisions, DateTimeOffset? OldestDueAt, long LookUps, long Orphaned, long Messages, long Contradictions,
    IReadOnlyList<string> NextSteps)
{
    /// <summary>True when nothing should have happened by now that has not.</summary>
    public bool IsNothing => Decisions + LookUps + Orphaned + Messages + Contradictions == 0;

    /// <param name="before">Business time: what was due later is not overdue yet.</param>
    /// <param name="limit">How long something may be late.</param>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public static async Task<Overdue> AskAsync(
        NpgsqlDataSource dataSource, Database database, DateTimeOffset before, TimeSpan limit, DueProofs proofs,
        CancellationToken ct)
    {
        var messages = await MessageCounts.AskAsync(dataSource, database, limit, ct);
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var batch = Batch(connection, database, "", before, limit);
        await using var row = await batch.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        var found = new Overdue(
            row.GetInt64(0), await row.IsDBNullAsync(1, ct) ? null : row.GetFieldValue<DateTimeOffset>(1),
            row.GetInt64(2),
            row.GetInt64(3) + proofs.Orphaned, messages.Late, proofs.Contradictions, []);

        return found with { NextSteps = [.. found.Sentences()] };
    }

    // A young table has no statistics yet, and would be scanned: every count here has an index.
    internal static NpgsqlBatch Batch(
        NpgsqlConnection connection, Database database, string prefix, DateTimeOffset before, TimeSpan limit) =>
        new(connection)
        {
            BatchCommands =
            {
                new("set local enable_seqscan = off"),
                new(prefix + Counts(database))
                {
                    Parameters = { new() { Value = before.ToUniversalTime() }, new() { Value = limit } },
                },
            },
        };

    // $1 due before then. A subscription that opens at noon is due since midnight, and not overdue.
    private static string Counts(Database database)
    {
        var subscriptions = $"{database.Schema}.mt_doc_subscription";
        const string IsOpen = "(data ->> 'OpenedAt')::timestamptz <= $1";
        const int Most = Readiness.MostCounted;

        return $"""
            select
                (select count(*) from (select from {subscriptions}
                    where next_due_at <= $1 and {IsOpen} limit {Most}) counted)
                    + (select count(*) from (select from {subscriptions}
                        where next_retry_at <= $1 and {IsOpen} limit {Most}) counted),
                least(
                    (select next_due_at from {subscriptions}
                        where next_due_at <= $1 and {IsOpen} order by next_due_at limit 1),
                    (select next_retry_at from {subscriptions}
                        where next_retry_at <= $1 and {IsOpen} order by next_retry_at limit 1)),
                (select count(*) from (select from {subscriptions} where next_look_up_at <= $1 limit {Most}) counted),
                (select count(*) from (select from {subscriptions}
                    where oldest_intent <= clock_timestamp() - $2 limit {Most}) counted)
            """;
    }

    private IEnumerable<string> Sentences()
    {
        if (Decisions > 0)
        {
            var since = OldestDueAt!.Value.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            yield return $"{Decisions} due instants have no decision, the oldest since {since} UTC: does a node run "
                + "with Jobs__Enabled, and does its log say that the sweep fails?";
        }

        if (LookUps > 0)
        {
            yield return $"{LookUps} look-ups of unknown outcomes are late: can the gateway be asked, and does a node "
                + "run its jobs?";
        }

        if (Orphaned > 0)
        {
            yield return $"{Orphaned} calls to the gateway have no outcome, no look-up and no owner: a node that runs "
                + "its jobs looks them up; if they stay, billing operator resolve.";
        }

        if (Messages > 0)
        {
            yield return $"{Messages} messages are late: does a node run, and does its log show an error?";
        }

        if (Contradictions > 0)
        {
            yield return $"{Contradictions} due dates have no outcome or two, and the log names their subscriptions: "
                + "GET explain of one says more, and billing audit verify shows whether the database was changed.";
        }
    }
}
