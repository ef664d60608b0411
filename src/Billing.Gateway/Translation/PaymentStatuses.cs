using System.Collections.Frozen;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;

namespace Billing.Gateway.Translation;

/// <summary>The gateway's payment statuses (docs/globalpay.md) and what each means to us.</summary>
public static class PaymentStatuses
{
    /// <summary>PendingOnProvider: what a storefront sees while the outcome of a charge is unknown.</summary>
    public const int PendingOnProvider = 7;

    private static readonly FrozenDictionary<int, (string Info, PaymentStatus Meaning)> Known =
        new Dictionary<int, (string, PaymentStatus)>
        {
            [1] = ("Open", PaymentStatus.Pending),
            [2] = ("Success", PaymentStatus.Charged),
            [3] = ("Cancelled", PaymentStatus.Failed),
            [4] = ("Failed", PaymentStatus.Failed),
            [5] = ("Expired", PaymentStatus.Failed),
            [6] = ("PendingOnCustomer", PaymentStatus.Pending),
            [7] = ("PendingOnProvider", PaymentStatus.Pending),
            [8] = ("Submitted", PaymentStatus.Pending),
            [9] = ("Authorized", PaymentStatus.Pending),
            [10] = ("AuthorizeRequested", PaymentStatus.Pending),
            [11] = ("Captured", PaymentStatus.Charged),
            [12] = ("Rejected", PaymentStatus.Failed),
            [13] = ("CaptureRequested", PaymentStatus.Pending),
            [14] = ("Exception", PaymentStatus.UnderReview),
            [15] = ("CancelRequested", PaymentStatus.Pending),
            [16] = ("Reversed", PaymentStatus.Reversed),
            [17] = ("Completed", PaymentStatus.Charged),
            [18] = ("Processing", PaymentStatus.Pending),
            [19] = ("Disputed", PaymentStatus.Disputed),
            [21] = ("PartiallyRefunded", PaymentStatus.PartiallyRefunded),
            [22] = ("Refunded", PaymentStatus.Refunded),
            [23] = ("DisputeWon", PaymentStatus.DisputeWon),
            [24] = ("DisputeLost", PaymentStatus.DisputeLost),
            [25] = ("Paid", PaymentStatus.Charged),
            [26] = ("Chargedback", PaymentStatus.ChargedBack),
            [30] = ("PendingChallengeConfirmation", PaymentStatus.Pending),
            [33] = ("QueuedForCapturing", PaymentStatus.Pending),
            [34] = ("QueuedForCanceling", PaymentStatus.Pending),
            [35] = ("PartiallyCaptured", PaymentStatus.Charged),
            [36] = ("SuccessWaitForFraud", PaymentStatus.Pending),
            [37] = ("ExceptionWaitForFraud", PaymentStatus.UnderReview),
        }.ToFrozenDictionary();

    /// <summary>Unrecognised for a number that we do not know, and for none.</summary>
    public static PaymentStatus MeaningOf(int? statusId) =>
        statusId is { } id && Known.TryGetValue(id, out var status) ? status.Meaning : PaymentStatus.Unrecognised;

    /// <summary>The gateway's word; null for a number that we do not know.</summary>
    public static string? InfoOf(int? statusId) =>
        statusId is { } id && Known.TryGetValue(id, out var status) ? status.Info : null;

    /// <summary>The number under which a charge is shown of which the gateway has stated none.</summary>
    public static int NumberOf(MoneyState state) => state switch
    {
        MoneyState.Charged => 2,
        MoneyState.Requested or MoneyState.Unknown => PendingOnProvider,
        _ => 4,
    };

    /// <summary>The gateway's number for what happened to a payment after its success.</summary>
    /// <returns>2 where nothing happened after it; null for a status that no successful payment has.</returns>
    public static int? NumberOf(PaymentStatus standing) => standing switch
    {
        PaymentStatus.Charged => 2,
        PaymentStatus.Reversed => 16,
        PaymentStatus.Disputed => 19,
        PaymentStatus.PartiallyRefunded => 21,
        PaymentStatus.Refunded => 22,
        PaymentStatus.DisputeWon => 23,
        PaymentStatus.DisputeLost => 24,
        PaymentStatus.ChargedBack => 26,
        _ => null,
    };
}
