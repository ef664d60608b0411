using Billing.Api.Refunding;
using Billing.Api.Refunds;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Messaging;
using Npgsql;

namespace Billing.Api.Notifying;

/// <summary>Never a row: applied in the commit that finishes <see cref="ApplyNotification"/>.</summary>
public sealed record RecordRefundNews(MatchNotification Match, string MerchantTransactionId, RefundReading Reading);

/// <inheritdoc cref="RecordRefundNews"/>
public sealed record RecordDisputeNews(MatchNotification Match, string MerchantTransactionId, DisputeReading Reading);

/// <summary>Matches news of a refund or a dispute to its payment. A payment is known by the gateway's id alone there, which we may learn later: until then it is parked.</summary>
public sealed class RefundMail(NpgsqlDataSource books, RefundHistory refunds, EventStore.EventStore store, IPaymentGateway gateway, MessageBus bus)
{
    private const string Fitting =
        """
        select n.tenant_id, n.id
        from notifications n
        where n.status = 'parked' and n.reason = 'not_known_yet' and n.kind in ('Refund', 'Dispute')
            and exists (select from payment_history p where p.tenant_id = n.tenant_id and p.gateway_payment_id = case when n.kind in ('Refund', 'Dispute') then n.reference::bigint end)
        order by n.received_at
        limit 200
        """;

    public sealed record Verdict(object? News, MatchNotification? Match, string? ParkedBecause);

    public async Task<Verdict> FitAsync(ApplyNotification command, RefundReading reading, LookUpPolicy lookUps, DateTimeOffset now, CancellationToken ct)
    {
        if (await FindAsync(command.Tenant, reading.GatewayPaymentId!.Value, ct) is not var (state, charge))
        {
            return new Verdict(null, null, ApplyNotificationHandler.NotKnownYet);
        }

        if (PreapprovalDecider.RefundMismatch(charge, reading) is { } mismatch)
        {
            return new Verdict(null, null, mismatch);
        }

        var match = new MatchNotification(command.Tenant, command.NotificationId, state.Id, "Refund", reading.Reference, null);
        var isNews = PreapprovalDecider.RecordRefund(state, charge.Id.MerchantTransactionId, reading, LearntFrom.Notification, lookUps, now).Length > 0 || WantsRead(charge, reading);

        return new Verdict(isNews ? new RecordRefundNews(match, charge.Id.MerchantTransactionId, reading) : null, match, null);
    }

    public async Task<Verdict> FitAsync(ApplyNotification command, DisputeReading reading, DateTimeOffset now, CancellationToken ct)
    {
        if (await FindAsync(command.Tenant, reading.GatewayPaymentId, ct) is not var (state, charge))
        {
            return new Verdict(null, null, ApplyNotificationHandler.NotKnownYet);
        }

        var match = new MatchNotification(command.Tenant, command.NotificationId, state.Id, "Dispute", charge.Id.MerchantTransactionId, null);
        var isNews = PreapprovalDecider.RecordDispute(state, charge.Id.MerchantTransactionId, reading, LearntFrom.Notification, now).Length > 0;

        return new Verdict(isNews ? new RecordDisputeNews(match, charge.Id.MerchantTransactionId, reading) : null, match, null);
    }

    /// <summary>A payment that was refunded, in part or in full, has refunds that name how much: they are read before its status is believed.</summary>
    /// <returns>Null when its status tells of none, or the gateway could not be asked.</returns>
    public async Task<IReadOnlyList<RefundReading>?> ReadAsync(string tenant, ChargeNews news, CancellationToken ct) =>
        RefundedOf(news)?.Gateway.PaymentId is { } paymentId ? await gateway.ListRefundsAsync(tenant, paymentId, ct) : null;

    public static bool IsNews(RecordPaymentNews record, Preapproval state, LookUpPolicy lookUps, DateTimeOffset now) =>
        RecordNewsHandler.Handle(record, state, lookUps, now).Item1.Count > 0 || Unread(record).Any();

    /// <summary>What could not be read at once is read later: one more partial refund leaves the payment's status as it was, so that only its refunds can tell.</summary>
    public static IEnumerable<Outgoing> Unread(RecordPaymentNews record)
    {
        if (record.Refunds is null && RefundedOf(record.News) is { Gateway: var told })
        {
            var read = new ReadAfterwards(record.Match.Tenant, record.Match.PreapprovalId, record.News.MerchantTransactionId, $"{told.StatusId} {told.NotifiedAt}");
            yield return new Outgoing(read, Id: read.MessageId);
        }
    }

    private static PaymentReading? RefundedOf(ChargeNews news) =>
        news.Answer is ChargeAnswer.Told { Payment: { State: PaymentStatus.PartiallyRefunded or PaymentStatus.Refunded } payment } ? payment : null;

    /// <summary>Hands on what was parked and fits by now.</summary>
    public async Task<int> RunOnceAsync(CancellationToken ct)
    {
        var fitting = new List<Outgoing>();

        await using (var command = books.CreateCommand(Fitting))
        await using (var row = await command.ExecuteReaderAsync(ct))
        {
            while (await row.ReadAsync(ct))
            {
                fitting.Add(NotificationLog.Apply(row.GetString(0), row.GetGuid(1)));
            }
        }

        await bus.EnqueueAsync(fitting, null, new EventStore.Metadata(UserName: "notifications"), ct);

        return fitting.Count;
    }

    /// <summary>Without an amount, or with a status that we do not know, it is a hint: the payment's refunds are read.</summary>
    internal static bool WantsRead(Charge charge, RefundReading reading) =>
        reading.Status is RefundStatus.Unrecognised || (reading.Amount is null && charge.RefundOf(reading.RefundId, reading.Reference) is null);

    private async Task<(Preapproval State, Charge Charge)?> FindAsync(string tenant, int gatewayPaymentId, CancellationToken ct) =>
        await refunds.PaymentAsync(tenant, gatewayPaymentId, ct) is var (key, id) && (await store.AggregateAsync(key, ct: ct))?.State is Preapproval state ? (state, state.Charges[id]) : null;
}

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

    public static (Events, OutgoingMessages) Handle(RecordRefundNews command, Preapproval? state, LookUpPolicy lookUps, DateTimeOffset now)
    {
        var (match, reading) = (command.Match, command.Reading);
        var events = PreapprovalDecider.RecordRefund(state!, command.MerchantTransactionId, reading, LearntFrom.Notification, lookUps, now);
        var read = new ReadAfterwards(match.Tenant, match.PreapprovalId, command.MerchantTransactionId, $"refund {reading.RefundId} {reading.Gateway.StatusId}");

        return ([.. events], [
            .. RefundMail.WantsRead(state!.Charges[command.MerchantTransactionId], reading) ? [new Outgoing(read, Id: read.MessageId)] : Array.Empty<Outgoing>(),
            new Outgoing(match, Id: match.MessageId)]);
    }

    public static (Events, OutgoingMessages) Handle(RecordDisputeNews command, Preapproval? state, DateTimeOffset now)
    {
        var (match, events) = (command.Match, PreapprovalDecider.RecordDispute(state!, command.MerchantTransactionId, command.Reading, LearntFrom.Notification, now));

        return ([.. events], [.. Aftermath.Of(match.Tenant, match.PreapprovalId, events), new Outgoing(match, Id: match.MessageId)]);
    }
}
