using System.Globalization;
using Billing.Api.Hosting;

namespace Billing.Api.Reconciliation;

/// <summary>How often and how fast what we hold is compared with the gateway.</summary>
/// <param name="Every">Business time between two runs; zero: only when an operator asks.</param>
/// <param name="CallsPerSecond">Look-ups at the gateway per second.</param>
public sealed record ReconciliationSettings(TimeSpan Every, double CallsPerSecond)
{
    public TimeSpan Interval => TimeSpan.FromSeconds(1 / CallsPerSecond);

    /// <exception cref="SettingException">A value is out of range.</exception>
    public static ReconciliationSettings Read(IConfiguration configuration, bool isSandbox) => new(
        TimeSpan.FromHours(Number(configuration, "EveryHours", isSandbox ? 0 : 24, 0, 8_760)),
        Number(configuration, "CallsPerSecond", 5, 0.1, 1_000));

    private static double Number(
        IConfiguration configuration, string name, double fallback, double least, double most) =>
        configuration[$"Drift:{name}"] switch
        {
            null => fallback,
            var text when double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
            out var value)
                && value >= least && value <= most => value,
            _ => throw new SettingException(
                $"Drift__{name}", string.Create(CultureInfo.InvariantCulture,
                $"must be a number from {least} to {most}.")),
        };
}
