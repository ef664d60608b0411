using System.Text.Json.Serialization;
using Billing.Api.Hosting;
using Npgsql;

namespace Billing.Api.Operations.TransparencyLog;

/// <summary>The end of the transparency log, and how far it is behind the events.</summary>
/// <param name="Position">Of the last entry; 0 while there is none.</param>
/// <param name="LoggedAt">When the last entry was written, by the database's clock; null while there is none.</param>
/// <param name="LagSeconds">The age of the oldest event that has no entry yet; 0 when all have one.</param>
/// <param name="LateEntries">
/// Events that appeared after later ones had been logged, counted up to <see cref="Readiness.MostCounted"/>.
/// </param>
public sealed record LogStatus(long Position, DateTimeOffset? LoggedAt, double LagSeconds, long LateEntries)
{
    internal const string Lag = "Events wait to be logged. Check that a node runs with Jobs__Enabled, and that no "
        + "transaction has been open for long (stalledBy).";

    private const double LagAlarmSeconds = 5;

    /// <summary>True from a lag of 5 s on: until an event is logged, it is less protected.</summary>
    [JsonIgnore]
    public bool IsLagging => LagSeconds >= LagAlarmSeconds;

    /// <summary>A sentence for each alarm.</summary>
    public IReadOnlyList<string> Alarms => [.. Sentences()];

    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public static async Task<LogStatus> AskAsync(
        NpgsqlDataSource dataSource, Database database, CancellationToken ct)
    {
        var entries = $"{database.Schema}.{LogTables.Entries}";
        await using var command = dataSource.CreateCommand(
            $"""
            select
                coalesce((select max(position) from {entries}), 0),
                (select logged_at from {entries} order by position desc limit 1),
                coalesce((
                    select abs(extract(epoch from clock_timestamp() - timestamp))::float8
                    from {database.Schema}.mt_events
                    where seq_id > coalesce((select max(seq_id) from {entries}), 0) and type <> 'tombstone'
                    order by seq_id limit 1), 0),
                (select count(*) from (select from {entries} where late limit {Readiness.MostCounted}) counted)
            """);
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);

        return new(
            row.GetInt64(0), await row.IsDBNullAsync(1, ct) ? null : row.GetFieldValue<DateTimeOffset>(1),
            row.GetDouble(2), row.GetInt64(3));
    }

    [JsonIgnore]
    internal string Late => $"{LateEntries} events appeared after later ones had been logged: billing audit verify "
        + "names them. Find out who wrote them.";

    private IEnumerable<string> Sentences()
    {
        if (IsLagging)
        {
            yield return Lag;
        }

        if (LateEntries > 0)
        {
            yield return Late;
        }
    }
}
