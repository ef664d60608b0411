using System.Runtime.ExceptionServices;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Sealing;
using Billing.Api.Hosting.Streams;
using Billing.Audit.Sealing;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Gateway.Notifications;
using Billing.Gateway.Translation;
using Marten;

namespace Billing.Api.Notifications;

/// <summary>Matches each notification to its stream, asks the gateway where needed, and records what is new.</summary>
/// <remarks>
/// In any order and number of deliveries each fact is recorded once: the rules compare ranks under the stream's lock.
/// A notification is written in the transaction of its events. One that says nothing new needs no lock: it counts as
/// applied before whatever is written meanwhile. The gateway is called outside every transaction.
/// </remarks>
public sealed class NotificationApplier(
    IDocumentStore store, NotificationBodies bodies, PersonalData personal, MandateNotifications mandates,
    PaymentNotifications payments, RefundNotifications refunds, PreapprovalDecisions decisions,
    StreamDirectory directory, WireMoney money, TimeProvider realTime)
{
    /// <param name="isAgain">False: only what has never been applied.</param>
    /// <exception cref="Exception">One or more could not be applied; the others were.</exception>
    public async Task ApplyAsync(string site, IReadOnlyCollection<Guid> ids, bool isAgain, CancellationToken ct)
    {
        if (Worst(await TryApplyAsync(site, ids, isAgain, ct), ids) is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Of failures of these ids a transient one, where there is one; null where there are none.</summary>
    /// <remarks>Transient first: the message is then delivered again, and finds fewer that fail.</remarks>
    public static Exception? Worst(IReadOnlyDictionary<Guid, Exception> failures, IEnumerable<Guid> ids) =>
        ids.Select(id => failures.GetValueOrDefault(id)).OfType<Exception>()
            .OrderByDescending(DatabaseErrors.IsTransient).FirstOrDefault();

    /// <param name="isAgain">False: only what has never been applied.</param>
    /// <returns>Why some could not be applied, by their ids; the others were.</returns>
    public async Task<IReadOnlyDictionary<Guid, Exception>> TryApplyAsync(
        string site, IReadOnlyCollection<Guid> ids, bool isAgain, CancellationToken ct)
    {
        await using var session = store.LightweightSession(site);
        var read = await ReadAsync(session, ids, isAgain, ct);
        var updates = read.Select(one => one.Update).ToArray();
        var targets = await NotificationTargets.FindAsync(store, session, personal, updates, ct);
        var versions = await directory.VersionsAsync(site, [.. targets.Ciphers.Keys]);
        var results = await Task.WhenAll(
            read.Select(one => ApplyAsync(site, one.Notification, one.Update, targets, versions, ct)));
        var unlocked = results.Select(result => result.Unlocked).OfType<Notification>().ToArray();

        foreach (var notification in unlocked)
        {
            Write(session, notification);
        }

        if (unlocked.Length > 0)
        {
            await session.SaveChangesAsync(ct);
        }

        return read.Zip(results).Where(one => one.Second.Failure is not null)
            .ToDictionary(one => one.First.Notification.Id, one => one.Second.Failure!);
    }

    private async Task<IReadOnlyList<(Notification Notification, GatewayUpdate Update)>> ReadAsync(
        IQuerySession session, IReadOnlyCollection<Guid> ids, bool isAgain, CancellationToken ct)
    {
        var notifications = (await session.LoadManyAsync<Notification>(ct, [.. ids.Distinct()]))
            .Where(one => one.Body is not null && (isAgain || one.Status == Notification.Received)).ToArray();
        var matched = notifications.Select(one => one.PreapprovalId).OfType<Guid>().Distinct().ToArray();
        var ciphers = matched.Length == 0 ? null : await personal.CiphersAsync(session, matched, ct);

        return [.. notifications.Select(one => (one, Read(session.TenantId, one, ciphers)))];
    }

    private GatewayUpdate Read(
        string site, Notification notification, IReadOnlyDictionary<Guid, StreamCipher?>? ciphers)
    {
        var cipher = notification.PreapprovalId is { } id ? ciphers?.GetValueOrDefault(id) : null;

        return bodies.Open(site, notification, cipher) is { } content
            ? NotificationReader.Read(content.Utf8, money)
            : new GatewayUpdate.Unreadable("Its stored body cannot be decrypted.");
    }

    /// <returns>Unlocked: what is still to be written, in no transaction of a stream.</returns>
    private async Task<(Notification? Unlocked, Exception? Failure)> ApplyAsync(
        string site, Notification notification, GatewayUpdate update, NotificationTargets targets,
        IReadOnlyDictionary<Guid, long> versions, CancellationToken ct)
    {
        try
        {
            var target = targets.Of(update);

            // Only ids of our own records: what the body says may be anything.
            using var span = BillingTracing.Start(
                "apply", site, target?.State.Id, target?.Charge?.Id.MerchantTransactionId);
            span?.SetTag(BillingTracing.NotificationId, $"{notification.Id}");

            switch (await PlanAsync(site, update, target, ct))
            {
                case NotificationPlan.Record { Still: null } known
                    when NeedsNoLock(known, target!.State, targets, versions):
                    return (Matched(site, notification, known, target.State, isApplied: false, targets), null);
                case NotificationPlan.Record record:
                    await RecordAsync(site, notification, record, targets);
                    return default;

                // What another delivery has matched stays so.
                case NotificationPlan plan when notification.PreapprovalId is not null:
                    return (notification.AskAgainAt is null ? null : notification with { AskAgainAt = null }, null);
                case NotificationPlan.Park park:
                    return (Parked(notification, park, target?.State), null);
                case NotificationPlan.SetAside aside:
                    return (notification.SetAside(aside.Status, aside.Kind, aside.Reason), null);
                case var other:
                    throw new InvalidOperationException($"{other.GetType().Name} is no plan.");
            }
        }
#pragma warning disable CA1031 // The others of the group are applied whatever one throws; ApplyAsync throws at the end.
        catch (Exception failure) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return (null, failure);
        }
    }

    private Task<NotificationPlan> PlanAsync(
        string site, GatewayUpdate update, NotificationTarget? target, CancellationToken ct) => update switch
        {
            GatewayUpdate.OfMandate { Mandate: var mandate } => mandates.PlanAsync(site, mandate, target, ct),
            GatewayUpdate.OfPayment { Payment: var payment } => payments.PlanAsync(site, payment, target, ct),
            GatewayUpdate.OfRefund { Refund: var refund } => refunds.PlanAsync(site, refund, target, ct),
            GatewayUpdate.OfDispute { Dispute: var dispute } => refunds.PlanAsync(site, dispute, target, ct),
            GatewayUpdate.Unreadable { Reason: var reason } => Aside(Notification.Unreadable, "unknown", reason),
            GatewayUpdate.Other { Root: var root } => Aside(Notification.Kept, root, "no rule acts on this kind"),
            _ => throw new InvalidOperationException($"{update.GetType().Name} is no update."),
        };

    // The rule is applied to the locked state, and the notification is written with what it decides.
    private Task RecordAsync(
        string site, Notification notification, NotificationPlan.Record record, NotificationTargets targets) =>
        decisions.DecideAsync(
            site, record.PreapprovalId, new EventSource("gateway", $"{notification.Id}"), state => record.Rule(state!),
            "apply_notification",
            (session, decided) =>
            {
                var isApplied = decided.Events.Count > 0;

                if (record.Still is { } park)
                {
                    Write(session, notification.PreapprovalId is null
                        ? Parked(notification, park, decided.State)
                        : notification with { AskAgainAt = null });
                    return;
                }

                Write(session, Matched(site, notification, record, decided.State!, isApplied, targets));
            });

    private Notification Matched(
        string site, Notification notification, NotificationPlan.Record record, Preapproval state, bool isApplied,
        NotificationTargets targets)
    {
        var matched = notification.Match(record.Subject, record.PreapprovalId, isApplied, record.NothingNewAs);

        return state.IsForgotten
            ? matched with { Body = null }
            : bodies.MoveTo(targets.Ciphers.GetValueOrDefault(record.PreapprovalId), site, matched);
    }

    // A snapshot that is not of its stream's version, a body that no data key can take, and a rule that needs more than
    // the snapshot want the locked stream.
    private static bool NeedsNoLock(
        NotificationPlan.Record record, Preapproval state, NotificationTargets targets,
        IReadOnlyDictionary<Guid, long> versions)
    {
        if (targets.Ciphers.GetValueOrDefault(state.Id) is null
            || versions.GetValueOrDefault(state.Id) != state.Version)
        {
            return false;
        }

        try
        {
            return record.Rule(state).Count == 0;
        }
        catch (NeedsFullHistoryException)
        {
            return false;
        }
    }

    // The body of a forgotten person's notification is kept only until the notification is settled.
    private Notification Parked(Notification notification, NotificationPlan.Park park, Preapproval? named)
    {
        var parked = park.Apply(notification, realTime.GetUtcNow()) with { NamedPreapprovalId = named?.Id };

        return named is { IsForgotten: true } && parked.AskAgainAt is null ? parked with { Body = null } : parked;
    }

    // Where another delivery has written this version already, its result is kept.
    private static void Write(IDocumentSession session, Notification notification) =>
        session.TryUpdateRevision(notification, notification.Version + 1);

    private static Task<NotificationPlan> Aside(string status, string kind, string reason) =>
        Task.FromResult<NotificationPlan>(new NotificationPlan.SetAside(status, kind, reason));
}
