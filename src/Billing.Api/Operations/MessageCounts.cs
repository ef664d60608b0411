using Billing.Api.Hosting;
using Npgsql;

namespace Billing.Api.Operations;

/// <summary>What waits in Wolverine's tables. Counts stop at <see cref="Readiness.MostCounted"/>.</summary>
/// <param name="Waiting">Messages that could be handled now: stored, or scheduled for a time that has come.</param>
/// <param name="OldestSeconds">How long the oldest of them has been waiting; null when none waits.</param>
/// <param name="Late">Those that have been waiting for longer than the limit that was asked about.</param>
/// <param name="DeadLetters">Messages that failed for good and are not marked for replay.</param>
public sealed record MessageCounts(long Waiting, double? OldestSeconds, long Late, long DeadLetters)
{
    // Ids of envelopes begin with the time at which the message was made: ticks of .NET, or the milliseconds of a UUID
    // of version 7.
    private const string MadeAt =
        """
        case when id::text like '08%'
            then to_timestamp(('x' || left(replace(id::text, '-', ''), 16))::bit(64)::bigint / 1e7 - 62135596800)
            else to_timestamp(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint / 1e3) end
        """;

    /// <param name="limit">Real time that a message may wait before it is late.</param>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public static async Task<MessageCounts> AskAsync(
        NpgsqlDataSource dataSource, Database database, TimeSpan limit, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            with waiting as (
                (select {MadeAt} as since from {database.Schema}.wolverine_incoming_envelopes
                 where status = 'Incoming' limit {Readiness.MostCounted})
                union all
                (select execution_time from {database.Schema}.wolverine_incoming_envelopes
                 where status = 'Scheduled' and execution_time <= clock_timestamp() limit {Readiness.MostCounted})
                union all
                (select {MadeAt} from {database.Schema}.wolverine_outgoing_envelopes limit {Readiness.MostCounted}))
            select count(*), extract(epoch from clock_timestamp() - min(since))::float8,
                count(*) filter (where since <= clock_timestamp() - $1),
                (select count(*) from ({Operations.DeadLetters.Waiting(database.Schema)}) counted)
            from waiting
            """);
        command.With(limit);
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);

        return new(
            row.GetInt64(0), row.IsDBNull(1) ? null : Math.Max(0, row.GetDouble(1)), row.GetInt64(2), row.GetInt64(3));
    }
}
