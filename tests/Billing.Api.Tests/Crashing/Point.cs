namespace Billing.Api.Tests.Crashing;

/// <summary>A place to die at.</summary>
/// <param name="KillAt">As CONTRIBUTING.md lists them.</param>
/// <param name="AfterMilliseconds">How long it lives on behind it.</param>
/// <param name="Charge">How the gateway bends the charges of the customers of this point.</param>
public sealed record Point(string Name, string KillAt, int AfterMilliseconds = 0, string? Charge = null)
{
    /// <summary>The charge on its way from the sweep to its outcome, then what the gateway tells of it, then what it is asked.</summary>
    public static readonly Point[] All =
    [
        new("the sweep has read", "sweep:found"),
        new("the sweep has written", "sweep:enqueued"),
        new("a due charge is locked", "charge_due:claimed"),
        new("it is decided and not written", "charge_due:committing"),
        new("it is being appended and projected", "charge_due:committing", AfterMilliseconds: 1),
        new("it is requested", "charge_due:committed"),
        new("its submission is claimed", "submit_charge:claimed"),
        new("the last look at the books is behind it", "submit_charge:sending"),
        new("the bytes have left and the gateway has acted", "submit_charge:sending", AfterMilliseconds: 350, Charge: "act_then_timeout"),
        new("the answer has come", "submit_charge:handled"),
        new("the outcome is not written", "submit_charge:committing"),
        new("the outcome is being appended and projected", "submit_charge:committing", AfterMilliseconds: 1),
        new("the outcome is recorded", "submit_charge:committed"),
        new("a notification has come", "notification:received"),
        new("it is durable and not acknowledged", "notification:kept"),
        new("it is read", "apply_notification:claimed"),
        new("it is understood and not written", "apply_notification:committing"),
        new("it is applied", "apply_notification:committed"),
        new("a look-up is claimed", "look_up_charge:claimed", Charge: "reset"),
        new("a look-up is answered", "look_up_charge:handled", Charge: "act_then_reset"),
    ];

    /// <summary>Needs a moved clock before it is reached.</summary>
    public bool IsLookUp => KillAt.StartsWith("look_up", StringComparison.Ordinal);
}
