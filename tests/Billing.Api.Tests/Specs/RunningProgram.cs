using System.Diagnostics;
using System.Text;

namespace Billing.Api.Tests.Specs;

/// <summary>One of our programs as a process of its own, killed without mercy where a test asks for it.</summary>
public sealed class RunningProgram : IAsyncDisposable
{
    private readonly Process process;
    private readonly StringBuilder output = new();

    private RunningProgram(Process process) => this.process = process;

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    public int ExitCode => process.ExitCode;

    public string Output
    {
        get
        {
            lock (output)
            {
                return output.ToString();
            }
        }
    }

    public static RunningProgram Start(
        string project, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> environment) =>
        StartAssembly(LocalMachine.Program(project), arguments, environment);

    /// <param name="assembly">The path of any built programme.</param>
    public static RunningProgram StartAssembly(
        string assembly, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> environment) =>
        StartCommand("dotnet", [assembly, .. arguments], environment);

    /// <param name="command">Found in PATH, like <c>bash</c>.</param>
    public static RunningProgram StartCommand(
        string command, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> environment)
    {
        var start = new ProcessStartInfo(command, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Path.GetTempPath(),

            // Short-lived processes: tiered recompilation costs more than it saves. Waiting threads shall leave the
            // core to others.
            Environment = { ["DOTNET_TieredPGO"] = "0", ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0" },
        };

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var running = new RunningProgram(new Process { StartInfo = start });
        running.process.OutputDataReceived += (_, line) => running.Keep(line.Data);
        running.process.ErrorDataReceived += (_, line) => running.Keep(line.Data);
        running.process.Start();
        running.process.BeginOutputReadLine();
        running.process.BeginErrorReadLine();

        return running;
    }

    /// <summary>Waits until it answers 200 there, or fails with what it printed.</summary>
    /// <param name="mayEnd">It kills itself, perhaps before it is ready.</param>
    public async Task UntilReadyAsync(Uri health, bool mayEnd = false)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };

        for (var until = Stopwatch.StartNew(); until.Elapsed < TimeSpan.FromMinutes(3);)
        {
            if (process.HasExited)
            {
                Assert.True(mayEnd, $"{process.StartInfo.ArgumentList[0]} ended: {Output}");
                return;
            }

            try
            {
                if ((await http.GetAsync(health)).IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                // Not listening yet.
            }

            await Task.Delay(50);
        }

        Assert.Fail($"{health} did not answer: {Output}");
    }

    public int ProcessId => process.Id;

    /// <summary>SIGKILL: nothing is flushed, nothing is closed.</summary>
    public async Task KillAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        await process.WaitForExitAsync();
    }

    public async Task<int> UntilExitAsync(TimeSpan patience)
    {
        await process.WaitForExitAsync(new CancellationTokenSource(patience).Token);

        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        process.Dispose();
    }

    private void Keep(string? line)
    {
        lock (output)
        {
            output.AppendLine(line);
        }
    }
}
