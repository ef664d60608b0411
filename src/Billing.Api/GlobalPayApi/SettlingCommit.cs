using Billing.Domain.Preapprovals;
using JasperFx.Events;

namespace Billing.Api.GlobalPayApi;

/// <summary>Finds the first commit after a request that settles it.</summary>
internal static class SettlingCommit
{
    /// <remarks>One answer may be several events: a change also sets its schedule, in the same commit.</remarks>
    public static (Preapproval? Settled, Preapproval? Last) Find(
        IReadOnlyList<IEvent> events, long fromVersion, Func<Preapproval, bool> isSettled)
    {
        Preapproval? state = null, settled = null;
        IEvent? by = null;

        foreach (var stored in events)
        {
            state = Preapproval.Fold(state, (PreapprovalEvent)stored.Data);
            var isSo = stored.Version > fromVersion && isSettled(state)
                && (by is null || (by.Timestamp == stored.Timestamp && by.CausationId == stored.CausationId));

            if (isSo)
            {
                (settled, by) = (state with { Version = (int)stored.Version }, by ?? stored);
            }
            else if (by is not null)
            {
                break;
            }
        }

        return (settled, state);
    }
}
