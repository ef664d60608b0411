using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Billing.Bench.Harness;

namespace Billing.Bench.Gateway;

/// <summary>A server in a process of its own, and what it uses.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private const int MostKeptLines = 40;
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(10);

    private readonly Process process;
    private readonly ConcurrentQueue<string> lines = new();
    private int conflicts;

    private ServerProcess(Process process, int port)
    {
        (this.process, Port) = (process, port);
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.BeginOutputReadLine();

        // Where nothing is disposed: the bench is ended by a signal.
        AppDomain.CurrentDomain.ProcessExit += KillAtExit;
    }

    public int Port { get; }

    public HttpClient Http { get; }

    /// <summary>Log entries that name a conflict, deadlock, lock time-out or unique violation.</summary>
    /// <remarks>Counts lines: the server has to log as JSON, one entry a line.</remarks>
    public int Conflicts => Volatile.Read(ref conflicts);

    /// <summary>User and system time so far.</summary>
    public TimeSpan Cpu
    {
        get
        {
            process.Refresh();

            return process.TotalProcessorTime;
        }
    }

    /// <summary>The most memory that the process ever held.</summary>
    public double MaxRssMb =>
        ProcessMemory.MaxRssMb(process.Id) ?? throw new InvalidOperationException("The process has ended.");

    /// <param name="arguments">Of dotnet; the address to listen on is appended as --urls.</param>
    /// <param name="health">A path that answers 200 when the server is ready.</param>
    /// <param name="settings">Environment variables of the process.</param>
    /// <param name="at">The port; null: any that is free.</param>
    /// <exception cref="InvalidOperationException">It does not answer within a minute.</exception>
    public static async Task<ServerProcess> StartAsync(
        IEnumerable<string> arguments, string health, IReadOnlyDictionary<string, string>? settings = null,
        int? at = null)
    {
        var port = at ?? FreePort();
        var start = new ProcessStartInfo("dotnet", [.. arguments, "--urls", $"http://127.0.0.1:{port}"])
        {
            RedirectStandardOutput = true,
        };

        foreach (var (name, value) in settings ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var server = new ServerProcess(Process.Start(start)!, port);

        try
        {
            await server.UntilHealthyAsync(health);

            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= KillAtExit;
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

    /// <summary>The path of a program of this repository as the Release build leaves it.</summary>
    public static string Program(string name) =>
        Path.GetFullPath(
            Path.Combine(AppContext.BaseDirectory, $"../../../../../src/{name}/bin/Release/net10.0/{name}.dll"));

    private async Task UntilHealthyAsync(string health)
    {
        for (var watch = Stopwatch.StartNew(); ; await Task.Delay(PollEvery))
        {
            try
            {
                (await Http.GetAsync(health)).EnsureSuccessStatusCode();

                return;
            }
            catch (HttpRequestException error) when (process.HasExited || watch.Elapsed > StartsWithin)
            {
                var program = process.StartInfo.ArgumentList[0];
                throw new InvalidOperationException($"{program} does not answer: {string.Join('\n', lines)}", error);
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }
        }
    }

    private void KillAtExit(object? sender, EventArgs e) => process.Kill();

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        if (lines.Count < MostKeptLines)
        {
            lines.Enqueue(line);
        }

        if (Conflict().IsMatch(line))
        {
            Interlocked.Increment(ref conflicts);
        }
    }

    // SQLSTATE: unique violation, serialization failure, deadlock, lock not available.
    [GeneratedRegex("ConcurrencyException|ConcurrentUpdateException|UnexpectedMaxEventId|(23505|40001|40P01|55P03): ")]
    private static partial Regex Conflict();
}
