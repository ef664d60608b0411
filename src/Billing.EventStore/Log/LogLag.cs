using Npgsql;

namespace Billing.EventStore;

/// <summary>How far the async projections are behind, and why.</summary>
/// <param name="Projections">By name; each that ever ran.</param>
/// <param name="StalledBy">Who holds all readers back; null while nothing that is committed waits for a transaction to end.</param>
public sealed record LogLag(IReadOnlyList<ProjectionLag> Projections, Stall? StalledBy)
{
    /// <summary>A count of events stops here: the question must stay cheap when the answer is bad.</summary>
    public const long MostCounted = 10_000;

    public static async Task<LogLag> AskAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var batch = database.CreateBatch();
        batch.Add(Sql.Lags, MostCounted);
        batch.Add(Sql.Stall);
        await using var rows = await batch.ExecuteReaderAsync(ct);
        var projections = new List<ProjectionLag>();
        while (await rows.ReadAsync(ct))
        {
            projections.Add(ProjectionLag.Read(rows));
        }

        await rows.NextResultAsync(ct);
        return new LogLag(projections, await rows.ReadAsync(ct) ? Stall.Read(rows) : null);
    }
}

/// <summary>One async projection, as it stands now.</summary>
/// <param name="Holder">The node that reads for it; null when none does.</param>
/// <param name="EventsBehind">Committed and not projected, up to <see cref="LogLag.MostCounted"/>.</param>
/// <param name="SecondsBehind">The age of the oldest of them; 0 when there is none.</param>
/// <param name="Failures">In a row.</param>
/// <param name="StoppedAt">Since when it is given up on; null while it runs or is still being retried.</param>
/// <param name="RetryAt">When it is tried again by itself.</param>
/// <param name="Reason">Why it failed last; null when it did not.</param>
/// <param name="FailedAtEvent">Stream and version of the event that it cannot get past.</param>
public sealed record ProjectionLag(
    string Name, string? Holder, long EventsBehind, double SecondsBehind, int Failures, DateTimeOffset? StoppedAt, DateTimeOffset? RetryAt, string? Reason, string? FailedAtEvent)
{
    internal static ProjectionLag Read(NpgsqlDataReader row) => new(
        row.GetString(0), row.TextOrNull(1), row.GetInt64(2), row.GetDouble(3), row.GetInt32(4), InstantOrNull(row, 5), InstantOrNull(row, 6), row.TextOrNull(7), row.TextOrNull(8));

    private static DateTimeOffset? InstantOrNull(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.Instant(column);
}

/// <summary>The oldest open transaction that has written anywhere in the cluster: no reader gets past it.</summary>
/// <param name="Pid">For pg_terminate_backend; null for a prepared transaction.</param>
/// <param name="PreparedId">For commit prepared or rollback prepared; null for a session.</param>
/// <param name="Database">Any of the cluster's.</param>
/// <param name="State">As in pg_stat_activity, or prepared; null where PostgreSQL does not show it to us.</param>
/// <param name="OpenSeconds">How long it has been open; null where PostgreSQL does not show it to us.</param>
/// <param name="HeldBackSeconds">The age of the first committed event that waits for it.</param>
public sealed record Stall(int? Pid, string? PreparedId, string? ApplicationName, string? Database, string? State, double? OpenSeconds, double HeldBackSeconds)
{
    internal static Stall Read(NpgsqlDataReader row) => new(
        row.IsDBNull(0) ? null : row.GetInt32(0), row.TextOrNull(1), row.TextOrNull(2), row.TextOrNull(3), row.TextOrNull(4),
        row.IsDBNull(5) ? null : row.GetDouble(5), row.GetDouble(6));
}
