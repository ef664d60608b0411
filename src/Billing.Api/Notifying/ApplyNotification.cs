using Billing.Api.Charging;
using Billing.Api.Sites;
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
/// <param name="GatewayId">The gateway's own id of what it tells of.</param>
/// <param name="Outcome">Where it told nothing new: duplicate, stale or unrecognised.</param>
public sealed record MatchNotification(
    string Tenant, Guid NotificationId, Guid PreapprovalId, string Kind, string? Reference, string? NotifiedAt, long? GatewayId = null, string? Outcome = null)
{
    public Guid MessageId => DerivedId.Of("match_notification", Tenant, $"{NotificationId:N}");
}

/// <summary>Never a row: applied in the commit that finishes <see cref="ApplyNotification"/>.</summary>
public sealed record RecordMandateNews(MatchNotification Match, MandateReading Reading, IReadOnlyList<Difference> Differences);

/// <inheritdoc cref="RecordMandateNews"/>
/// <param name="Refunds">The payment's refunds, read because its status tells of some; null: not read.</param>
public sealed record RecordPaymentNews(MatchNotification Match, ChargeNews News, IReadOnlyList<RefundReading>? Refunds = null);

public sealed class ApplyNotificationHandler(
    NotificationLog log, NotifiedStreams streams, Confirmation confirmation, RefundMail refunds, SiteRegister sites, TimeProvider clock, Settings settings, WireMoney money)
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
            GatewayNews.OfMandate news => await ApplyAsync(command, news.Mandate, delivery, ct),
            GatewayNews.OfPayment news => await ApplyAsync(command, news.Payment, delivery, ct),
            GatewayNews.OfRefund news => await refunds.ApplyAsync(command, news.Refund, delivery, ct),
            GatewayNews.OfDispute news => await refunds.ApplyAsync(command, news.Dispute, delivery, ct),
            GatewayNews.Other other => await SetAsideAsync(command, "kept", other.Root, "no rule acts on this kind", ct),
            GatewayNews.Unreadable unreadable => await SetAsideAsync(command, "unreadable", "unknown", unreadable.Reason, ct),
            _ => new HandlerResult.Done(),
        };
    }

    private async Task<HandlerResult> ApplyAsync(ApplyNotification command, MandateReading reading, Delivery delivery, CancellationToken ct)
    {
        var (id, reference) = (reading.Gateway.PreapprovalId, reading.Terms.MerchantPreapprovalId);

        if (await streams.OfPreapprovalAsync(command.Tenant, id, reference, ct) is not var (key, state))
        {
            return await ParkAsync(command, "Preapproval", reference, id, NotKnownYet, id, ct);
        }

        if (state.Gateway is { } known && known.PreapprovalId != id)
        {
            return await ParkAsync(command, "Preapproval", reference, id, "mismatch_preapproval_id", id, ct);
        }

        var match = new MatchNotification(command.Tenant, command.NotificationId, key.Id, "Preapproval", reference, null, id, Doubt.OutcomeOf(state.Status, reading));

        if (confirmation.IsWantedForMandates && Tells(News(match, state, reading), state))
        {
            var (truth, doubt) = await confirmation.AskAsync(command.Tenant, state, reading, delivery, ct);

            if (doubt is not null)
            {
                await log.ParkAsync(command.Tenant, command.NotificationId, "Preapproval", reference, id, doubt, doubt == Doubt.NotAsked ? null : Doubt.Ends, ct);
                return new HandlerResult.Done();
            }

            reading = truth!;
        }

        var news = News(match, state, reading);

        return Tells(news, state) ? Apply(command, news) : await NothingNewAsync(match, ct);
    }

    private async Task<HandlerResult> ApplyAsync(ApplyNotification command, PaymentReading reading, Delivery delivery, CancellationToken ct)
    {
        if (reading.MerchantTransactionId is not { } id || await streams.OfPaymentAsync(command.Tenant, id, ct) is not var (key, state))
        {
            return await ParkAsync(command, "Payment", reading.MerchantTransactionId, reading.GatewayPreapprovalId, NotKnownYet, reading.Gateway.PaymentId, ct);
        }

        var charge = state.Charges[id];

        if (Mismatch(state, charge, reading) is { } mismatch)
        {
            return await ParkAsync(command, "Payment", id, reading.GatewayPreapprovalId, mismatch, reading.Gateway.PaymentId, ct);
        }

        var match = new MatchNotification(command.Tenant, command.NotificationId, key.Id, "Payment", id, reading.Gateway.NotifiedAt, reading.Gateway.PaymentId, Doubt.OutcomeOf(charge, reading));
        var news = new ChargeNews(id, new ChargeAnswer.Told(reading), LearntFrom.Notification, null, null);

        if (!Tells(news, state))
        {
            return await refunds.ReadAsync(match, news, state, delivery, ct) is { } record ? Apply(command, record) : await NothingNewAsync(match, ct);
        }

        if (confirmation.IsWantedFor(reading))
        {
            var (truth, doubt) = await confirmation.AskAsync(command.Tenant, state, charge, reading, delivery, ct);
            var from = reading.Amount is not null && truth?.Payment.State == reading.State ? LearntFrom.Notification : LearntFrom.LookUp;
            var asked = truth is null ? null : news with { Answer = truth, From = from, AskedAt = delivery.ClaimedAt };

            if (doubt is not null)
            {
                await log.ParkAsync(command.Tenant, command.NotificationId, "Payment", id, reading.Gateway.PaymentId, doubt, doubt == Doubt.NotAsked ? null : Doubt.Ends, ct);

                // It says less than the notification, and may be more than we know.
                return asked is not null && Tells(asked, state) ? Apply(command, new RecordOutcome(command.Tenant, key.Id, asked)) : new HandlerResult.Done();
            }

            news = asked!;
        }

        return Tells(news, state)
            ? Apply(command, await refunds.ReadAsync(match, news, state, delivery, ct) ?? new RecordPaymentNews(match, news))
            : await NothingNewAsync(match, ct);
    }

    private static RecordMandateNews News(MatchNotification match, Preapproval state, MandateReading reading) =>
        new(match, reading, MandateDifferences.Between(match.Tenant, state, reading));

    private bool Tells(RecordMandateNews news, Preapproval state) => RecordNewsHandler.Handle(news, state, sites, clock.GetUtcNow()).Item1.Count > 0;

    private bool Tells(ChargeNews news, Preapproval state) => PreapprovalDecider.RecordOutcome(state, news, settings.LookUps, clock.GetUtcNow()).Length > 0;

    private async Task<HandlerResult> ParkAsync(ApplyNotification command, string kind, string? reference, long? gatewayPreapprovalId, string reason, long? gatewayId, CancellationToken ct)
    {
        await log.ParkAsync(command.Tenant, command.NotificationId, kind, reference, gatewayPreapprovalId, reason, ct, gatewayId);
        return new HandlerResult.Done();
    }

    // What tells nothing new now never will: what is known only rises.
    private async Task<HandlerResult> NothingNewAsync(MatchNotification match, CancellationToken ct)
    {
        await log.MatchAsync(match, NothingNew, ct);
        return new HandlerResult.Done();
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

    internal static HandlerResult.Apply Apply(ApplyNotification command, object news) =>
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
