namespace Billing.Sandbox;

/// <summary>What can be done to a row from outside the gateway's surface: the one place behind both the tools and the console's buttons.</summary>
/// <remarks>Callers hold the one lock.</remarks>
internal sealed class Levers(Store store, Approving approving, Settlement settlement, Notifications notifications)
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

    public Payment Move(Payment row, int statusId, Reason? reason)
    {
        settlement.Announce(settlement.Move(row, statusId, reason));
        return store.Payment(row.Id)!;
    }

    public void Resend(Notification notification) => notifications.Resend(notification);
}
