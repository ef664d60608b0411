using System.Globalization;
using Billing.Messaging;
using Npgsql;

namespace Billing.Api.Health;

/// <summary>What should have happened by now and has not. Counts stop at <see cref="Readiness.MostCounted"/>: each costs what it finds, never what exists.</summary>
/// <param name="Decisions">Due instants that passed longer ago than <c>Charging__OverdueAfterMinutes</c> and have no decision.</param>
/// <param name="OldestDueAt">The oldest of them, business time.</param>
/// <param name="LookUps">Look-ups of unknown outcomes that were due as long ago and were not made.</param>
/// <param name="OfNobody">Charges, creates, changes and closes without an outcome that no message, no look-up and no owner is going to settle.</param>
/// <param name="Messages">Messages that were due as long ago and are not done.</param>
/// <param name="Contradictions">Due dates with no outcome or with two, found by counting them again, a few subscriptions at a time.</param>
/// <param name="NextSteps">A sentence for each of these that is not zero.</param>
public sealed record Overdue(long Decisions, DateTimeOffset? OldestDueAt, long LookUps, long OfNobody, long Messages, long Contradictions, IReadOnlyList<string> NextSteps)
{
    // $1 due before then. Who opens at noon is due since midnight, and not overdue. What waits for its message or its call is not of nobody: the two are written in one commit, and read in one snapshot.
    private static readonly string Counts =
        $"""
        select
            (select count(*) from (select from subscriptions where next_due_at <= $1 and opened_at <= $1 limit {Readiness.MostCounted}) counted),
            (select next_due_at from subscriptions where next_due_at <= $1 and opened_at <= $1 order by next_due_at limit 1),
            (select count(*) from (select from payment_history where next_look_up_at <= $1 limit {Readiness.MostCounted}) counted)
                + (select count(*) from (select from subscriptions where next_look_up_at <= $1 limit {Readiness.MostCounted}) counted),
            (select count(*) from (select from payment_history where status = 'unknown' and next_look_up_at is null and owner is null limit {Readiness.MostCounted}) counted)
                + (select count(*)
                   from (select tenant_id, preapproval_id from payment_history where status = 'requested' and requested_at <= $1 order by requested_at limit {Readiness.MostCounted}) old
                   where not exists (select from messages m where m.tenant_id = old.tenant_id and m.stream_id = old.preapproval_id))
                + (select count(*)
                   from (select tenant_id, preapproval_id from subscriptions
                         where unsettled_operation is not null and next_look_up_at is null and owner is null limit {Readiness.MostCounted}) asked
                   where not exists (select from messages m where m.tenant_id = asked.tenant_id and m.stream_id = asked.preapproval_id))
        """;

    /// <summary>True when nothing should have happened by now that has not.</summary>
    public bool IsNothing => Decisions + LookUps + OfNobody + Messages + Contradictions == 0;

    /// <param name="before">Business time: what was due later is not overdue yet.</param>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public static async Task<Overdue> AskAsync(NpgsqlDataSource books, MessageBus bus, DateTimeOffset before, long contradictions, CancellationToken ct)
    {
        var messages = await bus.CountOverdueAsync(before, Readiness.MostCounted, ct);
        await using var connection = await books.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var batch = Batch(connection, "", before);
        await using var row = await batch.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        var found = new Overdue(
            row.GetInt64(0), await row.IsDBNullAsync(1, ct) ? null : row.GetFieldValue<DateTimeOffset>(1), row.GetInt64(2), row.GetInt64(3), messages, contradictions, []);

        return found with { NextSteps = [.. found.Sentences()] };
    }

    // A young table has no statistics yet, and would be read through for fear of the worst: here nothing is looked for that an index does not hold.
    internal static NpgsqlBatch Batch(NpgsqlConnection connection, string prefix, DateTimeOffset before) => new(connection)
    {
        BatchCommands =
        {
            new("set local enable_seqscan = off"),
            new("set local enable_hashjoin = off"),
            new("set local enable_mergejoin = off"),
            new(prefix + Counts) { Parameters = { new() { Value = before.ToUniversalTime() } } },
        },
    };

    private IEnumerable<string> Sentences()
    {
        if (Decisions > 0)
        {
            yield return $"{Decisions} due instants have no decision, the oldest since {OldestDueAt!.Value.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC: does a node run with Jobs__Enabled, and does its log say that the sweep fails?";
        }

        if (LookUps > 0)
        {
            yield return $"{LookUps} look-ups of unknown outcomes are late: can the gateway be asked, and does a node run its jobs?";
        }

        if (OfNobody > 0)
        {
            yield return $"{OfNobody} charges, creates, changes or closes have no outcome and nobody who asks for it: the resolver of a node that runs its jobs takes them up; if they stay, billing dead-letters list, then billing operator resolve.";
        }

        if (Messages > 0)
        {
            yield return $"{Messages} messages are late: more nodes, a higher Charging__MaxInFlight or Sites__<SiteID>__GatewayCallsPerSecond, or a gateway that does not answer.";
        }

        if (Contradictions > 0)
        {
            yield return $"{Contradictions} due dates have no outcome or two, and the log names their subscriptions: GET explain of one says more, and billing audit verify tells whether the books were touched.";
        }
    }
}
