using Billing.Domain.Profiles;

namespace Billing.Domain.Preapprovals;

/// <summary>How long the unknown is asked about, and when silence may be believed.</summary>
/// <param name="Intervals">Business time between look-ups; when they are used up, an owner takes over.</param>
/// <param name="QuietPeriod">Business time after an unknown outcome for which "not found" is not believed.</param>
/// <param name="Fence">
/// Real time for which "not found" is not believed after a send window began: the window (30 s) and the gateway's
/// time-out.
/// </param>
/// <param name="MaxResends">How often the same call may be sent again before an owner takes over.</param>
public sealed record LookUpPolicy(
    IReadOnlyList<TimeSpan> Intervals, TimeSpan QuietPeriod, TimeSpan Fence, int MaxResends)
{
    /// <summary>The method profiles in force: how long pending may last, and what follows a failure.</summary>
    public MethodProfiles Profiles { get; init; } = MethodProfiles.BuiltIn;

    /// <summary>Who decides what the gateway does not answer.</summary>
    public const string Owner = "operator";

    /// <param name="lookUps">How many have been made.</param>
    /// <returns>Null when they are used up.</returns>
    public DateTimeOffset? NextAt(int lookUps, DateTimeOffset now) =>
        lookUps < Intervals.Count ? now + Intervals[lookUps] : null;
}
