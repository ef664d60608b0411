using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Billing.Bench.Intake;

/// <summary>One connection of the gateway: posts, waits for the answer, posts again.</summary>
/// <remarks>It does as little work as HTTP/1.1 allows: the processors are for the service.</remarks>
internal sealed class NotifyingClient : IDisposable
{
    private static readonly byte[] Number = Encoding.ASCII.GetBytes(KnownNotifications.Number);
    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] sending = new byte[16 * 1024];
    private readonly byte[] received = new byte[4 * 1024];

    /// <summary>Milliseconds of each answer.</summary>
    public List<double> Took { get; } = [];

    public static async Task<NotifyingClient> ConnectAsync(int port)
    {
        var client = new NotifyingClient();
        await client.socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));

        return client;
    }

    /// <returns>Whether the answer was 204.</returns>
    public async Task<bool> PostAsync(byte[] request, long number)
    {
        request.CopyTo(sending, 0);
        var at = sending.AsSpan().IndexOf(Number);

        for (var i = at + Number.Length - 1; i >= at; i--, number /= 10)
        {
            sending[i] = (byte)('0' + (number % 10));
        }

        var sent = Stopwatch.GetTimestamp();

        for (var rest = sending.AsMemory(0, request.Length); rest.Length > 0;)
        {
            rest = rest[await socket.SendAsync(rest)..];
        }

        // No body follows a 204; an answer that has one ends the measurement anyway.
        for (var have = 0; !received.AsSpan(0, have).EndsWith("\r\n\r\n"u8) && have < received.Length;)
        {
            var read = await socket.ReceiveAsync(received.AsMemory(have));
            have += read > 0 ? read : throw new IOException("The server closed the connection.");

            if (!received.AsSpan(0, have).StartsWith("HTTP/1.1 204"u8) && have > 12)
            {
                return false;
            }
        }

        Took.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);

        return true;
    }

    public void Dispose() => socket.Dispose();
}
