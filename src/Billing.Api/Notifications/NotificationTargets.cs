using System.Globalization;
using Billing.Api.Charges;
using Billing.Api.Hosting.Sealing;
using Billing.Api.Hosting.Streams;
using Billing.Audit.Sealing;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using JasperFx.Events;
using Marten;

namespace Billing.Api.Notifications;

/// <summary>A preapproval that a notification may be about, read without a lock.</summary>
/// <param name="Charge">The charge that the notification is about, in full; null where it is about the mandate.</param>
public sealed record NotificationTarget(string Site, Preapproval State, Charge? Charge, IDocumentStore Store)
{
    /// <summary>Whether a rule would record anything by what is known now.</summary>
    public async Task<bool> WouldRecordAsync(NotificationRule rule, CancellationToken ct)
    {
        try
        {
            return rule(State).Count > 0;
        }
        catch (NeedsFullHistoryException)
        {
            await using var session = Store.QuerySession(Site);

            return rule((await PreapprovalStreams.FoldAsync(session, State.Id, ct))!).Count > 0;
        }
    }
}

/// <summary>The preapprovals and charges that a group of notifications names, found with a few queries.</summary>
public sealed class NotificationTargets
{
    private readonly Dictionary<string, Guid> byGatewayId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Guid> byMerchantId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Payment> byTransactionId = new(StringComparer.Ordinal);
    private readonly Dictionary<int, Payment> byGatewayPaymentId = [];
    private readonly Dictionary<Guid, Preapproval> states = [];
    private readonly Dictionary<Guid, IReadOnlyList<IEvent>> histories = [];
    private readonly IDocumentStore store;
    private readonly string site;

    private NotificationTargets(IDocumentStore store, string site) => (this.store, this.site) = (store, site);

    /// <summary>The ciphers of the streams; null where the person was forgotten.</summary>
    public IReadOnlyDictionary<Guid, StreamCipher?> Ciphers { get; private set; } =
        new Dictionary<Guid, StreamCipher?>();

    /// <summary>What an update names, also where they contradict each other; null: none here.</summary>
    public NotificationTarget? Of(GatewayUpdate update) => update switch
    {
        GatewayUpdate.OfMandate { Mandate: var mandate } => OfMandate(mandate),
        GatewayUpdate.OfPayment { Payment: var payment } => OfPayment(payment),
        _ => GatewayPaymentOf(update) is { } id ? OfGatewayPayment(id) : null,
    };

    public static async Task<NotificationTargets> FindAsync(
        IDocumentStore store, IQuerySession session, PersonalData personal, IReadOnlyCollection<GatewayUpdate> updates,
        CancellationToken ct)
    {
        var targets = new NotificationTargets(store, session.TenantId);
        var mandates = updates.OfType<GatewayUpdate.OfMandate>().Select(update => update.Mandate).ToArray();
        await targets.FindGuardsAsync(session, mandates, ct);
        await targets.FindPaymentsAsync(session, updates, ct);
        var ofMandates = mandates.Select(targets.StreamOf).OfType<Guid>().Distinct().ToArray();
        var ofPayments = targets.byTransactionId.Values.Concat(targets.byGatewayPaymentId.Values)
            .Select(payment => payment.PreapprovalId).Distinct().ToArray();
        targets.Ciphers = await personal.CiphersAsync(session, [.. ofMandates, .. ofPayments], ct);
        await targets.FetchAsync(session, ofMandates, ct);

        foreach (var state in ofPayments.Length == 0 ? [] : await session.LoadManyAsync<Preapproval>(ct, ofPayments))
        {
            targets.states[state.Id] = state;
        }

        return targets;
    }

    private async Task FindGuardsAsync(IQuerySession session, MandateSnapshot[] mandates, CancellationToken ct)
    {
        if (mandates.Length == 0)
        {
            return;
        }

        string[] gatewayIds = [.. mandates.Select(IdOf).Distinct()];
        string[] merchantIds = [.. mandates.Select(mandate => mandate.Terms.MerchantPreapprovalId).Distinct()];

        foreach (var guard in await session.LoadManyAsync<GatewayPreapprovalIdGuard>(ct, gatewayIds))
        {
            byGatewayId[guard.Id] = guard.PreapprovalId;
        }

        foreach (var guard in await session.LoadManyAsync<MerchantPreapprovalIdGuard>(ct, merchantIds))
        {
            byMerchantId[guard.Id] = guard.PreapprovalId;
        }
    }

