using Npgsql;

namespace Billing.EventStore.Tests.Specs;

/// <summary>What the tests of rebuilds do to the database beside them.</summary>
internal static class Rebuilds
{
    /// <summary>The tables that rebuilds have made and not swapped in.</summary>
    public static Task<List<string?>> BuildsAsync(this StoreFixture it) =>
        it.TextsAsync("select tablename::text from pg_tables where schemaname = current_schema and tablename like '%rebuild%'");

    /// <summary>Several statements without parameters.</summary>
    public static async Task RunAsync(this StoreFixture it, string sql)
    {
        await using var command = it.Database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A transaction that reads a table and does not end: no swap can pass it. Or one that holds more of it.</summary>
    public static async Task<Holder> HolderAsync(this StoreFixture it, string table, string mode = "access share")
    {
        var connection = await it.Database.DataSource.OpenConnectionAsync();
        var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand($"lock table {table} in {mode} mode", connection);
        await command.ExecuteNonQueryAsync();
        return new Holder(connection, transaction);
    }

    /// <summary>Waits until a query says true.</summary>
    public static async Task UntilAsync(this StoreFixture it, string sql)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await it.TextAsync(sql) != "True")
        {
            await Task.Delay(5, patience.Token);
        }
    }
}

internal sealed class Holder(NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
{
    public NpgsqlConnection Connection { get; } = connection;

    public async Task CommitAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, Connection);
        await command.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }
}
