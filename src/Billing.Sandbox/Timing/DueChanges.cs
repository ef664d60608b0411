using Billing.Sandbox.Payments;
using Billing.Sandbox.Refunds;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Timing;

/// <summary>
/// Applies changes that are due by the sandbox clock; drops one whose payment or refund has moved since.
/// </summary>
internal sealed class DueChanges(
    LateChanges late, Store store, RefundBook refunds, Settlement settlement, Refunding refunding)
{
    public void Apply()
    {
        while (late.TakeDue() is { } change)
        {
            if (change.RefundId is { } refundId)
            {
                if (refunds.Find(refundId) is { } refund && refund.StatusId == change.FromStatusId)
                {
                    refunding.Settle(refund, change.StatusId, change.Reason);
                }
            }
            else if (store.Payment(change.PaymentId) is { } payment && payment.StatusId == change.FromStatusId)
            {
                settlement.Announce(settlement.Move(payment, change.StatusId, change.Reason));
            }
        }
    }
}
