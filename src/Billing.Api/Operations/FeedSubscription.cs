using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Marten.Subscriptions;

namespace Billing.Api.Operations;

/// <summary>
/// Does nothing with events; its progress is the end of the feed. Events below it are complete: no commit can still add
/// one.
/// </summary>
public sealed class FeedSubscription : SubscriptionBase
{
    /// <summary>The row of mt_event_progression.</summary>
    public const string ProgressName = "feed:All";

    private FeedSubscription()
    {
        Name = "feed";
        Options.BatchSize = 5_000;

        // An event of this type is never stored, so that no event is read for nothing.
        IncludeType<Never>();
    }

    public static void Configure(StoreOptions options) => options.Projections.Subscribe(new FeedSubscription());

    public override Task<IChangeListener> ProcessEventsAsync(
        EventRange page, ISubscriptionController controller, IDocumentOperations operations,
        CancellationToken cancellationToken) =>
        Task.FromResult(NullChangeListener.Instance);

    private sealed record Never;
}
