using Npgsql;

namespace Billing.EventStore;

/// <summary>Replays streams into shadows of the views and compares rows both ways. The live tables are never written.</summary>
internal sealed class ViewCheck
{
    private readonly string schema;
    private readonly Dictionary<string, List<string>> primaryKeys;

    private ViewCheck(string schema, IReadOnlyList<View> views, Dictionary<string, List<string>> primaryKeys) =>
        (this.schema, Views, this.primaryKeys) = (schema, views, primaryKeys);

    internal IReadOnlyList<View> Views { get; }

    /// <exception cref="InvalidOperationException">A view has no primary key to compare its rows by.</exception>
    internal static async Task<ViewCheck> OfAsync(EventStore store, IReadOnlyList<View> views, CancellationToken ct)
    {
        var schema = Migrator.SchemaOf(store.DataSource);
        var primaryKeys = new Dictionary<string, List<string>>();
        foreach (var view in views)
        {
            primaryKeys.Add(view.Name, await PrimaryKeyAsync(store.DataSource, schema, view.Name, ct));
        }

        return new ViewCheck(schema, views, primaryKeys);
    }

    /// <summary>First in a transaction, before its snapshot is taken: a view that a rebuild swaps in later would look empty to an older snapshot.</summary>
    internal async Task HoldViewsAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        if (Views.Count > 0)
        {
            await using var batch = new NpgsqlBatch(connection);
            batch.Add(Sql.Hold(schema, Views.Select(view => view.Name)));
            await batch.ExecuteNonQueryAsync(ct);
        }
    }

    /// <param name="transaction">Repeatable read; the caller rolls it back.</param>
    /// <param name="range">The streams whose rows are compared.</param>
    /// <param name="replay">All streams of that range, folded.</param>
    /// <param name="ct">Cancels.</param>
    internal async Task<List<Difference>> CompareAsync(NpgsqlTransaction transaction, StreamSet range, ShadowReplay replay, CancellationToken ct)
    {
        var connection = transaction.Connection!;
        await ShadowAsync(connection, ct);
        var differences = await replay.WriteAsync(transaction, ct);

        // A stream that does not replay is one finding; what its views then lack is not another one.
        var broken = differences.Select(d => new StreamKey(d.Tenant, d.StreamId)).ToHashSet();
        foreach (var view in Views)
        {
            var found = await CompareAsync(connection, view, range, ct);
            differences.AddRange(found.Where(d => !broken.Contains(new StreamKey(d.Tenant, d.StreamId))));
        }

        return differences;
    }

    private async Task ShadowAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var view in Views)
        {
            batch.Add(Sql.Shadow(schema, view.Name));
        }

        if (Views.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(ct);
        }
    }

    private async Task<List<Difference>> CompareAsync(NpgsqlConnection connection, View view, StreamSet range, CancellationToken ct)
    {
        var differences = new List<Difference>();
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(Sql.Compare(range, schema, view.Name, view.StreamColumn, primaryKeys[view.Name]), range.Parameters);
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

    private static async Task<List<string>> PrimaryKeyAsync(NpgsqlDataSource source, string schema, string view, CancellationToken ct)
    {
        var columns = new List<string>();
        await using var batch = source.CreateBatch();
        batch.Add(Sql.PrimaryKey, $"{Sql.Quote(schema)}.{Sql.Quote(view)}");
        await using var rows = await batch.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            columns.Add(rows.GetString(0));
        }

        return columns.Count > 0 ? columns : throw new InvalidOperationException($"The view {view} has no primary key to compare its rows by.");
    }
}
