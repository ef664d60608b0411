using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Sites;
using Billing.Api.Mandates;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;

namespace Billing.Api.Notifications;

/// <summary>Decides what a notification of a preapproval leads to.</summary>
public sealed class MandateNotifications(GatewayVerification verification, SiteRegister sites, BusinessClock clock)
{
    public const string Kind = "Preapproval";

    public async Task<NotificationPlan> PlanAsync(
        string site, MandateSnapshot notified, NotificationTarget? target, CancellationToken ct)
    {
        var id = notified.Gateway.PreapprovalId;
        var subject = new NotificationSubject(Kind, notified.Terms.MerchantPreapprovalId, id);

        if (target is not { State: var state })
        {
            return new NotificationPlan.Park(subject, NotificationPlan.NotKnownYet);
        }

        if (state.Gateway is { } known && known.PreapprovalId != id)
        {
            return new NotificationPlan.Park(subject, "mismatch_preapproval_id");
        }

        var outcome = UpdateRanks.OutcomeOf(state.Status, notified);

        if (verification.IsWantedFor(state, notified)
            && await target.WouldRecordAsync(RuleOf(site, state, notified), ct))
        {
            var (shown, doubt) = await verification.AskAsync(site, state, notified, ct);

            if (doubt is not null)
            {
                return new NotificationPlan.Park(subject, doubt);
            }

            notified = shown!;
        }

        return new NotificationPlan.Record(subject, state.Id, outcome, RuleOf(site, state, notified));
    }

    private NotificationRule RuleOf(string site, Preapproval opened, MandateSnapshot snapshot)
    {
        var differences = MandateDifferences.Between(site, opened, snapshot);

        return state => PreapprovalDecider.RecordMandate(
            state, snapshot, differences, LearntFrom.Notification, sites.CalendarOf(site), clock.GetUtcNow());
    }
}
