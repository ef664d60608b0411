using Npgsql;

namespace Billing.EventStore;

/// <summary>Replays streams into shadows of the views and compares rows both ways. The live tables are never written.</summary>
internal sealed class ViewCheck(EventStore store)
{
    private readonly List<View> views = [.. store.Options.Views];
    private readonly Dictionary<string, List<string>> primaryKeys = [];

    /// <param name="transaction">Repeatable read; the caller rolls it back.</param>
    /// <param name="range">The streams whose rows are compared.</param>
    /// <param name="streams">All streams of that range.</param>
    /// <param name="ct">Cancels.</param>
    internal async Task<List<Difference>> OfAsync(NpgsqlTransaction transaction, StreamRange range, IReadOnlyList<StoredStream> streams, CancellationToken ct)
    {
        var connection = transaction.Connection!;
        var schema = Migrator.SchemaOf(store.DataSource);
        await ShadowAsync(connection, schema, ct);
        var differences = await new ShadowReplay(store, views).OfAsync(transaction, streams, ct);

        // A stream that does not replay is one finding; what its views then lack is not another one.
        var broken = differences.Select(d => new StreamKey(d.Tenant, d.StreamId)).ToHashSet();
        foreach (var view in views)
        {
            var found = await CompareAsync(connection, schema, view, range, ct);
            differences.AddRange(found.Where(d => !broken.Contains(new StreamKey(d.Tenant, d.StreamId))));
        }

        return differences;
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

        if (views.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(ct);
        }
    }

    private async Task<List<Difference>> CompareAsync(NpgsqlConnection connection, string schema, View view, StreamRange range, CancellationToken ct)
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
}
