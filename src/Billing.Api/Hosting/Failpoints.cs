using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Billing.Api.Hosting;

/// <summary>Kills or stops (until SIGCONT) the process at a point of a crash test; only in sandbox mode.</summary>
/// <remarks>
/// Points are <c>{message}:{where}</c> (CONTRIBUTING.md). Nothing is flushed or closed, as in a power failure.
/// </remarks>
public sealed class Failpoints
{
    public static readonly Failpoints None = new(null, null, 0, TimeSpan.Zero);

    private const int SigStop = 19;

    private readonly string? killAt;
    private readonly TimeSpan after;
    private string? stopAt;
    private int pass;

    private Failpoints(string? killAt, string? stopAt, int pass, TimeSpan after) =>
        (this.killAt, this.stopAt, this.pass, this.after) = (killAt, stopAt, pass, after);

    /// <exception cref="SettingException">Outside sandbox mode, or a number is wrong.</exception>
    public static Failpoints Read(IConfigurationSection section, bool isSandbox)
    {
        var (killAt, stopAt) = (section["KillAt"], section["StopAt"]);

        if (!isSandbox && section.GetChildren().FirstOrDefault() is { } given)
        {
            throw new SettingException(
                $"Failpoints__{given.Key}", "is for crash tests and refused outside sandbox mode.");
        }

        return new Failpoints(
            killAt, stopAt, Number(section, "Pass", 1_000),
            TimeSpan.FromMilliseconds(Number(section, "AfterMilliseconds", 60_000)));
    }

    /// <summary>Null when no failpoint is set, so that callers build no names of points.</summary>
    public Action<string>? Hook => killAt is null && stopAt is null ? null : Reach;

    public void Reach(string point)
    {
        if (point == killAt && Interlocked.Decrement(ref pass) < 0)
        {
            Die();
        }

        if (point == stopAt && Interlocked.Exchange(ref stopAt, null) is not null)
        {
            _ = SignalThisThread(SigStop);
        }
    }

    // What follows the point goes on until then: bytes leave, the server writes.
    private void Die()
    {
        if (after == TimeSpan.Zero)
        {
            Process.GetCurrentProcess().Kill();
        }

        new Thread(() =>
        {
            Thread.Sleep(after);
            Process.GetCurrentProcess().Kill();
        })
        { IsBackground = true, Priority = ThreadPriority.Highest }.Start();
    }

    private static int Number(IConfigurationSection section, string name, int most) => section[name] switch
    {
        null => 0,
        var text when int.TryParse(text, CultureInfo.InvariantCulture, out var number)
            && number >= 0 && number <= most => number,
        _ => throw new SettingException($"Failpoints__{name}", $"must be a number from 0 to {most}."),
    };

    // It stops all threads, and this one before the call returns.
    // A signal to the process may reach another thread first.
    [DllImport("libc", EntryPoint = "raise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SignalThisThread(int signal);
}
