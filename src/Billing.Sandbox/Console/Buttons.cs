using Billing.Sandbox.Notifying;
using Billing.Sandbox.State;
using Billing.Sandbox.Tools;

namespace Billing.Sandbox.Console;

/// <summary>The console's buttons: which a row offers, and what they do.</summary>
internal sealed class Buttons(Store store, Notifications notifications, Levers levers, Lock gate)
{
    /// <summary>In the order in which they are shown.</summary>
    public static IReadOnlyList<Button> Of(Preapproval row) => row.StatusId switch
    {
        PreapprovalStatus.Pending => [Button.Approve, Button.Refuse, Button.Close],
        PreapprovalStatus.Open => [Button.Close],
        _ => [],
    };

    public static IReadOnlyList<Button> Of(Payment row) =>
        PaymentStatus.IsSuccess(row.StatusId) ? [Button.Reverse, Button.Dispute]
        : row.StatusId == PaymentStatus.Disputed ? [Button.Reverse]
        : [];

    /// <summary>Null when there is no such button.</summary>
    public Notice? Press(string name, int id)
    {
        if (Enum.GetValues<Button>().Cast<Button?>()
            .FirstOrDefault(b => string.Equals($"{b}", name, StringComparison.OrdinalIgnoreCase)) is not { } button)
        {
            return null;
        }

        lock (gate)
        {
            return new Notice(
                button switch
                {
                    Button.Resend => Resend(id),
                    Button.Reverse or Button.Dispute => Press(button, store.Payment(id)),
                    _ => Press(button, store.Preapproval(id)),
                },
                id);
        }
    }

    private ButtonResult Press(Button button, Preapproval? row)
    {
        if (row is null || !Of(row).Contains(button))
        {
            return row is null ? ButtonResult.Gone : ButtonResult.Late;
        }

        switch (button)
        {
            case Button.Approve:
                levers.Approve(row);
                return ButtonResult.Approved;
            case Button.Close:
                levers.CloseAsCustomer(row);
                return ButtonResult.Closed;
            default:
                // Stays Pending; no source knows another status for it (docs/globalpay.md section 6.5).
                return ButtonResult.Refused;
        }
    }

    private ButtonResult Press(Button button, Payment? row)
    {
        if (row is null || !Of(row).Contains(button))
        {
            return row is null ? ButtonResult.Gone : ButtonResult.Late;
        }

        return (button is Button.Reverse ? levers.Reverse(row) : levers.Dispute(row))
            ? button is Button.Reverse ? ButtonResult.Reversed : ButtonResult.Disputed
            : ButtonResult.Late;
    }

    private ButtonResult Resend(int id)
    {
        if (notifications.Find(id) is not { } notification)
        {
            return ButtonResult.Gone;
        }

        levers.Resend(notification);
        return ButtonResult.Resent;
    }
}

internal enum Button
{
    Approve,
    Refuse,
    Close,
    Reverse,
    Dispute,
    Resend,
}
