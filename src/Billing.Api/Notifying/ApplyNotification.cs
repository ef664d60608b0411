using Billing.Api.Charging;
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

/// <summary>Names the notification; what it says stays sealed.</summary>
public sealed record ApplyNotification(string Tenant, Guid NotificationId);

/// <summary>Never a row: applied in the commit that finishes <see cref="ApplyNotification"/>.</summary>
public sealed record RecordMandateNews(string Tenant, Guid PreapprovalId, MandateReading Reading, IReadOnlyList<Difference> Differences);

public sealed class ApplyNotificationHandler(
    NotificationLog log, StreamDirectory streams, EventStore.EventStore store, IPaymentGateway gateway, SiteRegister sites, TimeProvider clock, Settings settings, WireMoney money)
{
    public const string NotKnownYet = "not_known_yet";
    public const string NothingNew = "nothing_new";

    public async Task<HandlerResult> Handle(ApplyNotification command, Delivery delivery, CancellationToken ct)
    {
        if (await log.OpenAsync(command.Tenant, command.NotificationId, ct) is not { } body)
        {
            return new HandlerResult.Done();
        }

        return NotificationReader.Read(body, money) switch
        {
            GatewayNews.OfMandate news => await ApplyAsync(command, news.Mandate, ct),
            GatewayNews.OfPayment news => await ApplyAsync(command, news.Payment, delivery, ct),
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

        var news = new RecordMandateNews(command.Tenant, key.Id, reading, MandateDifferences.Between(command.Tenant, state, reading));
        var isNew = RecordMandateNewsHandler.Handle(news, state, sites, clock.GetUtcNow()).Count > 0;
        await log.MatchAsync(key, command.NotificationId, "Preapproval", reference, null, isNew ? null : NothingNew, ct);

        return isNew ? Apply(command, news) : new HandlerResult.Done();
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

        // What tells nothing new now never will: what is known only rises.
        var isNew = PreapprovalDecider.RecordOutcome(state, news, settings.LookUps, clock.GetUtcNow()).Length > 0;
        await log.MatchAsync(key, command.NotificationId, "Payment", id, reading.Gateway.NotifiedAt, isNew ? null : NothingNew, ct);

        return isNew ? Apply(command, new RecordOutcome(command.Tenant, key.Id, news)) : new HandlerResult.Done();
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

public static class RecordMandateNewsHandler
{
    public static Events Handle(RecordMandateNews command, Preapproval? state, SiteRegister sites, DateTimeOffset now) =>
        [.. PreapprovalDecider.RecordMandate(state!, command.Reading, command.Differences, LearntFrom.Notification, sites.TimeZoneOf(command.Tenant), now)];
}
