namespace Billing.Api.Tests.Crashing;

/// <summary>A place to die at.</summary>
/// <param name="KillAt">As CONTRIBUTING.md lists them.</param>
/// <param name="AfterMilliseconds">How long it lives on behind it.</param>
/// <param name="Charge">How the gateway bends the charges of the customers of this point.</param>
public sealed record Point(string Name, string KillAt, int AfterMilliseconds = 0, string? Charge = null)
{
    /// <summary>The steps of a charge from sweep to outcome, then of its notifications, then of its look-up.</summary>
    public static readonly Point[] All =
    [
        new("the sweep has decided", "sweep:decided"),
        new("it is decided and not written", "sweep:committing"),
        new("it is being appended and projected", "sweep:committing", AfterMilliseconds: 1),
        new("it is requested and not checked", "charge:checking"),
        new("it is checked and not sent", "charge:sending"),
        new(
            "the bytes have left and the gateway has acted", "charge:sending", AfterMilliseconds: 350,
            Charge: "act_then_timeout"),
        new("the answer has come", "charge:answered"),
        new("the outcome is not written", "record_charge:committing"),
        new("the outcome is being appended and projected", "record_charge:committing", AfterMilliseconds: 1),
        new("the outcome is recorded", "record_charge:committed"),
        new("a notification has come", "notification:received"),
        new("it is durable and not acknowledged", "notification:kept"),
        new("it is understood and not written", "apply_notification:committing"),
        new("it is applied", "apply_notification:committed"),
        new("a look-up is answered and not written", "record_look_up:committing", Charge: "act_then_reset"),
        new("a look-up is recorded", "record_look_up:committed", Charge: "reset"),
    ];

    /// <summary>Outcomes are recorded in waves: the charges of several customers are under way at once.</summary>
    public bool IsWave => KillAt.StartsWith("record_charge", StringComparison.Ordinal);

    /// <summary>Needs a moved clock before it is reached.</summary>
    public bool IsLookUp => KillAt.StartsWith("record_look_up", StringComparison.Ordinal);
}
