using Billing.Api.Notifications;

namespace Billing.Api.Attention.Kinds;

/// <summary>Notifications of which nothing was applied, for one reason.</summary>
public abstract class WaitingNotifications(AttentionRows rows) : SqlAttentionKind(rows)
{
    /// <summary>Why they wait.</summary>
    protected abstract string Waiting { get; }

    public override string Name => $"notification_{Waiting}";

    public override string Rows(string schema) =>
        $"""
        select d.tenant_id as site, d.received_at as since, d.id::text as key,
            coalesce(d.preapproval_id, d.named_preapproval_id) as subscription_id,
            d.status, d.reason, d.kind, d.reference, d.gateway_id::text as gateway_id
        from {schema}.mt_doc_notification d where d.waiting = '{Waiting}'
        """;

    public override AttentionItem Item(AttentionRow row)
    {
        var one = new Notification { Status = row["status"]!, Reason = row["reason"], Kind = row["kind"] };

        return Item(
            row, AttentionItem.Real, NotificationExplanation.Of(one), Settling.Replay(row.Site, row.Key),
            Settling.Dismiss(row.Site, row.Key)) with
        { NotificationId = Guid.Parse(row.Key) };
    }
}

/// <summary>Notifications that contradict what is recorded.</summary>
public sealed class MismatchedNotifications(AttentionRows rows) : WaitingNotifications(rows)
{
    public const string Kind = "notification_mismatch";

    protected override string Waiting => Notification.Mismatch;
}

/// <summary>Notifications about what is not known here.</summary>
public sealed class UnmatchedNotifications(AttentionRows rows) : WaitingNotifications(rows)
{
    protected override string Waiting => Notification.Unmatched;
}
