using Npgsql;

namespace Billing.EventStore;

/// <summary>An inline projection: a table whose rows are folded from the events of one stream each and written in the transaction that appends them.</summary>
/// <remarks>
/// One fold serves the append, the rebuild and the audit. It is pure: every value comes from the event or the state after it, never from a clock,
/// a table or the network. Personal data never arrives here (sealed properties are null).
/// </remarks>
public abstract class View
{
    private protected View()
    {
    }

    /// <summary>The table it writes, and the only one.</summary>
    public abstract string Name { get; }

    /// <summary>The not-null column that holds the stream's id, beside tenant_id.</summary>
    public abstract string StreamColumn { get; }

    /// <summary>Begins the fold of one stream.</summary>
    internal abstract ViewFold Begin();

    /// <summary>Adds the statement that writes the rows which changed since they were last written, of streams in key order; none when none did.</summary>
    internal abstract void AddWrite(NpgsqlBatch batch, IEnumerable<ViewFold> folds);

    /// <summary>Copies all rows of these folds into a table of the view's shape.</summary>
    /// <returns>How many rows.</returns>
    internal abstract Task<long> CopyAsync(NpgsqlConnection connection, string table, IEnumerable<ViewFold> folds, CancellationToken ct);
}

/// <inheritdoc/>
/// <typeparam name="TRow">An immutable row, or what its columns are read from when it is written.</typeparam>
public abstract class View<TRow> : View
    where TRow : class
{
    private const int Few = 3;

    private ViewSql<TRow>? sql;

    /// <summary>All columns of the table, those of its primary key marked.</summary>
    protected abstract IReadOnlyList<ViewColumn<TRow>> Columns { get; }

    /// <summary>Folds one event.</summary>
    protected abstract void Apply(ViewRows<TRow> rows, Recorded recorded);

    protected static ViewColumn<TRow> Key<T>(string name, Func<TRow, T> value) => new ViewColumn<TRow, T>(name, value, isKey: true);

    protected static ViewColumn<TRow> Column<T>(string name, Func<TRow, T> value) => new ViewColumn<TRow, T>(name, value, isKey: false);

    internal sealed override ViewFold Begin() => new Fold(this);

    internal sealed override void AddWrite(NpgsqlBatch batch, IEnumerable<ViewFold> folds)
    {
        var changed = folds.Cast<Fold>().SelectMany(fold => fold.Rows.Changed.Select(name => fold.Rows[name]!)).ToList();
        if (changed.Count > Few)
        {
            batch.Add(Sql.UpsertMany, [.. Columns.Select(column => column.ArrayOf(changed))]);
            return;
        }

        foreach (var row in changed)
        {
            batch.Add(Sql.UpsertOne, [.. Columns.Select(column => column.Of(row))]);
        }
    }

    internal sealed override async Task<long> CopyAsync(NpgsqlConnection connection, string table, IEnumerable<ViewFold> folds, CancellationToken ct)
    {
        await using var copy = await connection.BeginBinaryImportAsync(Sql.Copy(table), ct);
        foreach (var row in folds.Cast<Fold>().SelectMany(fold => fold.Rows.All.Values))
        {
            await copy.StartRowAsync(ct);
            foreach (var column in Columns)
            {
                await column.CopyAsync(copy, row, ct);
            }
        }

        return (long)await copy.CompleteAsync(ct);
    }

    private ViewSql<TRow> Sql => sql ??= new ViewSql<TRow>(Name, StreamColumn, Columns);

    private sealed class Fold(View<TRow> view) : ViewFold
    {
        public ViewRows<TRow> Rows { get; } = new();

        internal override void Apply(Recorded recorded) => view.Apply(Rows, recorded);

        internal override void IsWritten() => Rows.AreWritten();
    }
}

/// <summary>The rows of one stream in one view, so far.</summary>
internal abstract class ViewFold
{
    internal abstract void Apply(Recorded recorded);

    /// <summary>What was folded so far stands in the table already.</summary>
    internal abstract void IsWritten();
}
