using Billing.Domain.Explanations;
using Billing.Domain.Preapprovals;

namespace Billing.Domain.Tests.Explanations;

/// <summary>Example streams as explanations read them.</summary>
internal static class Timeline
{
    /// <summary>Each event caused by "storefront-30201".</summary>
    public static TimelineEvent[] Story(params PreapprovalEvent[] events) =>
        [.. events.Select((e, index) => new TimelineEvent(
            index + 1, StoredEvents.NameOf(e), e.HappenedAt, e.HappenedAt, "storefront-30201", e))];

    public static TimelineEvent[] Story(PreapprovalEvent[] events, params PreapprovalEvent[] more) =>
        Story([.. events, .. more]);
}
