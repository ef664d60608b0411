using Billing.Domain.Gateway;
using Billing.Domain.Profiles;

namespace Billing.Domain.Preapprovals;

public static partial class PreapprovalDecider
{
    /// <summary>
    /// From here on no charge is decided or begun. Those that were certainly not sent are stopped here; others by their
    /// sender, or too late.
    /// </summary>
    /// <exception cref="RuleViolation">
    /// preapproval_not_open: the gateway does not have it, so there is nothing to close.
    /// </exception>
    /// <param name="reason">snake_case: why the service closes by itself; null: the merchant asked for it.</param>
    public static PreapprovalEvent[] RequestClose(
        Preapproval state, DateTimeOffset now, DateTimeOffset windowStart, string? reason = null)
    {
        if (state.Status is PreapprovalStatus.Closing or PreapprovalStatus.Closed)
        {
            return [];
        }

        if (state.Gateway is null)
        {
            throw new RuleViolation(
                "preapproval_not_open", "Preapproval is invalid: the gateway has no such preapproval.");
        }

        return
        [
            .. ChangeSuperseded(state, "superseded_by_close", now),
            new CloseRequested(state.Id, windowStart, now) { Reason = reason },
            .. NotSentStopped(state, Closing, now),
            .. RetriesEnded(state, Closing, now),
            .. Unattended(state, Closing, now),
        ];
    }

    public static PreapprovalEvent[] RecordClose(
        Preapproval state, MandateUpdate update, LookUpPolicy lookUps, DateTimeOffset now, DateTimeOffset windowStart)
    {
        if (state.Unsettled is not { Operation: MandateOperation.Close, Call: var call })
        {
            return [];
        }

        return update.Answer switch
        {
            MandateResult.Confirmed { Value: { Status: MandateStatus.Closed } mandate } =>
                Closed(state, mandate.Gateway, update.From, now),
            MandateResult.Refused refused =>
            [
                new CloseFailed(state.Id, refused.Code, refused.Text, now),
                .. Unattended(state, Closing, now),
                .. state is { CloseReason: Dunning, Suspension: null }
                    ? [new ScheduleSuspended(state.Id, RetriesUsed, LookUpPolicy.Owner, now)]
                    : TakenUpAgain(state, lookUps.Profiles.Of(state.Terms.MethodId).Retries, now),
            ],
            _ when call.State is OutboundState.NotSent || update.IsOfAnotherSend(call) => [],
            MandateResult.NotSent notSent when update.From is LearntFrom.Answer =>
                NotSent(state, OutboundOperation.Close, "", notSent.Symptom, notSent.Wait, now),
            MandateResult.NotSent => [],
            MandateResult.Confirmed => NotFoundTable.Of(call, update.AskedAt, lookUps, now) switch
            {
                AfterNotFound.AskAgain => [StillUnknown(state, "not_closed_yet", update.From, lookUps, now)],
                AfterNotFound.SendAgain => [new MandateCallResent(state.Id, MandateOperation.Close, windowStart, now)],
                _ => [Owned(state, "not_closed", update.From, lookUps, now)],
            },
            MandateResult.Unknown unknown => [StillUnknown(state, unknown.Symptom, update.From, lookUps, now)],
            _ => [StillUnknown(state, "not_found", update.From, lookUps, now)],
        };
    }

    private static PreapprovalEvent[] Closed(
        Preapproval state, GatewayMandate gateway, LearntFrom from, DateTimeOffset now)
    {
        var by = state.Status is PreapprovalStatus.Closing ? ClosedBy.Merchant : ClosedBy.Customer;
        var closed = new PreapprovalClosed(state.Id, by, gateway.StatusId, gateway.StatusInfo, from, now);

        return
        [
            closed,
            .. NotSentStopped(state, Closing, now),
            .. RetriesEnded(state, Closing, now),
            .. Unattended(state, "closed", now),
        ];
    }

    // A close that is refused has ended attempts in vain: each of their periods that took no money gets its next one.
    private static IEnumerable<PreapprovalEvent> TakenUpAgain(
        Preapproval state, RetryPolicy policy, DateTimeOffset now) =>
        state.EndedByClose
            .Where(ended => state.Suspension is null)
            .Where(ended =>
                state.AttemptsAt(new Period(ended.Key))
                    .All(attempt => attempt.State is MoneyState.Failed or MoneyState.Stopped))
            .Select(ended =>
                new RetryScheduled(state.Id, new Period(ended.Key), ended.Value + 1, now, policy.Version, now));

    // A change of unknown outcome keeps no merchant from closing or asking anew: its outcome no longer matters.
    private static PreapprovalEvent[] ChangeSuperseded(Preapproval state, string code, DateTimeOffset now) =>
        state.Unsettled is { Operation: MandateOperation.Change } ? [new ChangeFailed(state.Id, code, null, now)] : [];

    private static IEnumerable<PreapprovalEvent> NotSentStopped(
        Preapproval state, string reason, DateTimeOffset now) =>
        state.Charges.Values
        .Where(charge => charge.IsNotSent && (reason is not Suspended || charge.Id.Period is not null))
        .OrderBy(charge => charge.RequestedAt)
        .ThenBy(charge => charge.Id.MerchantTransactionId, StringComparer.Ordinal)
        .Select(charge => Stopped(state, charge, reason, now));

    private static IEnumerable<PreapprovalEvent> RetriesEnded(Preapproval state, string reason, DateTimeOffset now) =>
        state.Retries.Values
        .OrderBy(retry => retry.Period.DueOn)
        .Select(retry => new RetriesExhausted(state.Id, retry.Period, retry.Attempt - 1, reason, 0, now));

    private static ChargeStopped Stopped(Preapproval state, Charge charge, string reason, DateTimeOffset now) =>
        new(state.Id, charge.Id, reason, null, null, now);
}
