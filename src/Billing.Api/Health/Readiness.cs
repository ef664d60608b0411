using Billing.EventStore;
using Billing.Gateway.Breaking;
using Billing.Messaging;
using Npgsql;

namespace Billing.Api.Health;

/// <summary>GET /health/ready: what an on-call engineer asks first. None of it makes the service less ready.</summary>
/// <param name="DeadLetters">Messages that could not be done: <c>billing dead-letters list</c>. Counted up to <see cref="MostCounted"/>.</param>
/// <param name="OldestWaitingSeconds">How long the oldest message that could be worked on has been waiting, by the clock that made it due; null when none waits.</param>
/// <param name="ChargesWithOwner">Charges of unknown outcome that a person has to settle: <c>billing operator resolve</c>. Counted up to <see cref="MostCounted"/>.</param>
/// <param name="RefundsWithOwner">Refunds that a person has to settle: <c>billing operator resolve-refund</c>. Counted up to <see cref="MostCounted"/>.</param>
/// <param name="MandatesWithOwner">Creates, changes and closes of unknown outcome that a person has to settle: <c>billing operator recover</c>. Counted up to <see cref="MostCounted"/>.</param>
/// <param name="ParkedMismatches">Notifications that name what is ours and say something else than was asked for: they moved nothing, and a person has to look. Counted up to <see cref="MostCounted"/>.</param>
/// <param name="ParkedAnswers">Answers of the gateway that did not fit what was asked and that nobody has looked at: <c>billing answers list</c>. Counted up to <see cref="MostCounted"/>.</param>
/// <param name="Breakers">The sites that this node has called, and whether the gateway serves them: while a breaker is open, nothing of that site is sent.</param>
/// <param name="Projections">The async projections: how far behind, held by whom, stopped why. <c>billing projections resume</c> tries a stopped one again.</param>
/// <param name="StalledBy">The transaction that keeps all of them from reading on, once events have waited for it for <see cref="StalledAfterSeconds"/>; null otherwise.</param>
public sealed record Readiness(
    string Status, long DeadLetters, double? OldestWaitingSeconds, long ChargesWithOwner, long RefundsWithOwner, long MandatesWithOwner, long ParkedMismatches, long ParkedAnswers,
    IReadOnlyList<BreakerState> Breakers, IReadOnlyList<ProjectionLag> Projections, Stall? StalledBy)
{
    /// <summary>What should have happened by now and has not, with a sentence on what to do; null when there is nothing of it.</summary>
    public Overdue? Overdue { get; init; }

    /// <summary>Under load some transaction is always open; only one that stays is worth a word.</summary>
    public const double StalledAfterSeconds = 5;

    /// <summary>A count stops here: readiness is asked every few seconds, also on a very bad day.</summary>
    public const int MostCounted = 10_000;

    private static readonly string Owned =
        $"""
        select
            (select count(*) from (select from payment_history where owner is not null limit {MostCounted}) counted),
            (select count(*) from (select from subscriptions where owner is not null limit {MostCounted}) counted),
            (select count(*) from (select from notifications where status = 'parked' and reason like 'mismatch%' limit {MostCounted}) counted),
            (select count(*) from (select from gateway_answers where status = 'open' limit {MostCounted}) counted),
            (select count(*) from (select from refunds where owner is not null limit {MostCounted}) counted)
        """;

    /// <exception cref="NpgsqlException">The database does not answer: not ready.</exception>
    public static async Task<Readiness> AskAsync(NpgsqlDataSource books, MessageBus bus, Breakers? breakers, DateTimeOffset now, CancellationToken ct)
    {
        var pressure = await bus.PressureAsync(now, MostCounted, ct);
        var owned = await OwnedAsync(books, ct);
        var lag = await LogLag.AskAsync(books, ct);

        return new Readiness(
            "ready", pressure.DeadLetters, pressure.OldestWaitingSeconds, owned[0], owned[4], owned[1], owned[2], owned[3],
            breakers?.Shown() ?? [], lag.Projections, lag.StalledBy is { HeldBackSeconds: >= StalledAfterSeconds } stall ? stall : null);
    }

    // As with what is overdue: nothing is looked for that an index does not hold, whatever a planner thinks of a table without statistics.
    private static async Task<long[]> OwnedAsync(NpgsqlDataSource books, CancellationToken ct)
    {
        await using var connection = await books.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new("set local enable_seqscan = off"), new(Owned) } };
        await using var row = await batch.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);

        return [.. Enumerable.Range(0, row.FieldCount).Select(row.GetInt64)];
    }
}
