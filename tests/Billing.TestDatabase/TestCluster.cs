using System.Diagnostics;
using System.Net.Sockets;
using Npgsql;

namespace Billing.Testing;

/// <summary>A PostgreSQL server of one test, which the test may crash.</summary>
/// <remarks>
/// A throw-away cluster of the installed binaries. It is removed when it is disposed, or after this process has ended.
/// </remarks>
public sealed class TestCluster : IAsyncDisposable
{
    private readonly string _directory;
    private readonly NpgsqlConnectionStringBuilder _url;

    private TestCluster(string directory, string url) =>
        (_directory, _url) = (directory, new NpgsqlConnectionStringBuilder(url));

    internal string Url => _url.ConnectionString;

    /// <exception cref="InvalidOperationException">There is no PostgreSQL; the message says what to do.</exception>
    public static async Task<TestCluster> StartAsync()
    {
        var directory = $"test-postgres-{Guid.CreateVersion7():N}";

        return new TestCluster(directory, await StartAsync(directory));
    }

    /// <summary>From now on the server logs every statement with its parameters, also when it fails.</summary>
    public Task LogStatementsAsync() => ServerSql.RunAsync(
        Url,
        "alter system set log_statement = 'all'",
        "alter system set log_min_error_statement = 'error'",
        "alter system set log_parameter_max_length_on_error = -1",
        "alter system set log_error_verbosity = 'default'",
        "select pg_reload_conf()");

    /// <summary>The server's own log, from its beginning.</summary>
    public Task<string> LogAsync() =>
        ScalarAsync("select pg_read_file(current_setting('data_directory') || '/../log')");

    /// <summary>An immediate shutdown: the server ends without a checkpoint, as when it crashes.</summary>
    public async Task CrashAsync()
    {
        using var kill = Process.Start(
            "kill", ["-QUIT", await ScalarAsync("select split_part(pg_read_file('postmaster.pid'), chr(10), 1)")]);
        await kill.WaitForExitAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));

        while (await ListensAsync())
        {
            await Task.Delay(20, patience.Token);
        }
    }

    /// <summary>Returns when the server has recovered and answers again, at the same address.</summary>
    public async Task RestartAsync()
    {
        if (await StartAsync(_directory) is var url && url != Url)
        {
            throw new InvalidOperationException($"The server restarted at another address: {url}");
        }
    }

    public async ValueTask DisposeAsync() => await BillingScript.RunAsync("postgres", "stop", _directory);

    private static async Task<string> StartAsync(string directory)
    {
        var url = await BillingScript.RunAsync(
            "postgres", "start", directory, "--throwaway", "--for", $"{Environment.ProcessId}");

        return new NpgsqlConnectionStringBuilder(url).ConnectionString;
    }

    private async Task<string> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection($"{Url};Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);

        return (string)(await command.ExecuteScalarAsync())!;
    }

    private async Task<bool> ListensAsync()
    {
        using var client = new TcpClient();

        try
        {
            await client.ConnectAsync(_url.Host!, _url.Port);

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
