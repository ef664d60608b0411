using Billing.Domain.Profiles;

namespace Billing.Domain.Preapprovals;

/// <summary>How long the unknown is asked about, and when silence may be believed.</summary>
/// <param name="Intervals">Business time between look-ups; when they are used up, an owner takes over.</param>
/// <param name="QuietPeriod">Business time for which "not found" is not believed after the outcome became unknown.</param>
/// <param name="Fence">Database time that must have passed since the last claim of the submission: longer than lease and time-out together.</param>
/// <param name="MaxResends">How often one MerchantTransactionID may be sent again before an owner takes over.</param>
public sealed record LookUpPolicy(IReadOnlyList<TimeSpan> Intervals, TimeSpan QuietPeriod, TimeSpan Fence, int MaxResends)
{
    /// <summary>The method profiles in force: how long pending may last, and what follows a failure.</summary>
    public MethodProfiles Profiles { get; init; } = MethodProfiles.BuiltIn;

    /// <summary>Who gets what nobody can tell.</summary>
    public const string Owner = "operator";

    /// <param name="lookUps">How many have been made.</param>
    /// <returns>Null when they are used up.</returns>
    public DateTimeOffset? NextAt(int lookUps, DateTimeOffset now) => lookUps < Intervals.Count ? now + Intervals[lookUps] : null;
}
