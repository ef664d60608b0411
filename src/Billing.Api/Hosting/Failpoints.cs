using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Billing.Api.Hosting.Clock;

namespace Billing.Api.Hosting;

/// <summary>Section <c>Failpoints</c>.</summary>
public sealed class FailpointsOptions : IValidatableObject
{
    [Description("For crash tests: the process kills itself at this point. Refused outside sandbox mode.")]
    [DefaultValue("none"), DataType("for example `charge:sending`")]
    public string? KillAt { get; set; }

    [Description("The same, but it stops until SIGCONT.")]
    [DefaultValue("none"), DataType("for example `charge:sending`")]
    public string? StopAt { get; set; }

    [Range(0, 1_000), Description("How often it passes the point before it kills itself.")]
    public int Pass { get; set; }

    [Range(0, 60_000), Description("How long after the point it kills itself.")]
    public int AfterMilliseconds { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var isAllowed = validationContext.GetRequiredService<SandboxOptions>().Enabled;

        return GetType().GetProperties().Where(it => !isAllowed && it.GetValue(this) is not (null or 0))
            .Select(it => new ValidationResult("is for crash tests and refused outside sandbox mode.", [it.Name]));
    }
}

/// <summary>Kills or stops (until SIGCONT) the process at a point of a crash test; only in sandbox mode.</summary>
/// <remarks>
/// Points are <c>{message}:{where}</c> (CONTRIBUTING.md). Nothing is flushed or closed, as in a power failure.
/// </remarks>
public sealed class Failpoints(FailpointsOptions options)
{
    private const int SigStop = 19;

    private readonly string? killAt = options.KillAt;
    private readonly TimeSpan after = TimeSpan.FromMilliseconds(options.AfterMilliseconds);
    private string? stopAt = options.StopAt;
    private int pass = options.Pass;

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

    // It stops all threads, and this one before the call returns.
    // A signal to the process may reach another thread first.
    [DllImport("libc", EntryPoint = "raise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SignalThisThread(int signal);
}
