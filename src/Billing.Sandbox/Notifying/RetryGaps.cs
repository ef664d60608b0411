namespace Billing.Sandbox.Notifying;

/// <summary>
/// The waits between attempts: real seconds, then minutes and hours of the sandbox clock, for 7 days (docs/globalpay.md
/// section 11).
/// </summary>
internal static class RetryGaps
{
    private static readonly TimeSpan[] Quick =
        [TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)];
    private static readonly TimeSpan[] Slow =
        [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1), TimeSpan.FromHours(6)];

    public static readonly TimeSpan Patience = TimeSpan.FromDays(7);

    /// <summary>Real time until the next attempt; null when the sandbox clock decides.</summary>
    public static TimeSpan? QuickAfter(int tries) => tries <= Quick.Length ? Quick[tries - 1] : null;

    /// <summary>Sandbox time until the next attempt.</summary>
    public static TimeSpan SlowAfter(int tries) => Slow[Math.Min(tries - Quick.Length, Slow.Length) - 1];
}
