namespace Billing.Sandbox.State;

/// <summary>Preapproval statuses (docs/globalpay.md section 6.5).</summary>
internal static class PreapprovalStatus
{
    public const int Pending = 1;
    public const int Open = 2;
    public const int ClosedByCustomer = 4;

    public static string? Info(int id) => id switch
    {
        Pending => "Pending",
        Open => "Open",
        3 => "Close",
        ClosedByCustomer => "ClosedByCustomer",
        _ => null,
    };
}

/// <summary>Payment statuses (docs/globalpay.md section 9).</summary>
internal static class PaymentStatus
{
    public const int Open = 1;
    public const int Success = 2;
    public const int Failed = 4;
    public const int PendingOnProvider = 7;
    public const int Reversed = 16;
    public const int Disputed = 19;

    private static readonly Dictionary<int, string> Names = new()
    {
        [Open] = "Open",
        [Success] = "Success",
        [3] = "Cancelled",
        [Failed] = "Failed",
        [5] = "Expired",
        [6] = "PendingOnCustomer",
        [PendingOnProvider] = "PendingOnProvider",
        [8] = "Submitted",
        [9] = "Authorized",
        [10] = "AuthorizeRequested",
        [11] = "Captured",
        [12] = "Rejected",
        [13] = "CaptureRequested",
        [14] = "Exception",
        [15] = "CancelRequested",
        [Reversed] = "Reversed",
        [17] = "Completed",
        [18] = "Processing",
        [Disputed] = "Disputed",
        [21] = "PartiallyRefunded",
        [22] = "Refunded",
        [23] = "DisputeWon",
        [24] = "DisputeLost",
        [25] = "Paid",
        [26] = "Chargedback",
        [30] = "PendingChallengeConfirmation",
        [33] = "QueuedForCapturing",
        [34] = "QueuedForCanceling",
        [35] = "PartiallyCaptured",
        [36] = "SuccessWaitForFraud",
        [37] = "ExceptionWaitForFraud",
    };

    public static string? Info(int? id) => id is { } known ? Names.GetValueOrDefault(known) : null;

    /// <summary>Money has moved to the merchant.</summary>
    public static bool IsSuccess(int? id) => id is Success or 11 or 17 or 25 or 35;

    /// <summary>The collection ended without money.</summary>
    public static bool IsFailure(int? id) => id is 3 or Failed or 5 or 12;
}
