using Billing.Api.Hosting;
using Npgsql;

namespace Billing.Api.Operations;

/// <summary>How far one asynchronous projection or subscription is behind the events.</summary>
/// <param name="EventsBehind">Sequence numbers after its progress, up to <see cref="Readiness.MostCounted"/>.</param>
/// <param name="SecondsBehind">The age of the oldest event that it has not processed; 0 when there is none.</param>
/// <param name="Reason">Why the daemon paused it; null while it runs.</param>
public sealed record ProjectionLag(string Name, long EventsBehind, double SecondsBehind, string? Reason)
{
    public static async Task<IReadOnlyList<ProjectionLag>> AskAsync(
        NpgsqlDataSource dataSource, Database database, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select p.name,
                (select count(*) from (select from {database.Schema}.mt_events
                    where seq_id > p.last_seq_id limit {Readiness.MostCounted}) behind),
                (select greatest(0, extract(epoch from clock_timestamp() - e.timestamp))::float8
                 from {database.Schema}.mt_events e where e.seq_id > p.last_seq_id order by e.seq_id limit 1),
                p.pause_reason
            from {database.Schema}.mt_event_progression p where p.name like '%:%' order by p.name
            """);
        var found = new List<ProjectionLag>();
        await using var row = await command.ExecuteReaderAsync(ct);

        while (await row.ReadAsync(ct))
        {
            var seconds = row.IsDBNull(2) ? 0 : row.GetDouble(2);
            found.Add(new(row.GetString(0), row.GetInt64(1), seconds, row.IsDBNull(3) ? null : row.GetString(3)));
        }

        return found;
    }
}

/// <summary>The oldest open transaction that has written: no reader of the log can pass it.</summary>
/// <param name="Pid">For pg_terminate_backend.</param>
/// <param name="State">As in pg_stat_activity.</param>
public sealed record Stall(int Pid, string? ApplicationName, string? State, double OpenSeconds)
{
    /// <returns>Null while there is none that has been open for so long.</returns>
    public static async Task<Stall?> AskAsync(NpgsqlDataSource dataSource, double seconds, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            """
            select pid, application_name, state, extract(epoch from clock_timestamp() - xact_start)::float8
            from pg_stat_activity
            where datname = current_database() and backend_xid is not null and pid <> pg_backend_pid()
                and xact_start <= clock_timestamp() - make_interval(secs => $1)
            order by xact_start limit 1
            """);
        command.With(seconds);
        await using var row = await command.ExecuteReaderAsync(ct);

        return await row.ReadAsync(ct) ? new(row.GetInt32(0), Text(row, 1), Text(row, 2), row.GetDouble(3)) : null;
    }

    private static string? Text(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetString(column);
}
