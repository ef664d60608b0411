using Billing.Domain.Gateway;
using Billing.Domain.Profiles;

namespace Billing.Domain.Preapprovals;

public static partial class PreapprovalDecider
{
    /// <param name="withdrawn">MerchantTransactionIDs whose submission was deleted unclaimed, in the same transaction: never sent.</param>
    /// <exception cref="RuleViolation">preapproval_not_open: the gateway does not have it, so there is nothing to close.</exception>
    public static PreapprovalEvent[] RequestClose(Preapproval state, IReadOnlyCollection<string> withdrawn, DateTimeOffset now)
    {
        if (state.Status is PreapprovalStatus.Closing or PreapprovalStatus.Closed)
        {
            return [];
        }

        if (state.Gateway is null)
        {
            throw new RuleViolation("preapproval_not_open", "Preapproval is invalid: the gateway has no such preapproval.");
        }

        return [.. ChangeSuperseded(state, now), new CloseRequested(state.Id, now), .. Stopped(state, withdrawn, now), .. RetriesEnded(state, now)];
    }

    public static PreapprovalEvent[] RecordClose(Preapproval state, MandateAnswer answer, LearntFrom from, LookUpPolicy lookUps, DateTimeOffset now)
    {
        if (state.Unsettled is not { Operation: MandateOperation.Close })
        {
            return [];
        }

        return answer switch
        {
            MandateAnswer.Told { Mandate.Status: MandateStatus.Closed } told => Closed(state, told.Mandate.Gateway, from, now),
            MandateAnswer.Told => [StillUnknown(state, "not_closed_yet", from, lookUps, now)],
            MandateAnswer.Refused refused => [new CloseFailed(state.Id, refused.Code, refused.Text, now), .. TakenUpAgain(state, lookUps.Profiles.Of(state.Terms.MethodId).Retries, now)],
            MandateAnswer.Unknown unknown => [StillUnknown(state, unknown.Symptom, from, lookUps, now)],
            MandateAnswer.NotSent => [],
            _ => [StillUnknown(state, "not_found", from, lookUps, now)],
        };
    }

    private static PreapprovalEvent[] Closed(Preapproval state, GatewayMandate gateway, LearntFrom from, DateTimeOffset now)
    {
        var by = state.Status is PreapprovalStatus.Closing ? ClosedBy.Merchant : ClosedBy.Customer;

        var closed = new PreapprovalClosed(state.Id, by, gateway.StatusId, gateway.StatusInfo, from, now);

        return [closed, .. RetriesEnded(state, now), .. Unattended(state, DateOnly.MaxValue, "closed", now)];
    }

    // A close that is refused has ended attempts in vain: each of their periods gets its next one.
    private static IEnumerable<PreapprovalEvent> TakenUpAgain(Preapproval state, RetryPolicy policy, DateTimeOffset now) => state.EndedByClose
        .OrderBy(ended => ended.Key.DueOn)
        .Select(ended => new RetryScheduled(state.Id, ended.Key, ended.Value + 1, now, policy.Version, now));

    // Nobody may be kept from closing because a change hangs: what becomes of it no longer matters.
    private static PreapprovalEvent[] ChangeSuperseded(Preapproval state, DateTimeOffset now) =>
        state.Unsettled is { Operation: MandateOperation.Change } ? [new ChangeFailed(state.Id, "superseded_by_close", null, now)] : [];

    private static IEnumerable<PreapprovalEvent> Stopped(Preapproval state, IReadOnlyCollection<string> withdrawn, DateTimeOffset now) => withdrawn
        .Select(id => state.Charges.GetValueOrDefault(id))
        .OfType<Charge>()
        .Where(charge => charge.IsUnsettled)
        .Select(charge => new ChargeStopped(state.Id, charge.Id, "closing", now));

    private static IEnumerable<PreapprovalEvent> RetriesEnded(Preapproval state, DateTimeOffset now) => state.Retries.Values
        .OrderBy(retry => retry.Period.DueOn)
        .Select(retry => new RetriesExhausted(state.Id, retry.Period, retry.Attempt - 1, "closing", 0, now));
}
