using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Marten.Subscriptions;

namespace Billing.Api.Reports;

/// <summary>Keeps the tables of the reports up to date on the node that runs the daemon.</summary>
/// <remarks>Like the transparency log it takes only the end of each page: PostgreSQL adds the events up.</remarks>
public sealed class ReportSubscription : SubscriptionBase
{
    private readonly ReportWriter writer;

    public ReportSubscription(ReportWriter writer)
    {
        this.writer = writer;
        Name = "reports";
        Options.BatchSize = ReportWriter.MostAtOnce;

        // An event of this type is never stored, so that no event is loaded.
        IncludeType<Never>();
    }

    // Committed before Marten's progress: a page that is given again adds nothing.
    public override async Task<IChangeListener> ProcessEventsAsync(
        EventRange page, ISubscriptionController controller, IDocumentOperations operations,
        CancellationToken cancellationToken)
    {
        await writer.AppendAsync(page.SequenceCeiling, cancellationToken);

        return NullChangeListener.Instance;
    }

    private sealed record Never;
}
