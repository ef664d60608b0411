using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Billing.Api.Hosting.Clock;

namespace Billing.Api.Reconciliation;

/// <summary>Section <c>Drift</c>: how often and how fast what we hold is compared with the gateway.</summary>
public sealed class DriftOptions
{
    [Description("Business time between two comparisons with the gateway; 0: only when `audit drift` asks.")]
    [DefaultValue("24; 0 in sandbox mode"), Range(0, 8_760)]
    public double? EveryHours { get; set; }

    [Range(0.1, 1_000), Description("How fast a comparison asks the gateway.")]
    public double CallsPerSecond { get; set; } = 5;

    /// <summary>Business time between two runs; zero: only when an operator asks.</summary>
    public TimeSpan Every => TimeSpan.FromHours(EveryHours!.Value);

    /// <summary>Real time between two look-ups.</summary>
    public TimeSpan Interval => TimeSpan.FromSeconds(1 / CallsPerSecond);

    internal void SetDefaults(SandboxOptions sandbox) => EveryHours ??= sandbox.Enabled ? 0 : 24;
}
