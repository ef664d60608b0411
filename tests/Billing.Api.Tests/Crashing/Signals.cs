using System.Diagnostics;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Crashing;

/// <summary>What can be done to a process from outside.</summary>
internal static class Signals
{
    /// <summary>It has got SIGSTOP: none of its threads runs.</summary>
    public static bool IsStopped(this RunningProgram program)
    {
        try
        {
            return File.ReadAllText($"/proc/{program.Id}/stat").Split(')')[^1].TrimStart()[0] == 'T';
        }
        catch (IOException)
        {
            // It is gone.
            return false;
        }
    }

    public static Task PauseAsync(this RunningProgram program) => SendAsync("STOP", program);

    public static Task GoOnAsync(this RunningProgram program) => SendAsync("CONT", program);

    /// <summary>Asks it to stop, which lets it finish what it has begun.</summary>
    public static async Task<int> StopKindlyAsync(this RunningProgram program)
    {
        await SendAsync("TERM", program);

        return await program.UntilExitAsync(TimeSpan.FromMinutes(3));
    }

    private static async Task SendAsync(string signal, RunningProgram program)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{program.Id}"]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }
}
