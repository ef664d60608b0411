namespace Billing.Sandbox.State;

/// <summary>Payment statuses that only a payment which was paid can have (docs/globalpay.md section 9).</summary>
internal static class PostPaymentStatus
{
    public const int Reversed = 16;
    public const int Disputed = 19;
    public const int PartiallyRefunded = 21;
    public const int Refunded = 22;
    public const int DisputeWon = 23;
    public const int DisputeLost = 24;
    public const int Chargedback = 26;

    /// <summary>The merchant has the money, and no claim is open.</summary>
    public static bool IsPaid(int? statusId) =>
        PaymentStatus.IsSuccess(statusId) || statusId is PartiallyRefunded or DisputeWon;

    /// <summary>The merchant has the money, perhaps with a claim on it.</summary>
    public static bool HasMoney(int? statusId) => IsPaid(statusId) || statusId is Disputed or DisputeLost;

    public static bool IsTakenBack(int? statusId) => statusId is Reversed or Chargedback;

    /// <summary>What came in, in hundredths.</summary>
    public static long Paid(Payment payment) => payment.CapturedAmount ?? payment.Amount ?? 0;
}
