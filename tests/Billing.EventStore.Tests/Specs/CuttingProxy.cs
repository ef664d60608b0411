using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Billing.EventStore.Tests.Specs;

/// <summary>Stands between a client and PostgreSQL, and cuts each connection over its first commit: before it passes on, right after, or when the answer is there.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Random chance = new(20260131);
    private readonly (string Host, int Port) server;
    private readonly Task accepting;
    private int cuts;

    public CuttingProxy(string connectionString)
    {
        var there = new NpgsqlConnectionStringBuilder(connectionString);
        server = (there.Host!, there.Port);
        listener.Start();
        accepting = AcceptAsync();
        ConnectionString = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port, Pooling = false, SslMode = SslMode.Disable,
        }.ConnectionString;
    }

    /// <summary>Through this proxy, a connection for each session.</summary>
    public string ConnectionString { get; }

    public int Cuts => cuts;

    /// <summary>While false everything passes.</summary>
    public bool IsCutting { get; set; } = true;

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await accepting;
    }

    private async Task AcceptAsync()
    {
        var running = new List<Task>();
        try
        {
            while (true)
            {
                running.Add(RelayAsync(await listener.AcceptTcpClientAsync()));
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(running);
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using (client)
        using (var postgres = new TcpClient())
        {
            try
            {
                await postgres.ConnectAsync(server.Host, server.Port);
                var (up, down) = (client.GetStream(), postgres.GetStream());
                var answers = down.CopyToAsync(up);
                await AskAsync(up, down, answers);
            }
            catch (Exception cut) when (cut is IOException or SocketException or ObjectDisposedException)
            {
                // One side is gone; disposing ends the other.
            }
        }
    }

    private async Task AskAsync(NetworkStream up, NetworkStream down, Task answers)
    {
        var buffer = new byte[64 * 1024];
        for (int count; (count = await up.ReadAsync(buffer)) > 0;)
        {
            if (!IsCutting || !buffer.AsSpan(0, count).ContainsCommit())
            {
                await down.WriteAsync(buffer.AsMemory(0, count));
                continue;
            }

            Interlocked.Increment(ref cuts);
            int how;
            lock (chance)
            {
                how = chance.Next(3);
            }

            if (how > 0)
            {
                await down.WriteAsync(buffer.AsMemory(0, count));
                await Task.Delay(how == 1 ? 0 : 20);
            }

            return;
        }

        await answers;
    }
}

internal static class Messages
{
    /// <summary>The statement as it stands in a Parse message: with a zero after it.</summary>
    public static bool ContainsCommit(this Span<byte> bytes) => bytes.IndexOf("commit\0"u8) >= 0;
}
