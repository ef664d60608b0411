using Billing.Api.Charging;
using Billing.Api.Refunding;
using Billing.Api.Sites;
using Billing.Api.Subscriptions;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.EventStore;
using Billing.Gateway.Notifications;
using Billing.Gateway.Translation;
using Billing.Messaging;
using Difference = Billing.Domain.Preapprovals.Difference;

namespace Billing.Api.Notifying;

// Intake writes the raw body and this message, then answers 204. Here it is read, matched to its stream and applied by rank:
// whatever the order and number of deliveries, each fact is recorded once, and what is lower than we know changes nothing.
//
// News first, its body after: as long as it is not applied, the body's key stays under the master key, so that no forgetting and no crash
// can lose what was acknowledged. The commit that applies it sends MatchNotification, which moves the key under the stream's, or erases
// the body where the stream is forgotten. What tells nothing new has nothing to lose and is matched at once.

/// <summary>Names the notification; what it says stays sealed.</summary>
public sealed record ApplyNotification(string Tenant, Guid NotificationId);

/// <summary>It was applied to this stream: from now on its body is the stream's.</summary>
/// <param name="Reference">The merchant's id of the preapproval or payment.</param>
/// <param name="NotifiedAt">NotificationDateTime of a payment, fourteen digits.</param>
public sealed record MatchNotification(string Tenant, Guid NotificationId, Guid PreapprovalId, string Kind, string? Reference, string? NotifiedAt)
{
    public Guid MessageId => DerivedId.Of("match_notification", Tenant, $"{NotificationId:N}");
}

/// <summary>Never a row: applied in the commit that finishes <see cref="ApplyNotification"/>.</summary>
public sealed record RecordMandateNews(MatchNotification Match, MandateReading Reading, IReadOnlyList<Difference> Differences);

/// <inheritdoc cref="RecordMandateNews"/>
/// <param name="Refunds">The payment's refunds, read because its status tells of some; null: not read.</param>
public sealed record RecordPaymentNews(MatchNotification Match, ChargeNews News, IReadOnlyList<RefundReading>? Refunds = null);

