using System.Globalization;
using Billing.Sandbox.Clock;
using Billing.Sandbox.Payments;
using Billing.Sandbox.Settings;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Disputes;

/// <summary>
/// Reverses a direct debit: 8 weeks freely, up to 13 months with the bank's consent (docs/globalpay.md section 8).
/// </summary>
internal sealed class Reversing(Methods methods, Settlement settlement, SandboxClock clock)
{
    // Codes of the banks' scheme: the customer asks for a refund; there was no mandate. No source has the gateway's
    // spelling.
    private static readonly Reason WithoutQuestions = new("MD06", "Refund request by end customer");
    private static readonly Reason WithoutMandate = new("MD01", "No mandate");

    /// <summary>Null when it was done, else a sentence that says why not.</summary>
    public string? Reverse(Payment payment, Reason? reason, bool bankAgrees)
    {
        if (methods.Of(payment.MethodId) is not { Reversals: { } window } method)
        {
            return $"{methods.Of(payment.MethodId).Name} payments are not reversed by their customers. POST "
                + $"/sandbox/payments/{payment.Id}/status sets any status.";
        }

        if (!PostPaymentStatus.IsPaid(payment.StatusId) && payment.StatusId is not PostPaymentStatus.Disputed)
        {
            return $"Payment {payment.Id} has status {payment.StatusId}: only what was paid can be reversed.";
        }

        var paidAt = payment.SettledAt ?? Created(payment);
        if (clock.Now > paidAt.AddMonths(window.Months))
        {
            return $"Payment {payment.Id} was paid at {paidAt:O}: after {window.Months} "
                + $"months a {method.Name} payment is not reversed.";
        }

        var isUnquestioned = clock.Now <= paidAt.AddDays(7 * window.Weeks);
        if (!isUnquestioned && !bankAgrees)
        {
            return $"Payment {payment.Id} was paid at {paidAt:O}: after {window.Weeks} weeks it is reversed only if "
                + "the customer's bank agrees. Say {\"bankAgrees\":true}.";
        }

        settlement.Announce(settlement.Move(
            payment, PostPaymentStatus.Reversed, reason ?? (isUnquestioned ? WithoutQuestions : WithoutMandate)));
        return null;
    }

    // Fixtures say no more.
    private static DateTimeOffset Created(Payment payment) =>
        DateTimeOffset.TryParseExact(
            payment.Created, "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at
            : DateTimeOffset.MinValue;
}
