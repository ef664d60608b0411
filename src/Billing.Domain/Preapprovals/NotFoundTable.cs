namespace Billing.Domain.Preapprovals;

/// <summary>What is done when the gateway does not show what was asked of it.</summary>
internal enum AfterNotFound
{
    /// <summary>Not believed yet, or it cannot be: look up again, until an owner has it.</summary>
    AskAgain,

    /// <summary>Believed: the same call may be sent again.</summary>
    SendAgain,

    /// <summary>Believed, and not sent again any more.</summary>
    GiveUp,
}

/// <summary>The one table of what follows "not found", for every operation.</summary>
internal static class NotFoundTable
{
    /// <param name="askedAt">Real clock: when the gateway was asked.</param>
    public static AfterNotFound Of(
        OutboundCall call, DateTimeOffset? askedAt, LookUpPolicy policy, DateTimeOffset now) =>
        !IsQuiet(call, askedAt, policy, now) ? AfterNotFound.AskAgain
        : call.Operation switch
        {
            // No source says that the gateway refuses a second refund of the same MerchantTransactionID.
            OutboundOperation.Refund => AfterNotFound.GiveUp,

            // The gateway refuses a second create (109) and a second charge (20); a change or a close does no harm
            // twice.
            _ => call.Sends <= policy.MaxResends ? AfterNotFound.SendAgain : AfterNotFound.GiveUp,
        };

    // In business time since the outcome became unknown, and in real time since the last send could have begun.
    private static bool IsQuiet(OutboundCall call, DateTimeOffset? askedAt, LookUpPolicy policy, DateTimeOffset now) =>
        call.State is OutboundState.Unknown
        && call.UnknownSince is { } since && now - since >= policy.QuietPeriod
        && askedAt is { } asked && asked - call.WindowStart >= policy.Fence;
}
