using Npgsql;

namespace Billing.Testing;

/// <summary>Statements about databases, on a connection that is closed afterwards.</summary>
internal static class ServerSql
{
    /// <summary>Each statement is a transaction of its own, as <c>create database</c> demands.</summary>
    public static async Task RunAsync(string server, params string[] statements)
    {
        var url = new NpgsqlConnectionStringBuilder(server) { Pooling = false, CommandTimeout = 120 };
        await using var connection = new NpgsqlConnection(url.ConnectionString);
        await connection.OpenAsync();

        foreach (var statement in statements)
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        }
    }
}
