using Billing.Sandbox.Disputes;
using Billing.Sandbox.Notifying;
using Billing.Sandbox.Payments;
using Billing.Sandbox.Preapprovals;
using Billing.Sandbox.Settings;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Tools;

/// <summary>
/// What can be done to a row from outside the gateway's API, for the tools and the console's buttons.
/// </summary>
/// <remarks>Callers hold the one lock.</remarks>
internal sealed class Levers(
    Store store, Approving approving, Settlement settlement, Reversing reversing, Disputing disputing, Methods methods,
    Notifications notifications)
{
    /// <summary>False when it was decided before, and nothing changes.</summary>
    public bool Approve(Preapproval row) => approving.Approve(row) is not null;

    /// <summary>What a customer does who revokes at the bank. False when it is closed already.</summary>
    public bool CloseAsCustomer(Preapproval row)
    {
        if (row.StatusId == PreapprovalStatus.ClosedByCustomer)
        {
            return false;
        }

        approving.Close(row, notify: true);
        return true;
    }

    /// <summary>
    /// Follows the method's rules for reversals, with the bank's consent after 8 weeks; false when it is too late.
    /// </summary>
    public bool Reverse(Payment row)
    {
        if (methods.Of(row.MethodId).Reversals is not null)
        {
            return reversing.Reverse(row, reason: null, bankAgrees: true) is null;
        }

        Move(row, PaymentStatus.Reversed, reason: null);
        return true;
    }

    /// <summary>All that is left of the payment. False when it cannot be done any more.</summary>
    public bool Dispute(Payment row) => disputing.Dispute(row, amount: null) is null;

    public Payment Move(Payment row, int statusId, Reason? reason)
    {
        settlement.Announce(settlement.Move(row, statusId, reason));
        return store.Payment(row.Id)!;
    }

    public void Resend(Notification notification) => notifications.Resend(notification);
}