public sealed class ApplyNotificationHandler(
    NotificationLog log, StreamDirectory streams, EventStore.EventStore store, IPaymentGateway gateway, SiteRegister sites, TimeProvider clock, Settings settings, WireMoney money,
    RefundMail refunds)
{
    public const string NotKnownYet = "not_known_yet";
    public const string NothingNew = "nothing_new";

    public async Task<HandlerResult> Handle(ApplyNotification command, Delivery delivery, CancellationToken ct)
    {
        if (await log.ReadAsync(command.Tenant, command.NotificationId, ct) is not { } body)
        {
            return new HandlerResult.Done();
        }

        return NotificationReader.Read(body, money) switch
        {
            GatewayNews.OfMandate news => await ApplyAsync(command, news.Mandate, ct),
            GatewayNews.OfPayment news => await ApplyAsync(command, news.Payment, delivery, ct),
            GatewayNews.OfRefund news => await ApplyAsync(
                command, "Refund", news.Refund.GatewayPaymentId!.Value, await refunds.FitAsync(command, news.Refund, settings.LookUps, clock.GetUtcNow(), ct), ct),
            GatewayNews.OfDispute news => await ApplyAsync(command, "Dispute", news.Dispute.GatewayPaymentId, await refunds.FitAsync(command, news.Dispute, clock.GetUtcNow(), ct), ct),
            GatewayNews.Other other => await SetAsideAsync(command, "kept", other.Root, "no rule acts on this kind", ct),
            GatewayNews.Unreadable unreadable => await SetAsideAsync(command, "unreadable", "unknown", unreadable.Reason, ct),
            _ => new HandlerResult.Done(),
        };
    }

    private async Task<HandlerResult> ApplyAsync(ApplyNotification command, MandateReading reading, CancellationToken ct)
    {
        var reference = reading.Terms.MerchantPreapprovalId;
        var stream = await streams.ByGatewayIdAsync(command.Tenant, reading.Gateway.PreapprovalId, ct)
            ?? await streams.ByMerchantPreapprovalIdAsync(command.Tenant, reference, ct);

        if (stream is not { } key || await store.AggregateAsync(key, unseal: true, ct: ct) is not { State: Preapproval state })
        {
            await log.ParkAsync(command.Tenant, command.NotificationId, "Preapproval", reference, reading.Gateway.PreapprovalId, NotKnownYet, ct);
            return new HandlerResult.Done();
        }

        if (state.Gateway is { } known && known.PreapprovalId != reading.Gateway.PreapprovalId)
        {
            await log.ParkAsync(command.Tenant, command.NotificationId, "Preapproval", reference, reading.Gateway.PreapprovalId, "mismatch_preapproval_id", ct);
            return new HandlerResult.Done();
        }

        var match = new MatchNotification(command.Tenant, command.NotificationId, key.Id, "Preapproval", reference, null);
        var news = new RecordMandateNews(match, reading, MandateDifferences.Between(command.Tenant, state, reading));

        return RecordNewsHandler.Handle(news, state, sites, clock.GetUtcNow()).Item1.Count > 0 ? Apply(command, news) : await NothingNewAsync(match, ct);
    }

    private async Task<HandlerResult> ApplyAsync(ApplyNotification command, PaymentReading reading, Delivery delivery, CancellationToken ct)
    {
        if (reading.MerchantTransactionId is not { } id
            || await streams.ByMerchantTransactionIdAsync(command.Tenant, id, ct) is not { } key
            || await store.AggregateAsync(key, ct: ct) is not { State: Preapproval state })
        {
            await log.ParkAsync(command.Tenant, command.NotificationId, "Payment", reading.MerchantTransactionId, reading.GatewayPreapprovalId, NotKnownYet, ct);
            return new HandlerResult.Done();
        }

        if (Mismatch(state, state.Charges[id], reading) is { } mismatch)
        {
            await log.ParkAsync(command.Tenant, command.NotificationId, "Payment", id, reading.GatewayPreapprovalId, mismatch, ct);
            return new HandlerResult.Done();
        }

        var news = reading.Amount is null
            ? new ChargeNews(id, await AskAsync(command.Tenant, state, state.Charges[id], ct), LearntFrom.LookUp, null, delivery.ClaimedAt)
            : new ChargeNews(id, new ChargeAnswer.Told(reading), LearntFrom.Notification, null, null);

        var match = new MatchNotification(command.Tenant, command.NotificationId, key.Id, "Payment", id, reading.Gateway.NotifiedAt);

        var record = new RecordPaymentNews(match, news, await refunds.ReadAsync(command.Tenant, news, ct));

        return RefundMail.IsNews(record, state, settings.LookUps, clock.GetUtcNow()) ? Apply(command, record) : await NothingNewAsync(match, ct);
    }

    private async Task<HandlerResult> ApplyAsync(ApplyNotification command, string kind, int gatewayPaymentId, RefundMail.Verdict verdict, CancellationToken ct)
    {
        if (verdict.ParkedBecause is { } reason)
        {
            await log.ParkAsync(command.Tenant, command.NotificationId, kind, $"{gatewayPaymentId}", null, reason, ct);
            return new HandlerResult.Done();
        }

        return verdict.News is { } news ? Apply(command, news) : await NothingNewAsync(verdict.Match!, ct);
    }

    // What tells nothing new now never will: what is known only rises.
    private async Task<HandlerResult> NothingNewAsync(MatchNotification match, CancellationToken ct)
    {
        await log.MatchAsync(match, NothingNew, ct);
        return new HandlerResult.Done();
    }

    // Null means "not said": without an amount and its currency a notification is a hint, and the gateway is asked.
    private async Task<ChargeAnswer> AskAsync(string tenant, Preapproval state, Charge charge, CancellationToken ct)
    {
        var order = new ChargeOrder(tenant, charge.Id.MerchantTransactionId, state.Gateway!.PreapprovalId, state.Terms.MethodId, charge.Amount, null, null);

        return await gateway.FindChargeAsync(order, ct) is ChargeAnswer.Told told ? told : new ChargeAnswer.Unknown("notified_without_amount");
    }

    // What does not say what was asked may not move money state: it is parked and shows.
    private static string? Mismatch(Preapproval state, Charge charge, PaymentReading reading) => reading switch
    {
        { Amount: { } amount } when amount != charge.Amount => "mismatch_amount",
        { GatewayPreapprovalId: { } id } when id != state.Gateway?.PreapprovalId => "mismatch_preapproval",
        { Gateway.PaymentId: { } id } when charge.Gateway?.PaymentId is { } known && known != id => "mismatch_payment_id",
        _ => null,
    };

    private async Task<HandlerResult> SetAsideAsync(ApplyNotification command, string status, string kind, string reason, CancellationToken ct)
    {
        await log.SetAsideAsync(command.Tenant, command.NotificationId, status, kind, reason, ct);
        return new HandlerResult.Done();
    }

    private static HandlerResult.Apply Apply(ApplyNotification command, object news) =>
        new(news, new Metadata(CausationId: $"{command.NotificationId}", UserName: "gateway"));
}

public static class RecordNewsHandler
{
    public static (Events, OutgoingMessages) Handle(RecordMandateNews command, Preapproval? state, SiteRegister sites, DateTimeOffset now)
    {
        var zone = sites.CalendarOf(command.Match.Tenant);

        return ([.. PreapprovalDecider.RecordMandate(state!, command.Reading, command.Differences, LearntFrom.Notification, zone, now)], [Matched(command.Match)]);
    }

    public static (Events, OutgoingMessages) Handle(RecordPaymentNews command, Preapproval? state, LookUpPolicy lookUps, DateTimeOffset now)
    {
        var (shown, after) = RefundNewsHandler.Shown(command, state!, lookUps, now);
        var (events, messages) = RecordOutcomeHandler.Handle(new RecordOutcome(command.Match.Tenant, command.Match.PreapprovalId, command.News), after, lookUps, now);

        return ([.. shown, .. events], [.. messages, .. RefundMail.Unread(command), Matched(command.Match)]);
    }

    private static Outgoing Matched(MatchNotification match) => new(match, Id: match.MessageId);
}

public sealed class MatchNotificationHandler(NotificationLog log)
{
    public async Task<HandlerResult> Handle(MatchNotification command, CancellationToken ct)
    {
        await log.MatchAsync(command, null, ct);
        return new HandlerResult.Done();
    }
}
