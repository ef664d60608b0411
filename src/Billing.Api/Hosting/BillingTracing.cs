using System.Diagnostics;
using Billing.Domain.Preapprovals;

namespace Billing.Api.Hosting;

/// <summary>The service's own spans. Their attributes are ids and outcomes: never a person, a key or a body.</summary>
/// <remarks>
/// The gateway sends no trace context with a notification, so a charge and its notification are two traces: both have
/// spans with the charge's <see cref="MerchantTransactionId"/>.
/// </remarks>
public static class BillingTracing
{
    public const string Name = "Billing";

    public const string SiteId = "billing.site_id";
    public const string SubscriptionId = "billing.subscription_id";
    public const string MerchantTransactionId = "billing.merchant_transaction_id";
    public const string GatewayPaymentId = "billing.gateway_payment_id";
    public const string NotificationId = "billing.notification_id";

    /// <summary>How many charges a page has decided.</summary>
    public const string Charges = "billing.charges";

    /// <summary>What became of a call, a decision or a notification, in snake_case.</summary>
    public const string Outcome = "billing.outcome";

    /// <summary>The stored names of the events that a decision has recorded.</summary>
    public const string Events = "billing.events";

    private static readonly ActivitySource Source = new(Name);

    /// <returns>Null while no exporter is configured.</returns>
    public static Activity? Start(string name, string site, Guid? subscription = null, string? transaction = null) =>
        Source.StartActivity(name)?.SetTag(SiteId, site).SetTag(SubscriptionId, subscription?.ToString())
            .SetTag(MerchantTransactionId, transaction);

    /// <summary>A span for one call to the gateway, or for the look-up of its outcome.</summary>
    /// <param name="key">MerchantTransactionID of a charge or refund; of the mandate it is not one.</param>
    public static Activity? Start(
        string verb, string site, OutboundOperation operation, string key, Guid? subscription = null)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var hasTransaction = operation is OutboundOperation.Charge or OutboundOperation.Refund;

        return Start(
            $"{verb} {operation.ToString().ToLowerInvariant()}", site,
            subscription ?? (!hasTransaction && Guid.TryParse(key, out var id) ? id : null),
            hasTransaction ? key : null);
    }

    /// <summary>A span for work that callers share: a trace of its own, with a link to the span of each.</summary>
    /// <param name="callers">As <see cref="Caller"/> gave them.</param>
    public static Activity? StartShared(string name, IEnumerable<ActivityContext> callers) =>
        Source.HasListeners()
            ? Source.StartActivity(
                name, ActivityKind.Internal, parentContext: default,
                links: callers.Where(caller => caller != default).Select(caller => new ActivityLink(caller)))
            : null;

    /// <summary>The span of the caller, for <see cref="StartShared"/>.</summary>
    public static ActivityContext Caller =>
        Source.HasListeners() && Activity.Current is { } current ? current.Context : default;

    /// <summary>Adds what was recorded.</summary>
    public static void Record(Activity? span, IReadOnlyList<PreapprovalEvent> events)
    {
        if (span is null || events.Count == 0)
        {
            return;
        }

        span.SetTag(Events, events.Select(StoredEvents.NameOf).ToArray());

        if (events.OfType<IChargeEvent>().FirstOrDefault() is { } about)
        {
            span.SetTag(MerchantTransactionId, about.Charge.MerchantTransactionId);
        }

        if (events.OfType<PaymentEvent>().LastOrDefault()?.Gateway?.PaymentId is { } payment)
        {
            span.SetTag(GatewayPaymentId, payment);
        }
    }
}
