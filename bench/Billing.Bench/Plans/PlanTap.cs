using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Billing.Api;
using Npgsql;

namespace Billing.Bench.Plans;

/// <summary>Stands between a service and PostgreSQL and keeps the plan of every statement that is run, as auto_explain tells it in a notice.</summary>
/// <remarks>So that the statements need no list: whatever the service runs is seen, with its real parameters and as it was planned on that connection.</remarks>
internal sealed class PlanTap : IDisposable
{
    // What the service sets for itself when nobody else does, and nothing more that a plan depends on.
    private const string Explained =
        $"{BillingServices.SessionSettings} -c session_preload_libraries=auto_explain -c auto_explain.log_min_duration=0"
        + " -c auto_explain.log_format=json -c auto_explain.log_level=notice -c auto_explain.log_analyze=on -c auto_explain.log_timing=off -c client_min_messages=notice";

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly string host;
    private readonly int port;

    public PlanTap(string books)
    {
        var real = new NpgsqlConnectionStringBuilder(books);
        (host, port) = (real.Host!, real.Port);
        listener.Start();
        ConnectionString = new NpgsqlConnectionStringBuilder(books)
        {
            Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port, SslMode = SslMode.Disable, GssEncryptionMode = GssEncryptionMode.Disable, Options = Explained, MaxAutoPrepare = 200, ApplicationName = null,
        }.ConnectionString;
        _ = Task.Run(AcceptAsync);
    }

    public string ConnectionString { get; }

    /// <summary>The notices of auto_explain so far.</summary>
    public ConcurrentQueue<string> Plans { get; } = new();

    public void Dispose()
    {
        stop.Cancel();
        listener.Dispose();
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(stop.Token);
            _ = Task.Run(() => PassAsync(client));
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient { NoDelay = true })
        {
            client.NoDelay = true;
            await server.ConnectAsync(host, port, stop.Token);
            var (ours, theirs) = (client.GetStream(), server.GetStream());
            await Task.WhenAny(ours.CopyToAsync(theirs, stop.Token), AnswersAsync(theirs, ours));
        }
    }

    // Each message of the server: one letter, four bytes of length that count themselves.
    private async Task AnswersAsync(NetworkStream server, NetworkStream client)
    {
        var buffer = new byte[1 << 16];
        while (true)
        {
            await server.ReadExactlyAsync(buffer.AsMemory(0, 5), stop.Token);
            var length = 1 + BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(1));
            if (length > buffer.Length)
            {
                Array.Resize(ref buffer, length);
            }

            await server.ReadExactlyAsync(buffer.AsMemory(5, length - 5), stop.Token);
            if (buffer[0] == 'N' && Message(buffer.AsSpan(5, length - 5)) is { } message && message.Contains("plan:", StringComparison.Ordinal))
            {
                Plans.Enqueue(message);
            }

            await client.WriteAsync(buffer.AsMemory(0, length), stop.Token);
        }
    }

    private static string? Message(ReadOnlySpan<byte> fields) => Encoding.UTF8.GetString(fields).Split('\0').FirstOrDefault(field => field.StartsWith('M'))?[1..];
}
