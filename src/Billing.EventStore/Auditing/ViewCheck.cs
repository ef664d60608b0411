using Npgsql;

namespace Billing.EventStore;

/// <summary>Replays streams into shadows of the views and compares rows both ways. The live tables are never written.</summary>
internal sealed class ViewCheck(EventStore store)
{
    private const string BeforeReplay = "before_replay";

    private readonly List<IInlineProjection> views = [.. store.Options.Projections.Where(p => p.IsView)];
    private readonly Dictionary<string, List<string>> primaryKeys = [];

    /// <param name="transaction">Repeatable read; the caller rolls it back.</param>
    /// <param name="range">The streams whose rows are compared.</param>
    /// <param name="streams">All streams of that range.</param>
    /// <param name="ct">Cancels.</param>
    internal async Task<List<Difference>> OfAsync(NpgsqlTransaction transaction, StreamRange range, IReadOnlyList<StoredStream> streams, CancellationToken ct)
    {
        var connection = transaction.Connection!;
        var schema = Migrator.SchemaOf(store.DataSource);
        var differences = new List<Difference>();
        var replayed = Replayed(streams, differences);
        await ShadowAsync(connection, schema, ct);
        await ProjectAsync(transaction, replayed, differences, ct);

        // A stream that does not replay is one finding; what its views then lack is not another one.
        var broken = differences.Select(d => new StreamKey(d.Tenant, d.StreamId)).ToHashSet();
        foreach (var view in views)
        {
            var found = await CompareAsync(connection, schema, view, range, ct);
            differences.AddRange(found.Where(d => !broken.Contains(new StreamKey(d.Tenant, d.StreamId))));
        }

        return differences;
    }

    private List<(StreamKey Key, List<Recorded> Events)> Replayed(IReadOnlyList<StoredStream> streams, List<Difference> differences)
    {
        var replayed = new List<(StreamKey, List<Recorded>)>();
        foreach (var stream in streams)
        {
            try
            {
                replayed.Add((stream.Key, stream.Replay(store)));
            }
#pragma warning disable CA1031 // Whatever a tampered event makes the aggregate throw is a finding about this stream, and the audit goes on.
            catch (Exception error)
#pragma warning restore CA1031
            {
                differences.Add(new Difference(stream.Key.Tenant, stream.Key.Id, null, $"The stream does not replay: {error.Message}"));
            }
        }

        return replayed;
    }

    private async Task ShadowAsync(NpgsqlConnection connection, string schema, CancellationToken ct)
    {
        foreach (var view in views.Where(view => !primaryKeys.ContainsKey(view.Name)))
        {
            primaryKeys.Add(view.Name, await PrimaryKeyAsync(connection, schema, view.Name, ct));
        }

        await using var batch = new NpgsqlBatch(connection);
        foreach (var view in views)
        {
            batch.Add(Sql.Shadow(schema, view.Name));
        }

        await ExecuteAsync(batch, ct);
    }

    private async Task ProjectAsync(NpgsqlTransaction transaction, List<(StreamKey Key, List<Recorded> Events)> streams, List<Difference> differences, CancellationToken ct)
    {
        if (await TryProjectAsync(transaction, [.. streams.SelectMany(s => s.Events)], ct) is null)
        {
            return;
        }

        // One row was refused and took the others with it: once more, stream by stream, to name whose it is.
        foreach (var (key, events) in streams)
        {
            if (await TryProjectAsync(transaction, events, ct) is { } error)
            {
                differences.Add(new Difference(key.Tenant, key.Id, null, $"The stream does not replay: a view refuses it ({error.SqlState} {error.ConstraintName})."));
            }
        }
    }

    private async Task<PostgresException?> TryProjectAsync(NpgsqlTransaction transaction, List<Recorded> events, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(transaction.Connection);
        foreach (var recorded in events)
        {
            views.ForEach(view => view.Project(recorded, batch));
        }

        await transaction.SaveAsync(BeforeReplay, ct);
        try
        {
            await ExecuteAsync(batch, ct);
            return null;
        }
        catch (PostgresException error)
        {
            await transaction.RollbackAsync(BeforeReplay, ct);
            return error;
        }
    }

    private async Task<List<Difference>> CompareAsync(NpgsqlConnection connection, string schema, IInlineProjection view, StreamRange range, CancellationToken ct)
    {
        var differences = new List<Difference>();
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(Sql.Compare(schema, view.Name, view.StreamColumn, primaryKeys[view.Name]), range.Parameters);
        await using var rows = await batch.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            var key = rows.StreamKey();
            var what = (rows.GetBoolean(2), rows.GetBoolean(3)) switch
            {
                (true, true) => $"A row of {view.Name} differs from replay in {rows.TextOrNull(4)}.",
                (true, false) => $"A row of {view.Name} does not come from the events.",
                _ => $"A row of {view.Name} is missing.",
            };
            differences.Add(new Difference(key.Tenant, key.Id, null, what));
        }

        return differences;
    }

    private static async Task<List<string>> PrimaryKeyAsync(NpgsqlConnection connection, string schema, string view, CancellationToken ct)
    {
        var columns = new List<string>();
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(Sql.PrimaryKey, $"{Sql.Quote(schema)}.{Sql.Quote(view)}");
        await using var rows = await batch.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            columns.Add(rows.GetString(0));
        }

        return columns.Count > 0 ? columns : throw new InvalidOperationException($"The view {view} has no primary key to compare its rows by.");
    }

    private static async Task ExecuteAsync(NpgsqlBatch batch, CancellationToken ct)
    {
        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(ct);
        }
    }
}
