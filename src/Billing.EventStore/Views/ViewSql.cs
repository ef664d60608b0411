namespace Billing.EventStore;

/// <summary>The statements of one view, made from its columns.</summary>
internal sealed class ViewSql<TRow>(string table, string streamColumn, IReadOnlyList<ViewColumn<TRow>> columns)
{
    private readonly string names = string.Join(", ", columns.Select(column => column.Name));

    /// <summary>One array per column. A row that belongs to another stream is left alone: a guard has refused such an append before.</summary>
    internal string Upsert { get; } =
        $"""
        insert into {table} ({string.Join(", ", columns.Select(column => column.Name))})
        select * from unnest({string.Join(", ", columns.Select((column, i) => $"${i + 1}::{column.Type}[]"))})
        on conflict ({string.Join(", ", columns.Where(column => column.IsKey).Select(column => column.Name))}) do update
        set {string.Join(", ", columns.Where(column => !column.IsKey).Select(column => $"{column.Name} = excluded.{column.Name}"))}
        where {table}.{streamColumn} = excluded.{streamColumn}
        """;

    internal string Copy(string into) => $"copy {into} ({names}) from stdin (format binary)";
}
