using System.Diagnostics;

namespace Billing.Demo;

/// <summary>What only an operator can do: the commands of <c>./billing</c>.</summary>
/// <param name="program">The path of Billing.Api.dll.</param>
internal sealed class Operator(string program)
{
    /// <returns>The exit code, and what was printed.</returns>
    public async Task<(int ExitCode, string Said)> RunAsync(params string[] command)
    {
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", [program, .. command]) { RedirectStandardOutput = true })!;
        var said = (await process.StandardOutput.ReadToEndAsync()).Trim();
        await process.WaitForExitAsync();
        Print.Detail($"billing {string.Join(' ', command)}: exit code {process.ExitCode}");

        foreach (var line in said.Split('\n'))
        {
            Print.Detail($"  {line}");
        }

        return (process.ExitCode, said);
    }
}
