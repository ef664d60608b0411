using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Marten.Subscriptions;

namespace Billing.Api.Operations.TransparencyLog;

/// <summary>Writes the transparency log on the node that runs the daemon.</summary>
/// <remarks>
/// It takes only the end of each page: no commit can still add an event below it. The events themselves are not loaded,
/// PostgreSQL reads and hashes them.
/// </remarks>
public sealed class LogSubscription : SubscriptionBase
{
    /// <summary>The row of mt_event_progression.</summary>
    public const string ProgressName = "log:All";

    private readonly LogWriter log;

    public LogSubscription(LogWriter log)
    {
        this.log = log;
        Name = "log";

        // An event of this type is never stored, so that no event is loaded.
        IncludeType<Never>();
    }

    // The entries are committed before Marten's progress. After a crash between the two the page is given again, and
    // adds nothing: the log continues after its own last entry.
    public override async Task<IChangeListener> ProcessEventsAsync(
        EventRange page, ISubscriptionController controller, IDocumentOperations operations,
        CancellationToken cancellationToken)
    {
        await log.AppendAsync(page.SequenceCeiling, cancellationToken);

        return NullChangeListener.Instance;
    }

    private sealed record Never;
}
