using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Billing.Api.Tests.Specs;

/// <summary>Receives what is exported over OTLP, as protobuf: its names and texts can be read as they are.</summary>
public sealed class Collector : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly ConcurrentQueue<(string Path, string Body)> received = new();
    private readonly Task receiving;

    public Collector()
    {
        Address = $"http://127.0.0.1:{LocalMachine.FreePort()}/";
        listener.Prefixes.Add(Address);
        listener.Start();
        receiving = ReceiveAsync();
    }

    public string Address { get; }

    public string Traces => All("/v1/traces");

    public string Metrics => All("/v1/metrics");

    public void Dispose()
    {
        listener.Close();
        receiving.GetAwaiter().GetResult();
    }

    private string All(string path) =>
        string.Join('\n', received.Where(one => one.Path == path).Select(one => one.Body));

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                var call = await listener.GetContextAsync();
                using var body = new MemoryStream();
                await call.Request.InputStream.CopyToAsync(body);
                received.Enqueue((call.Request.Url!.AbsolutePath, Encoding.Latin1.GetString(body.ToArray())));
                call.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // Closed.
        }
    }
}
