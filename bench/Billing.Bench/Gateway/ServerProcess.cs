using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Billing.Bench.Gateway;

/// <summary>A server in a process of its own, and what it cost.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process process;

    private ServerProcess(Process process, int port) => (this.process, Port, Http) = (process, port, new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") });

    public int Port { get; }

    public HttpClient Http { get; }

    /// <summary>User and system time so far.</summary>
    public TimeSpan Cpu
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>VmHWM of /proc/PID/status, proc(5).</summary>
    public double MaxRssMb => double.Parse(
        File.ReadLines($"/proc/{process.Id}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;

    /// <param name="arguments">Of dotnet; the address to listen on is put behind as --urls.</param>
    /// <param name="health">A path that answers 200 when it is ready.</param>
    /// <param name="settings">Environment of the process.</param>
    /// <param name="at">The port; null: any that is free.</param>
    public static async Task<ServerProcess> StartAsync(IEnumerable<string> arguments, string health, IReadOnlyDictionary<string, string>? settings = null, int? at = null)
    {
        var port = at ?? FreePort();
        var start = new ProcessStartInfo("dotnet", [.. arguments, "--urls", $"http://127.0.0.1:{port}"]) { RedirectStandardOutput = true };
        foreach (var (name, value) in settings ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var server = new ServerProcess(Process.Start(start)!, port);
        var said = new System.Collections.Concurrent.ConcurrentQueue<string>();
        server.process.OutputDataReceived += (_, line) =>
        {
            if (said.Count < 40 && line.Data is { } text)
            {
                said.Enqueue(text);
            }
        };
        server.process.BeginOutputReadLine();
        for (var until = Stopwatch.StartNew(); ;)
        {
            try
            {
                (await server.Http.GetAsync(health)).EnsureSuccessStatusCode();
                return server;
            }
            catch (HttpRequestException) when (until.Elapsed < TimeSpan.FromSeconds(60) && !server.process.HasExited)
            {
                await Task.Delay(50);
            }
            catch (HttpRequestException)
            {
                throw new InvalidOperationException($"{start.ArgumentList[0]} does not answer: {string.Join('\n', said)}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
