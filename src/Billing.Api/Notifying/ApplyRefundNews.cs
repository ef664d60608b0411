using Billing.Api.Refunding;
using Billing.Api.Refunds;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Messaging;
using Npgsql;

namespace Billing.Api.Notifying;

/// <summary>News of a refund or a dispute, matched to its payment. A payment is known by the gateway's id alone there, which we may learn later: until then it is parked.</summary>
public sealed class RefundMail(
    NpgsqlDataSource books, NotificationLog log, RefundHistory refunds, EventStore.EventStore store, IPaymentGateway gateway, Confirmation confirmation, MessageBus bus, TimeProvider clock, Settings settings)
{
    // `limit 1` keeps it a look-up for each that is parked: as an `exists` it was planned as a walk through all payments, twenty times a second.
    private const string Fitting =
        """
        select n.tenant_id, n.id
        from notifications n
        cross join lateral (
            select from payment_history p
            where p.tenant_id = n.tenant_id and p.gateway_payment_id = case when n.kind in ('Refund', 'Dispute') then n.reference::bigint end
            limit 1) known
        where n.status = 'parked' and n.reason = 'not_known_yet' and n.kind in ('Refund', 'Dispute')
        order by n.received_at
        limit 200
        """;

    public async Task<HandlerResult> ApplyAsync(ApplyNotification command, RefundReading reading, Delivery delivery, CancellationToken ct)
    {
        var paymentId = reading.GatewayPaymentId!.Value;

        if (await FindAsync(command.Tenant, paymentId, ct) is not var (state, charge))
        {
            return await ParkAsync(command, "Refund", paymentId, reading.RefundId, ApplyNotificationHandler.NotKnownYet, ct);
        }

        if (PreapprovalDecider.RefundMismatch(charge, reading) is { } mismatch)
        {
            return await ParkAsync(command, "Refund", paymentId, reading.RefundId, mismatch, ct);
        }

        var known = charge.RefundOf(reading.RefundId, reading.Reference);
        var match = new MatchNotification(command.Tenant, command.NotificationId, state.Id, "Refund", $"{paymentId}", null, reading.RefundId, OutcomeOf(known, reading));
        var from = LearntFrom.Notification;

        // What tells nothing new is not asked about; what has no amount might.
        if (!Tells(reading) && reading is { Amount: not null, Status: not RefundStatus.Unrecognised })
        {
            return await NothingNewAsync(match, ct);
        }

        if (confirmation.IsWantedFor(reading))
        {
            var listed = await ListAsync(command.Tenant, paymentId, delivery, ct);
            var truth = listed?.FirstOrDefault(one => one.RefundId == reading.RefundId);
            var doubt = listed is null ? Doubt.NotAsked : truth is null ? Doubt.NotFound : truth.Status < reading.Status ? Doubt.SaysLess : null;

            if (doubt is not null)
            {
                return await DoubtAsync(command, "Refund", paymentId, reading.RefundId, doubt, ct);
            }

            (from, reading) = (truth!.Status == reading.Status && reading.Amount is not null ? from : LearntFrom.LookUp, truth with { GatewayPaymentId = paymentId });
        }

        return Tells(reading) ? ApplyNotificationHandler.Apply(command, new RecordRefundNews(match, charge.Id.MerchantTransactionId, reading, from)) : await NothingNewAsync(match, ct);

        bool Tells(RefundReading shown) => PreapprovalDecider.RecordRefund(state, charge.Id.MerchantTransactionId, shown, from, settings.LookUps, clock.GetUtcNow()).Length > 0;
    }

    public async Task<HandlerResult> ApplyAsync(ApplyNotification command, DisputeReading reading, Delivery delivery, CancellationToken ct)
    {
        if (await FindAsync(command.Tenant, reading.GatewayPaymentId, ct) is not var (state, charge))
        {
            return await ParkAsync(command, "Dispute", reading.GatewayPaymentId, reading.DisputeId, ApplyNotificationHandler.NotKnownYet, ct);
        }

        var outcome = reading.Status is PaymentStatus.Unrecognised ? "unrecognised" : "duplicate";
        var match = new MatchNotification(command.Tenant, command.NotificationId, state.Id, "Dispute", $"{reading.GatewayPaymentId}", null, reading.DisputeId, outcome);

        if (PreapprovalDecider.RecordDispute(state, charge.Id.MerchantTransactionId, reading, LearntFrom.Notification, clock.GetUtcNow()).Length == 0)
        {
            return await NothingNewAsync(match, ct);
        }

        // There is no reading a dispute: its payment must show that something came after its success.
        if (confirmation.IsWantedForDisputes && await DoubtOfAsync(command.Tenant, state, charge, delivery, ct) is { } doubt)
        {
            return await DoubtAsync(command, "Dispute", reading.GatewayPaymentId, reading.DisputeId, doubt, ct);
        }

        return ApplyNotificationHandler.Apply(command, new RecordDisputeNews(match, charge.Id.MerchantTransactionId, reading));
    }

    /// <summary>A payment that was refunded, in part or in full, has refunds that name how much: they are read before its status is written down.</summary>
    /// <returns>Null when its status tells of none, or they tell nothing that is not known.</returns>
    public async Task<RecordPaymentNews?> ReadAsync(MatchNotification match, ChargeNews news, Preapproval state, Delivery delivery, CancellationToken ct)
    {
        var charge = state.Charges[news.MerchantTransactionId];

        if (RefundedOf(news) is not { Gateway.PaymentId: { } paymentId } payment || (payment.State is PaymentStatus.Refunded && charge.Standing is PaymentStatus.Refunded))
        {
            return null;
        }

        var record = new RecordPaymentNews(match, news, await ListAsync(match.Tenant, paymentId, delivery, ct));

        return RecordNewsHandler.Handle(record, state, settings.LookUps, clock.GetUtcNow()).Item1.Count > 0 || Unread(record).Any() ? record : null;
    }

    /// <summary>What could not be read at once is read later: one more partial refund leaves the payment's status as it was, so that only its refunds can tell.</summary>
    public static IEnumerable<Outgoing> Unread(RecordPaymentNews record)
    {
        if (record.Refunds is null && RefundedOf(record.News) is { Gateway: var told })
        {
            var read = new ReadAfterwards(record.Match.Tenant, record.Match.PreapprovalId, record.News.MerchantTransactionId, $"{told.StatusId} {told.NotifiedAt}");
            yield return new Outgoing(read, Id: read.MessageId);
        }
    }

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

    private async Task<IReadOnlyList<RefundReading>?> ListAsync(string tenant, int paymentId, Delivery delivery, CancellationToken ct) =>
        (await Confirmation.InTimeAsync(async patience => new Listed(await gateway.ListRefundsAsync(tenant, paymentId, patience)), delivery, ct))?.Refunds;

    private async Task<string?> DoubtOfAsync(string tenant, Preapproval state, Charge charge, Delivery delivery, CancellationToken ct)
    {
        var order = new ChargeOrder(tenant, charge.Id.MerchantTransactionId, state.Gateway!.PreapprovalId, state.Terms.MethodId, charge.Amount, null, null);

        return await Confirmation.InTimeAsync(patience => gateway.FindChargeAsync(order, patience), delivery, ct) switch
        {
            ChargeAnswer.Told { Payment.State: > PaymentStatus.Charged } => null,
            ChargeAnswer.Told => Doubt.SaysLess,
            ChargeAnswer.NotFound => Doubt.NotFound,
            _ => Doubt.NotAsked,
        };
    }

    private static PaymentReading? RefundedOf(ChargeNews news) =>
        news.Answer is ChargeAnswer.Told { Payment: { State: PaymentStatus.PartiallyRefunded or PaymentStatus.Refunded } payment } ? payment : null;

    private static string OutcomeOf(Refund? known, RefundReading reading) => (reading.Status, known?.State) switch
    {
        (RefundStatus.Unrecognised, _) => "unrecognised",
        (RefundStatus.Pending, > RefundState.Pending) or (RefundStatus.Failed, RefundState.Refunded) => "stale",
        _ => "duplicate",
    };

    private async Task<HandlerResult> ParkAsync(ApplyNotification command, string kind, int paymentId, int gatewayId, string reason, CancellationToken ct)
    {
        await log.ParkAsync(command.Tenant, command.NotificationId, kind, $"{paymentId}", null, reason, ct, gatewayId);
        return new HandlerResult.Done();
    }

    private async Task<HandlerResult> DoubtAsync(ApplyNotification command, string kind, int paymentId, int gatewayId, string doubt, CancellationToken ct)
    {
        await log.ParkAsync(command.Tenant, command.NotificationId, kind, $"{paymentId}", gatewayId, doubt, doubt == Doubt.NotAsked ? null : Doubt.Ends, ct);
        return new HandlerResult.Done();
    }

    private async Task<HandlerResult> NothingNewAsync(MatchNotification match, CancellationToken ct)
    {
        await log.MatchAsync(match, ApplyNotificationHandler.NothingNew, ct);
        return new HandlerResult.Done();
    }

    private async Task<(Preapproval State, Charge Charge)?> FindAsync(string tenant, int gatewayPaymentId, CancellationToken ct) =>
        await refunds.PaymentAsync(tenant, gatewayPaymentId, ct) is var (key, id) && (await store.AggregateAsync(key, ct: ct))?.State is Preapproval state ? (state, state.Charges[id]) : null;

    private sealed record Listed(IReadOnlyList<RefundReading>? Refunds);
}
