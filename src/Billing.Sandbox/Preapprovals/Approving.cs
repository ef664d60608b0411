using Billing.Sandbox.Misbehaving;
using Billing.Sandbox.Notifying;
using Billing.Sandbox.Settings;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Preapprovals;

/// <summary>What a customer does to a preapproval, and the notifications of it.</summary>
internal sealed class Approving(
    Store store, Numbers numbers, Methods methods, PreapprovalShape shape, Notifications notifications)
{
    /// <summary>Pending becomes Open and is notified; anything else stays as it is, and the result is null.</summary>
    public Notification? Approve(Preapproval row)
    {
        if (row.StatusId != PreapprovalStatus.Pending)
        {
            return null;
        }

        return Announce(row with
        {
            StatusId = PreapprovalStatus.Open,
            MandateReference = methods.Of(row.MethodId).HasMandateReference ? numbers.NextMandateReference() : null,
        });
    }

    public Preapproval Close(Preapproval row, bool notify)
    {
        var closed = store.Save(row with { StatusId = PreapprovalStatus.ClosedByCustomer });
        if (notify)
        {
            Announce(closed);
        }

        return closed;
    }

    public static NotificationFate FateOf(ScenarioRule? rule) => NotificationFates.Of(rule);

    // A fate meets one notification, the next.
    private Notification Announce(Preapproval row)
    {
        var saved = store.Save(row with { Fate = NotificationFate.Sent });
        return notifications.Post(
            saved.SiteId, "Preapproval", saved.Id, saved.MerchantPreapprovalId, saved.StatusId,
            shape.Notification(saved), row.Fate);
    }
}
