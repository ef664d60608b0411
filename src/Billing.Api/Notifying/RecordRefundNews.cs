using Billing.Api.Refunding;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Messaging;

namespace Billing.Api.Notifying;

/// <summary>Never a row: applied in the commit that finishes <see cref="ApplyNotification"/>.</summary>
public sealed record RecordRefundNews(MatchNotification Match, string MerchantTransactionId, RefundReading Reading, LearntFrom From);

/// <inheritdoc cref="RecordRefundNews"/>
public sealed record RecordDisputeNews(MatchNotification Match, string MerchantTransactionId, DisputeReading Reading);

public static class RefundNewsHandler
{
    /// <summary>What the refunds tell that were read with a payment's news.</summary>
    public static (IReadOnlyList<PreapprovalEvent> Events, Preapproval After) Shown(RecordPaymentNews command, Preapproval state, LookUpPolicy lookUps, DateTimeOffset now)
    {
        var events = new List<PreapprovalEvent>();

        foreach (var reading in command.Refunds ?? [])
        {
            var decided = PreapprovalDecider.RecordRefund(state, command.News.MerchantTransactionId, reading, LearntFrom.LookUp, lookUps, now);
            state = decided.Aggregate(state, Preapproval.Evolve);
            events.AddRange(decided);
        }

        return (events, state);
    }

    public static (Events, OutgoingMessages) Handle(RecordRefundNews command, Preapproval? state, LookUpPolicy lookUps, DateTimeOffset now) => (
        [.. PreapprovalDecider.RecordRefund(state!, command.MerchantTransactionId, command.Reading, command.From, lookUps, now)],
        [new Outgoing(command.Match, Id: command.Match.MessageId)]);

    public static (Events, OutgoingMessages) Handle(RecordDisputeNews command, Preapproval? state, DateTimeOffset now)
    {
        var (match, events) = (command.Match, PreapprovalDecider.RecordDispute(state!, command.MerchantTransactionId, command.Reading, LearntFrom.Notification, now));

        return ([.. events], [.. Aftermath.Of(match.Tenant, match.PreapprovalId, events), new Outgoing(match, Id: match.MessageId)]);
    }
}