    private async Task FindPaymentsAsync(
        IQuerySession session, IReadOnlyCollection<GatewayUpdate> updates, CancellationToken ct)
    {
        var payments = updates.OfType<GatewayUpdate.OfPayment>().Select(update => update.Payment);
        string[] ids = [.. payments.Select(payment => payment.MerchantTransactionId).OfType<string>().Distinct()];
        int?[] gatewayIds = [.. updates.Select(GatewayPaymentOf).Where(id => id is not null).Distinct()];

        foreach (var payment in ids.Length == 0 ? [] : await session.LoadManyAsync<Payment>(ct, ids))
        {
            byTransactionId[payment.Id] = payment;
        }

        var found = gatewayIds.Length == 0 ? [] : await session.Query<Payment>()
            .Where(payment => payment.GatewayPaymentId.IsOneOf(gatewayIds))
            .OrderBy(payment => payment.RequestedAt).ToListAsync(ct);

        foreach (var payment in found)
        {
            byGatewayPaymentId.TryAdd(payment.GatewayPaymentId!.Value, payment);
        }
    }

    private async Task FetchAsync(IQuerySession session, Guid[] ids, CancellationToken ct)
    {
        if (ids.Length == 0)
        {
            return;
        }

        var batch = session.CreateBatchQuery();
        var streams = ids.Select(id => batch.Events.FetchStream(id)).ToArray();
        await batch.Execute(ct);

        for (var i = 0; i < ids.Length; i++)
        {
            // The batch leaves out the events of archived streams.
            histories[ids[i]] = await streams[i] is { Count: > 0 } found
                ? found
                : await PreapprovalStreams.ReadAsync(session, ids[i], ct);
        }
    }

    // Differences are computed on opened values, which the snapshot does not hold.
    private Preapproval? FoldOpened(Guid id)
    {
        foreach (var @event in histories[id])
        {
            PersonalData.Open(Ciphers[id], (PreapprovalEvent)@event.Data);
        }

        return PreapprovalStreams.Fold(histories[id]);
    }

    // By the gateway's id, or else by the merchant's; with its personal data opened.
    private NotificationTarget? OfMandate(MandateSnapshot mandate) =>
        StreamOf(mandate) is { } id && FoldOpened(id) is { } state ? new(site, state, null, store) : null;

    // By the merchant's id; where it does not state one, by the gateway's.
    private NotificationTarget? OfPayment(PaymentSnapshot payment) => payment switch
    {
        { MerchantTransactionId: { } id } => Of(byTransactionId.GetValueOrDefault(id)),
        { Gateway.PaymentId: { } id } => OfGatewayPayment(id),
        _ => null,
    };

    private NotificationTarget? OfGatewayPayment(int paymentId) => Of(byGatewayPaymentId.GetValueOrDefault(paymentId));

    private Guid? StreamOf(MandateSnapshot mandate) =>
        byGatewayId.TryGetValue(IdOf(mandate), out var id)
        || byMerchantId.TryGetValue(mandate.Terms.MerchantPreapprovalId, out id)
            ? id
            : null;

    private NotificationTarget? Of(Payment? payment) =>
        payment is not null && states.TryGetValue(payment.PreapprovalId, out var state)
            ? new(site, state, payment.Charge, store)
            : null;

    private static string IdOf(MandateSnapshot mandate) =>
        mandate.Gateway.PreapprovalId.ToString(CultureInfo.InvariantCulture);

    private static int? GatewayPaymentOf(GatewayUpdate update) => update switch
    {
        GatewayUpdate.OfPayment { Payment: { MerchantTransactionId: null, Gateway.PaymentId: var id } } => id,
        GatewayUpdate.OfRefund { Refund.GatewayPaymentId: { } id } => id,
        GatewayUpdate.OfDispute { Dispute.GatewayPaymentId: var id } => id,
        _ => null,
    };
}
