using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Outbound;
using Billing.Api.Hosting.Streams;
using Billing.Domain.Preapprovals;
using Billing.Domain.Profiles;
using Marten;
using Npgsql;
using Wolverine;

namespace Billing.Api.Charges;

/// <summary>Decides the oldest due dates of a site in one commit. In memory only.</summary>
/// <param name="Permits">The most charges that may be decided: as many as have a free call and a permit.</param>
/// <param name="Page">The page for which calls are reserved.</param>
/// <param name="Only">Decides no others; null: whatever is due.</param>
public sealed record SweepSite(Guid Page, int Permits, IReadOnlyCollection<Guid>? Only = null)
{
    /// <summary>What the handler has claimed: what is to be divided when it fails.</summary>
    public IReadOnlyList<Guid> Claimed { get; set; } = [];
}

/// <param name="Claimed">How many preapprovals were due, free, and decided.</param>
/// <param name="Requested">How many charges were decided; each is sent by <see cref="SubmitCharges"/>.</param>
/// <param name="AreOthersHeld">None was free, and others are due that another transaction has locked.</param>
public sealed record SweptSite(int Claimed, int Requested, bool AreOthersHeld = false);

public static partial class SweepSiteHandler
{
    private static readonly EventSource Source = new("sweep");

    public static async Task<(SweptSite, OutgoingMessages)> Handle(
        SweepSite command, IDocumentSession session, DueClaims due, PreapprovalStreams streams, MethodProfiles profiles,
        BusinessClock clock, TimeProvider realTime, Failpoints failpoints, ILogger<SweepSite> log, CancellationToken ct)
    {
        // The window starts before the commit is started, and the commit of ChargeRequested is the fence.
        var window = SendWindow.Open(realTime);
        command.Claimed = [];
        var claimed = await due.ClaimAsync(session, clock.GetUtcNow(), command.Permits, command.Only, ct);
        command.Claimed = claimed;
        var messages = new OutgoingMessages();

        if (claimed.Count == 0)
        {
            return (new SweptSite(0, 0, await due.AreOthersHeldAsync(session, clock.GetUtcNow(), ct)), messages);
        }

        var locked = await streams.LockAsync(session, claimed, ct);
        var requested = new List<ChargeToSend>();
        var undecided = 0;

        foreach (var stream in locked.Values)
        {
            try
            {
                var events = await streams.DecideAsync(
                    session, stream,
                    state => PreapprovalDecider.ChargeDue(state!, clock.GetUtcNow(), window.Start, profiles), Source,
                    ct);

                // A preapproval that is due by its row and not by its stream would be claimed again and again.
                if (events.Count == 0)
                {
                    NothingDue(log, stream.Id);
                    due.PutAside(stream.Id);
                    undecided++;
                }

                requested.AddRange(events.OfType<ChargeRequested>().Select(e =>
                    new ChargeToSend(stream.Id, e.Charge.MerchantTransactionId)
                    {
                        Decided = new(stream.State!, stream.Version),
                    }));
            }
#pragma warning disable CA1031 // One preapproval that cannot be decided must not keep the others from being charged.
            catch (Exception e) when (e is not (NpgsqlException or OperationCanceledException))
#pragma warning restore CA1031
            {
                NotDecided(log, e, stream.Id);
                due.PutAside(stream.Id);
                undecided++;
            }
        }

        Reach("sweep:decided");
        await streams.AppendAsync(session, locked.Values, ct);
        Reach("sweep:committing");

        if (requested.Count > 0)
        {
            messages.Add(new SubmitCharges(command.Page, session.TenantId, requested, ProcessIdentity.Current, window));
        }

        return (new SweptSite(claimed.Count - undecided, requested.Count), messages);

        // A page without a charge leaves nothing to lose.
        void Reach(string point)
        {
            if (requested.Count > 0)
            {
                failpoints.Reach(point);
            }
        }
    }

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "What is due for preapproval {PreapprovalId} could not be decided; it is "
            + "tried again in five minutes")]
    internal static partial void NotDecided(ILogger log, Exception e, Guid preapprovalId);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Preapproval {PreapprovalId} is due by its view and not by its events; it is left out for five "
            + "minutes. `billing audit verify` names the difference, `billing rebuild subscriptions` ends it")]
    private static partial void NothingDue(ILogger log, Guid preapprovalId);
}
