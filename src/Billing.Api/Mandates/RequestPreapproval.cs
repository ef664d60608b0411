using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Streams;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using Marten;

namespace Billing.Api.Mandates;

/// <summary>Begins a preapproval: the intent to create it at the gateway. In memory only, because it holds personal data.</summary>
/// <param name="Also">Writes further documents in the same transaction.</param>
public sealed record RequestPreapproval(
    Guid PreapprovalId, MandateTerms Terms, MandatePersonal Personal, ScheduleTerms? Schedule, int? StatedSiteId, DateTimeOffset WindowStart,
    EventSource Source, Action<IDocumentSession>? Also = null);

public static class RequestPreapprovalHandler
{
    public static Decided Handle(
        RequestPreapproval command, IDocumentSession session, PreapprovalStreams streams, BusinessClock clock, Failpoints failpoints)
    {
        var events = PreapprovalDecider.Request(
            null, command.PreapprovalId, command.Terms, Unsealed(command.Personal), command.Schedule, command.StatedSiteId,
            clock.GetUtcNow(), command.WindowStart);
        streams.Start(session, command.PreapprovalId, events, command.Source);
        command.Also?.Invoke(session);
        failpoints.Reach("request_create:committing");

        return new Decided(null, events, events.Length);
    }

    // When the command is handled again, its stream gets another data key, and what was sealed before is not of that key.
    private static MandatePersonal Unsealed(MandatePersonal personal) => new(
        personal.Customer?.Value, personal.BillingAddress?.Value, personal.ReturnUrl?.Value, personal.RedirectUrl?.Value,
        personal.MandateReference?.Value, personal.Details?.Value);
}
