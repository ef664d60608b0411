using System.Diagnostics;
using Billing.Bench.Gateway;

namespace Billing.Bench.Harness;

/// <summary>A verb of the service's program that ran to its end, as an operator runs it.</summary>
/// <param name="Output">What it printed.</param>
/// <param name="Seconds">From the start of the process to its end.</param>
/// <param name="MaxRssMb">The most memory it was seen to hold.</param>
internal sealed record Verb(int ExitCode, string Output, double Seconds, double MaxRssMb)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    /// <param name="settings">Environment variables of the process.</param>
    /// <param name="isToDie">Asked again and again; once true, the process is killed. Null: it never is.</param>
    public static async Task<Verb> RunAsync(
        IReadOnlyDictionary<string, string> settings, Func<Task<bool>>? isToDie, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [ServerProcess.Program("Billing.Api"), .. arguments])
        {
            RedirectStandardOutput = true,
        };

        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var ended = process.WaitForExitAsync();
        var memory = 0.0;

        while (await Task.WhenAny(ended, Task.Delay(LookEvery)) != ended)
        {
            memory = Math.Max(memory, ProcessMemory.MaxRssMb(process.Id) ?? 0);

            if (isToDie is not null && await isToDie())
            {
                process.Kill();
            }
        }

        return new Verb(process.ExitCode, await output, watch.Elapsed.TotalSeconds, memory);
    }
}
