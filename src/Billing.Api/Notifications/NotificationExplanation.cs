using Billing.Api.Notifying;

namespace Billing.Api.Notifications;

/// <summary>What became of a notification and why, in a sentence for whoever has to look.</summary>
public static class NotificationExplanation
{
    private const string Compare = "Nothing of it was applied: compare with the gateway, then replay it or leave it.";

    public static string Of(string status, string? kind, string? outcome, string? reason) => (status, outcome, reason) switch
    {
        ("received", _, _) => "It is kept and waits to be read.",

        ("matched", "duplicate", _) => "It fitted and says what was known already: nothing was recorded in the subscription's events.",
        ("matched", "stale", _) => "It fitted and says less than is known by now: it was overtaken and changed nothing.",
        ("matched", "unrecognised", _) => "It fitted, but nobody here knows its status: it is shown and changed nothing.",
        ("matched", _, ApplyNotificationHandler.NothingNew) => "It fitted and told nothing new.",
        ("matched", _, _) => "It fitted, and what it tells is recorded in the subscription's events.",

        ("parked", _, ApplyNotificationHandler.NotKnownYet) => "It names what our books do not know yet. It is applied by itself as soon as they do.",
        ("parked", _, Doubt.NotAsked) => "The gateway could not be asked whether it is so. It is asked again until it answers; nothing of it is applied before.",
        ("parked", _, Doubt.NotFound) => "The gateway does not have what it tells of. It is asked again a few times; nothing of it is applied before.",
        ("parked", _, Doubt.SaysLess) => "The gateway itself does not say as much. It is asked again a few times; nothing of it is applied before.",
        ("parked", _, Doubt.Ends) => $"The gateway was asked again and again and never said so: it may be forged. {Compare}",
        ("parked", _, "mismatch_amount") => $"Its amount or currency is not what was asked for. {Compare}",
        ("parked", _, "mismatch_preapproval") => $"It is about another preapproval than the one that was charged. {Compare}",
        ("parked", _, "mismatch_preapproval_id") => $"It gives a preapproval of ours another number than the gateway gave it before. {Compare}",
        ("parked", _, "mismatch_payment_id") => $"It gives a payment of ours another number than the gateway gave it before. {Compare}",
        ("parked", _, _) => $"It does not fit what our books hold ({reason}). {Compare}",

        ("kept", _, _) => $"No rule acts on {kind}: it is kept to be seen. Replay it after an update that knows it.",
        ("unreadable", _, _) => $"Its body could not be read. {reason}",
        ("expired", _, _) => "It fitted nothing in time and its body was let go; this line stays.",
        _ => status,
    };
}
