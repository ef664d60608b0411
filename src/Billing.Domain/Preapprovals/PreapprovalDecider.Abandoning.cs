using Billing.Domain.Gateway;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

public static partial class PreapprovalDecider
{
    /// <summary>The customer never answered in time, and the gateway was read once more.</summary>
    /// <param name="shown">
    /// What it shows: open or closed moves the preapproval there instead. What could not be asked decides nothing.
    /// </param>
    /// <param name="before">Preapprovals asked for before this instant are given up.</param>
    public static PreapprovalEvent[] Abandon(
        Preapproval state, MandateResult shown, DateTimeOffset before, SiteCalendar site, DateTimeOffset now)
    {
        if (state.Status is not PreapprovalStatus.Pending || state.Unsettled is not null || state.RequestedAt > before)
        {
            return [];
        }

        return shown switch
        {
            MandateResult.Confirmed { Value: { Status: MandateStatus.Open or MandateStatus.Closed } mandate } =>
                Moved(state, mandate, LearntFrom.LookUp, site, now),
            MandateResult.Confirmed { Value.Status: MandateStatus.Pending } or MandateResult.NotFound =>
            [
                new PreapprovalAbandoned(state.Id, now)
            ],
            _ => [],
        };
    }
}
