using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Billing.Api.Hosting.Clock;

namespace Billing.Api.Hosting;

/// <summary>Section <c>Jobs</c>: recurring and queued work.</summary>
public sealed class JobsOptions
{
    [Description("How often sweep, resolver and notification job run.")]
    [DefaultValue("5000; 200 in sandbox mode"), Range(20, 3_600_000)]
    public double? IntervalMilliseconds { get; set; }

    [Description(
        "Waits after the failures of a message; the failure after the last makes a dead letter. A list replaces all.")]
    [Range(0, 86_400, MinimumIsExclusive = true)]
    public double[]? RetrySeconds { get; set; }

    [Description("false: this node only answers, and leaves what is due and queued to the others.")]
    public bool Enabled { get; set; } = true;

    /// <summary>Real time.</summary>
    public TimeSpan Interval => TimeSpan.FromMilliseconds(IntervalMilliseconds!.Value);

    /// <summary>
    /// The waits after the first, second … failure of a message, in real time; one more makes a dead letter.
    /// </summary>
    public TimeSpan[] RetryWaits => [.. RetrySeconds!.Select(TimeSpan.FromSeconds)];

    internal void SetDefaults(SandboxOptions sandbox)
    {
        IntervalMilliseconds ??= sandbox.Enabled ? 200 : 5_000;
        RetrySeconds ??= [1, 5, 30, 120, 600];
    }
}
