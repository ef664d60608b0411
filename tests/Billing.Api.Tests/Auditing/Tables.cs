using Npgsql;

namespace Billing.Api.Tests.Auditing;

/// <summary>The tables, as a person with the database password sees them.</summary>
internal static class Tables
{
    /// <summary>Every row of a table as text, in an order of its own.</summary>
    public static async Task<string> RowsAsync(this NpgsqlDataSource dataSource, string table) =>
        (string)(await dataSource.ScalarAsync(
            $"select coalesce(string_agg(v::text, E'\n' order by v::text), '') from {table} v"))!;

    /// <summary>Every document of a table as text, with all columns but the time of the last write.</summary>
    public static async Task<string> DocumentsAsync(this NpgsqlDataSource dataSource, string table) =>
        (string)(await dataSource.ScalarAsync(
            "select coalesce(string_agg(d::text, E'\\n' order by d ->> 'id'), '') from (select to_jsonb(v) - "
            + $"'{{mt_last_modified{(table == "mt_doc_payment" ? ",mt_version" : "")}}}'::text[] as d from {table} v) "
            + "rows"))!;

    public static async Task<object?> ScalarAsync(
        this NpgsqlDataSource dataSource, string sql, params object[] parameters)
    {
        await using var command = dataSource.CreateCommand(sql);

        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new() { Value = parameter });
        }

        return await command.ExecuteScalarAsync();
    }

    /// <returns>How many rows it concerned.</returns>
    public static async Task<int> DoAsync(this NpgsqlDataSource dataSource, string sql, params object[] parameters)
    {
        await using var command = dataSource.CreateCommand(sql);

        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new() { Value = parameter });
        }

        return await command.ExecuteNonQueryAsync();
    }
}
