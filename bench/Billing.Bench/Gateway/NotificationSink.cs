using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Billing.Bench.Gateway;

/// <summary>The merchant's side: answers every notification with 204 and counts them.</summary>
internal sealed class NotificationSink : IDisposable
{
    private static readonly byte[] NoContent = "HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray();
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private long taken;

    public NotificationSink()
    {
        listener.Start();
        _ = AcceptAsync();
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/v1/notifications");

    public long Taken => Interlocked.Read(ref taken);

    public void Dispose() => listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = TakeAsync(await listener.AcceptSocketAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The benchmark is over.
        }
    }

    // One request after the other on a connection, as HttpClient sends them.
    private async Task TakeAsync(Socket connection)
    {
        using var _ = connection;
        var buffer = new byte[16 * 1024];
        try
        {
            for (var have = 0; await connection.ReceiveAsync(buffer.AsMemory(have)) is > 0 and var read;)
            {
                have += read;
                if (IsWhole(buffer.AsSpan(0, have)))
                {
                    have = 0;
                    Interlocked.Increment(ref taken);
                    await connection.SendAsync(NoContent);
                }
            }
        }
        catch (SocketException)
        {
            // The sandbox was stopped.
        }
    }

    private static bool IsWhole(ReadOnlySpan<byte> request)
    {
        var head = request.IndexOf("\r\n\r\n"u8);
        var key = head < 0 ? -1 : request[..head].IndexOf("Content-Length: "u8);
        if (key < 0)
        {
            return false;
        }

        var digits = request[(key + "Content-Length: ".Length)..];
        var body = int.Parse(digits[..digits.IndexOf((byte)'\r')], CultureInfo.InvariantCulture);

        return request.Length >= head + 4 + body;
    }
}
