namespace Billing.EventStore;

/// <summary>The statements of one view, made from its columns.</summary>
internal sealed class ViewSql<TRow>(string table, string streamColumn, IReadOnlyList<ViewColumn<TRow>> columns)
{
    private readonly string names = string.Join(", ", columns.Select(column => column.Name));

    /// <summary>One array per column.</summary>
    internal string UpsertMany { get; } = Upsert(table, streamColumn, columns, $"select * from unnest({string.Join(", ", columns.Select((column, i) => $"${i + 1}::{column.Type}[]"))})");

    /// <summary>One value per column: for a few rows cheaper than unnesting as many arrays.</summary>
    internal string UpsertOne { get; } = Upsert(table, streamColumn, columns, $"values ({string.Join(", ", columns.Select((_, i) => $"${i + 1}"))})");

    internal string Copy(string into) => $"copy {into} ({names}) from stdin (format binary)";

    // A row that belongs to another stream is left alone: a guard has refused such an append before.
    private static string Upsert(string table, string streamColumn, IReadOnlyList<ViewColumn<TRow>> columns, string rows) =>
        $"""
        insert into {table} ({string.Join(", ", columns.Select(column => column.Name))})
        {rows}
        on conflict ({string.Join(", ", columns.Where(column => column.IsKey).Select(column => column.Name))}) do update
        set {string.Join(", ", columns.Where(column => !column.IsKey).Select(column => $"{column.Name} = excluded.{column.Name}"))}
        where {table}.{streamColumn} = excluded.{streamColumn}
        """;
}
