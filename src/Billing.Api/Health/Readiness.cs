using Npgsql;

namespace Billing.Api.Health;

/// <summary>GET /health/ready: what an on-call engineer asks first. None of it makes the service less ready.</summary>
/// <param name="DeadLetters">Messages that could not be done: <c>billing dead-letters list</c>. Counted up to <see cref="MostCounted"/>.</param>
/// <param name="OldestWaitingSeconds">How long the oldest message that could be worked on has been waiting, by the clock that made it due; null when none waits.</param>
/// <param name="ChargesWithOwner">Charges of unknown outcome that a person has to settle: <c>billing operator resolve</c>. Counted up to <see cref="MostCounted"/>.</param>
/// <param name="MandatesWithOwner">Creates, changes and closes of unknown outcome that a person has to settle. Counted up to <see cref="MostCounted"/>.</param>
public sealed record Readiness(string Status, long DeadLetters, double? OldestWaitingSeconds, long ChargesWithOwner, long MandatesWithOwner)
{
    /// <summary>A count stops here: readiness is asked every few seconds, also on a very bad day.</summary>
    public const int MostCounted = 10_000;

    // Fresh messages fall due on the business clock ($1), those that come back on the database's: each is compared with its own, by its own index.
    private static readonly string Query =
        $"""
        select
            (select count(*) from (select from dead_letters limit {MostCounted}) counted),
            greatest(
                extract(epoch from $1 - least(
                    (select due_at from messages where lane = 'aggregate' and leased_until is null and available_at is null order by due_at limit 1),
                    (select due_at from messages where lane = 'network' and leased_until is null and available_at is null order by due_at limit 1))),
                extract(epoch from clock_timestamp() - least(
                    (select coalesce(leased_until, available_at) from messages
                     where lane = 'aggregate' and coalesce(leased_until, available_at) is not null order by coalesce(leased_until, available_at) limit 1),
                    (select coalesce(leased_until, available_at) from messages
                     where lane = 'network' and coalesce(leased_until, available_at) is not null order by coalesce(leased_until, available_at) limit 1))))::float8,
            (select count(*) from (select from payment_history where owner is not null limit {MostCounted}) counted),
            (select count(*) from (select from subscriptions where owner is not null limit {MostCounted}) counted)
        """;

    /// <exception cref="NpgsqlException">The database does not answer: not ready.</exception>
    public static async Task<Readiness> AskAsync(NpgsqlDataSource books, DateTimeOffset now, CancellationToken ct)
    {
        await using var command = books.CreateCommand(Query);
        command.Parameters.Add(new() { Value = now });
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);

        // What is due later, or leased to somebody, has a negative age: it does not wait.
        return new Readiness(
            "ready", row.GetInt64(0), !await row.IsDBNullAsync(1, ct) && row.GetDouble(1) is >= 0 and var age ? Math.Round(age, 1) : null, row.GetInt64(2), row.GetInt64(3));
    }
}
