using Npgsql;

namespace Billing.EventStore;

/// <summary>All about a table that <c>create table … (like …)</c> leaves out or names anew, as PostgreSQL's catalogue prints it.</summary>
internal sealed class TableShape
{
    private readonly List<Part> parts;

    private TableShape(List<Part> parts) => this.parts = parts;

    /// <param name="table">Quoted, with its schema.</param>
    internal static async Task<TableShape> OfAsync(NpgsqlConnection connection, string table, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(Sql.ShapeOfTable, table);
        await using var rows = await batch.ExecuteReaderAsync(ct);
        var parts = new List<Part>();
        while (await rows.ReadAsync(ct))
        {
            parts.Add(new Part(rows.GetString(0), rows.GetString(1), rows.TextOrNull(2), rows.TextOrNull(3), rows.TextOrNull(4)));
        }

        return new TableShape(parts);
    }

    internal bool IsSame(TableShape other) => parts.SequenceEqual(other.parts);

    /// <summary>Fill factor, autovacuum, comment, owner and rights.</summary>
    internal IEnumerable<string> Settings(string table) => parts.Where(part => part.Kind == "setting").Select(part => Into(part.Definition!, Sql.Quote(table)));

    /// <summary>Under names of their own until the view's are free; each can be made beside the others.</summary>
    internal IEnumerable<string> Indexes(string table) =>
        Named(table).Select(one => $"create {one.Part.IndexKind} {one.Temporary} on {Sql.Quote(table)} {one.Part.Definition}");

    /// <summary>What rests on the indexes: constraints and comments.</summary>
    internal IEnumerable<string> OnIndexes(string table)
    {
        foreach (var (part, temporary) in Named(table))
        {
            if (part.Constraint is not null)
            {
                yield return $"alter table {Sql.Quote(table)} add constraint {temporary} {Into(part.Constraint, temporary)}";
            }

            if (part.Comment is not null)
            {
                yield return $"comment on index {temporary} is {part.Comment}";
            }
        }
    }

    /// <summary>The view's own names, once its old table is gone: the code tells conflicts by them.</summary>
    internal IEnumerable<string> Names(string table, string view)
    {
        foreach (var (part, temporary) in Named(table))
        {
            yield return $"alter index {temporary} rename to {Sql.Quote(part.Name)}";
        }

        yield return $"alter table {Sql.Quote(table)} rename to {Sql.Quote(view)}";
    }

    private IEnumerable<(Part Part, string Temporary)> Named(string table) =>
        parts.Where(part => part.IndexKind is not null).Select((part, i) => (part, Sql.Quote($"{table}_{i}")));

    private static string Into(string statement, string name) => statement.Replace("{0}", name, StringComparison.Ordinal);

    private sealed record Part(string Kind, string Name, string? Definition, string? Constraint, string? Comment)
    {
        public string? IndexKind => Kind is "index" or "unique index" ? Kind : null;
    }
}
