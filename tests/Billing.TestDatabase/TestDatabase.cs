using Npgsql;

namespace Billing.Testing;

/// <summary>A fresh, empty schema of a real PostgreSQL, gone again when it is disposed.</summary>
/// <remarks>
/// The server is the one that the environment variable <c>BILLING_TEST_DATABASE</c> names, else a throw-away cluster that is started with the
/// first schema and ends with the test process. Without either a test fails with the remedy; none is ever skipped.
/// </remarks>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly string _server;

    private TestDatabase(string server, string schema, string? hint)
    {
        _server = server;
        Schema = schema;
        ConnectionString = new NpgsqlConnectionStringBuilder(server)
        {
            SearchPath = schema,
            ApplicationName = hint is null ? schema : $"{schema} {hint}",
        }.ConnectionString;
        DataSource = NpgsqlDataSource.Create(ConnectionString);
    }

    /// <summary>The schema's name, <c>test_</c> and 32 lower-case hexadecimal digits.</summary>
    public string Schema { get; }

    /// <summary>Connects with the schema as its search path, so that unqualified names are this test's own.</summary>
    public string ConnectionString { get; }

    /// <summary>A pool on <see cref="ConnectionString"/>, disposed with this database.</summary>
    public NpgsqlDataSource DataSource { get; }

    /// <summary>Makes a schema that nobody else uses.</summary>
    /// <param name="hint">Shown beside the schema in <c>pg_stat_activity</c>, to tell whose connection hangs; PostgreSQL keeps 25 characters of it.</param>
    /// <exception cref="InvalidOperationException">There is no PostgreSQL; the message says what to do.</exception>
    public static async Task<TestDatabase> CreateAsync(string? hint = null)
    {
        var server = await TestServer.UrlAsync();
        var schema = $"test_{Guid.CreateVersion7():N}";
        await ExecuteAsync(server, $"create schema {schema}");
        return new TestDatabase(server, schema, hint);
    }

    /// <summary>Ends every connection of the test, also those of processes that it killed, and drops the schema with all that is in it.</summary>
    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await using (var pooled = new NpgsqlConnection(ConnectionString))
        {
            NpgsqlConnection.ClearPool(pooled);
        }

        await ExecuteAsync(
            _server,
            $"""
             select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name like '{Schema}%';
             drop schema if exists {Schema} cascade
             """);
    }

    // Unpooled: one idle connection per test project is already too many when a hundred schemas come and go.
    private static async Task ExecuteAsync(string server, string sql)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(server) { Pooling = false });
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
