using Npgsql;

namespace Billing.Testing;

/// <summary>A database of its own on a real PostgreSQL. It is dropped when it is disposed.</summary>
/// <remarks>See <see cref="TestServer"/>. Without a server a test fails with the remedy; none is skipped.</remarks>
public sealed class TestDatabase : IAsyncDisposable
{
    /// <summary>The schema that <see cref="ConnectionString"/> names: the default of the service.</summary>
    public const string Schema = "billing";

    private readonly string _server;

    private TestDatabase(string server, string name, string? hint)
    {
        _server = server;
        Name = name;
        ConnectionString = ConnectionStringOf(server, name, hint is null ? name : $"{name} {hint}");
        DataSource = NpgsqlDataSource.Create(ConnectionString);
    }

    /// <summary>The name of the database: <c>test_</c> and 32 lower-case hexadecimal digits.</summary>
    public string Name { get; }

    /// <summary>Connects with <see cref="Schema"/> as the search path.</summary>
    public string ConnectionString { get; }

    /// <summary>A pool on <see cref="ConnectionString"/>; it is disposed with this database.</summary>
    public NpgsqlDataSource DataSource { get; }

    /// <summary>Creates an empty database.</summary>
    /// <param name="hint">Shown in <c>pg_stat_activity</c>; PostgreSQL keeps 25 characters of it.</param>
    /// <exception cref="InvalidOperationException">There is no PostgreSQL; the message says what to do.</exception>
    public static async Task<TestDatabase> CreateAsync(string? hint = null)
    {
        var server = await TestServer.UrlAsync();
        var name = NewName();
        await ServerSql.RunAsync(server, $"create database {name}");

        return new TestDatabase(server, name, hint);
    }

    /// <summary>Creates a database on a server of the test's own.</summary>
    /// <param name="prepare">Gets its connection string and closes every connection that it opens.</param>
    public static async Task<TestDatabase> CreateAsync(TestCluster cluster, Func<string, Task> prepare)
    {
        var name = NewName();
        await ServerSql.RunAsync(cluster.Url, $"create database {name}");
        var database = new TestDatabase(cluster.Url, name, null);
        await prepare(database.ConnectionString);

        return database;
    }

    /// <summary>Clones the database that <paramref name="prepareTemplate"/> makes once for each test process.</summary>
    /// <param name="prepareTemplate">
    /// Gets the connection string of an empty database and closes every connection that it opens. Pass the same static
    /// method each time.
    /// </param>
    /// <param name="hint">As in the other overload.</param>
    /// <exception cref="InvalidOperationException">There is no PostgreSQL; the message says what to do.</exception>
    public static async Task<TestDatabase> CreateAsync(Func<string, Task> prepareTemplate, string? hint = null)
    {
        var server = await TestServer.UrlAsync();
        var name = NewName();
        await TemplateDatabase.CloneAsync(server, prepareTemplate, name);

        return new TestDatabase(server, name, hint);
    }

    /// <summary>Copies the database as it is now. Connections to it are ended: no service may run on it.</summary>
    /// <returns>The name of the copy, for <see cref="RestoreAsync"/>.</returns>
    public async Task<string> BackUpAsync()
    {
        var copy = NewName();
        DataSource.Clear();
        await ServerSql.RunAsync(
            _server,
            $"select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{Name}'",
            $"create database {copy} template {Name}");

        return copy;
    }

    /// <summary>Replaces the database by a copy that <see cref="BackUpAsync"/> made; the copy is used up.</summary>
    public async Task RestoreAsync(string copy)
    {
        DataSource.Clear();
        await ServerSql.RunAsync(
            _server, $"drop database {Name} with (force)", $"alter database {copy} rename to {Name}");
    }

    /// <summary>Ends every connection, also those of processes that the test killed, and drops the database.</summary>
    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await ServerSql.RunAsync(_server, $"drop database if exists {Name} with (force)");
    }

    internal static string NewName() => $"test_{Guid.CreateVersion7():N}";

    internal static string ConnectionStringOf(string server, string database, string application) =>
        new NpgsqlConnectionStringBuilder(server)
        {
            Database = database, SearchPath = Schema, ApplicationName = application,
        }.ConnectionString;
}
