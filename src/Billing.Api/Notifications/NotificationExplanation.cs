namespace Billing.Api.Notifications;

/// <summary>What was done with a notification and why, in a sentence for the person who looks at it.</summary>
public static class NotificationExplanation
{
    private const string Compare = "Nothing of it was applied: compare with the gateway, then replay it or leave it.";

    public static string Of(Notification one) => (one.Status, one.Outcome, one.Reason) switch
    {
        (Notification.Received, _, _) => "It is stored and waits to be applied.",

        (Notification.Matched, "duplicate", _) => "It matched and says what was known already: no event was recorded.",
        (Notification.Matched, "stale", _) =>
            "It matched and says less than is known: newer information had arrived before it.",
        (Notification.Matched, "unrecognised", _) =>
            "It matched, but its status is not known here: it is shown and changed nothing.",
        (Notification.Matched, _, _) => "It matched, and what it says is recorded in the subscription's events.",

        (Notification.Parked, _, NotificationPlan.NotKnownYet) =>
            "It names a preapproval or payment that is not known here yet. It is applied as soon as it is known.",
        (Notification.Parked, _, Unverified.NotAsked) =>
            "The gateway could not be asked to confirm it. It is asked until it answers; nothing is applied before.",
        (Notification.Parked, _, Unverified.NotFound) =>
            "The gateway does not have what it is about. It is asked again a few times; nothing is applied before.",
        (Notification.Parked, _, Unverified.SaysLess) =>
            "The gateway itself shows a lower status. It is asked again a few times; nothing is applied before.",
        (Notification.Parked, _, Unverified.Ends) =>
            $"The gateway was asked repeatedly and never confirmed it: it may be forged. {Compare}",
        (Notification.Parked, _, "mismatch_amount") => $"Its amount or currency is not what was asked for. {Compare}",
        (Notification.Parked, _, "mismatch_preapproval") =>
            $"It is about another preapproval than the one that was charged. {Compare}",
        (Notification.Parked, _, "mismatch_preapproval_id") =>
            $"It gives one of our preapprovals another number than the gateway gave it before. {Compare}",
        (Notification.Parked, _, "mismatch_payment_id") =>
            $"It gives one of our payments another number than the gateway gave it before. {Compare}",
        (Notification.Parked, _, _) => $"It contradicts what is recorded here ({one.Reason}). {Compare}",

        (Notification.Kept, _, Notification.Dismissed) =>
            $"{one.DismissedBy} has looked at it and set it aside: nothing of it was applied.",
        (Notification.Kept, _, _) =>
            $"No rule acts on {one.Kind}: it is stored and shown. Replay it after an update that supports it.",
        (Notification.Unreadable, _, _) => $"Its body could not be read. {one.Reason}",
        (Notification.Expired, _, _) => "It matched nothing in time and its body was deleted; this line stays.",
        _ => one.Status,
    };
}
