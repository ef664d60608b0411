using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Billing.Bench.Gateway;

/// <summary>One connection that does as little work as HTTP/1.1 allows: the processors are for the server.</summary>
internal sealed class LeanClient : IDisposable
{
    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] received = new byte[64 * 1024];
    private int have;

    public static async Task<LeanClient> ConnectAsync(int port)
    {
        var client = new LeanClient();
        await client.socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        return client;
    }

    /// <summary>Sends pipelined requests and waits for as many answers.</summary>
    /// <param name="requests">Whole requests, one after the other.</param>
    /// <param name="answers">How many.</param>
    /// <param name="took">Called with the milliseconds of each answer since the sending.</param>
    /// <returns>How many were not 201.</returns>
    public async Task<int> AskAsync(ReadOnlyMemory<byte> requests, int answers, Action<double> took)
    {
        var sent = Stopwatch.GetTimestamp();
        for (var rest = requests; rest.Length > 0;)
        {
            rest = rest[await socket.SendAsync(rest)..];
        }

        var wrong = 0;
        for (var at = 0; answers > 0;)
        {
            var length = AnswerLength(received.AsSpan(at, have - at));
            if (length == 0)
            {
                received.AsSpan(at, have - at).CopyTo(received);
                have -= at;
                at = 0;
                var read = await socket.ReceiveAsync(received.AsMemory(have));
                have += read == 0 ? throw new IOException("The server closed the connection.") : read;
                continue;
            }

            wrong += received.AsSpan(at + "HTTP/1.1 ".Length, 3).SequenceEqual("201"u8) ? 0 : 1;
            took(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            at += length;
            answers--;
            if (answers == 0)
            {
                have -= at;
            }
        }

        return wrong;
    }

    public void Dispose() => socket.Dispose();

    // 0: not all of it is here yet.
    private static int AnswerLength(ReadOnlySpan<byte> text)
    {
        var head = text.IndexOf("\r\n\r\n"u8);
        var key = head < 0 ? -1 : text[..head].IndexOf("Content-Length: "u8);
        if (key < 0)
        {
            return head < 0 ? 0 : throw new InvalidDataException("An answer without Content-Length.");
        }

        var body = 0;
        foreach (var digit in text[(key + "Content-Length: ".Length)..])
        {
            if (digit == '\r')
            {
                break;
            }

            body = (body * 10) + (digit - '0');
        }

        return text.Length >= head + 4 + body ? head + 4 + body : 0;
    }
}
