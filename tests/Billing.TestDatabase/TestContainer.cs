using System.Net.Sockets;
using System.Text;
using Testcontainers.PostgreSql;

namespace Billing.Testing;

/// <summary>PostgreSQL in a container of this process. Testcontainers removes it after the process has ended.</summary>
internal static class TestContainer
{
    private const string EngineSocket = "/var/run/docker.sock";

    // As in the private clusters of ./billing (deploy/cli/cluster.sh).
    private static readonly string[] Settings =
    [
        "-c", "shared_buffers=256MB", "-c", "max_connections=1000", "-c", "max_wal_size=2GB",
        "-c", "idle_in_transaction_session_timeout=60s", "-c", "timezone=UTC",
        // Testcontainers switches these off.
        "-c", "fsync=on", "-c", "full_page_writes=on", "-c", "synchronous_commit=on",
    ];

    /// <returns>The connection string; null where no Docker engine answers or the image cannot be had.</returns>
    public static async Task<string?> StartAsync()
    {
        if (!await EngineAnswersAsync())
        {
            return null;
        }

        try
        {
            var container = new PostgreSqlBuilder("postgres:15")
                .WithUsername("billing").WithDatabase("postgres").WithCommand(Settings).Build();
            await container.StartAsync();

            return container.GetConnectionString();
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"Docker answers, but PostgreSQL does not start in it: {e.Message}");

            return null;
        }
    }

    // Testcontainers itself looks for an engine for several seconds.
    private static async Task<bool> EngineAnswersAsync()
    {
        if (Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 })
        {
            return true;
        }

        if (!File.Exists(EngineSocket))
        {
            return false;
        }

        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(3));
            using var engine = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await engine.ConnectAsync(new UnixDomainSocketEndPoint(EngineSocket), patience.Token);
            await engine.SendAsync("GET /_ping HTTP/1.0\r\n\r\n"u8.ToArray(), patience.Token);
            var answer = new byte[64];
            var length = await engine.ReceiveAsync(answer, patience.Token);

            return Encoding.ASCII.GetString(answer, 0, length).Contains(" 200 ", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
