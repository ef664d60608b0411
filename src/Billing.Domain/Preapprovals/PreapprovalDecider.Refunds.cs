using Billing.Domain.Gateway;

namespace Billing.Domain.Preapprovals;

public static partial class PreapprovalDecider
{
    /// <summary>What the gateway's answer, or a look-up, says of a refund of ours.</summary>
    public static PreapprovalEvent[] RecordRefund(
        Preapproval state, RefundUpdate update, LookUpPolicy lookUps, DateTimeOffset now)
    {
        if (HeldRefund(state, update.Reference) is not ({ } charge, { } refund) || update.IsOutdated(refund))
        {
            return [];
        }

        return update.Answer switch
        {
            RefundResult.Confirmed shown when IsComparable(shown.Value, refund) =>
                Confirmed(state, charge, refund, shown.Value, update.From, lookUps, now),
            RefundResult.Confirmed shown when refund.IsUnsettled =>
                [Unknown(state, charge, refund, StatusSymptom(shown.Value.Gateway.StatusId), update, lookUps, now)],
            RefundResult.Refused refused when refund.IsUnsettled =>
                [new RefundFailed(
                    state.Id, charge.Id, refund.Reference, null, refund.Amount, null, update.From, refused.Code,
                    refused.Text, now)],
            RefundResult.NotSent notSent when update.From is LearntFrom.Answer =>
                NotSent(state, OutboundOperation.Refund, update.Reference, notSent.Symptom, notSent.Wait, now),
            RefundResult.NotSent => [],
            _ when refund.IsNotSent => [],
            RefundResult.NotFound when refund.IsUnsettled => [NotFound(state, charge, refund, update, lookUps, now)],
            RefundResult.Duplicate when refund.IsUnsettled =>
            [
                Unknown(state, charge, refund, "duplicate", update, lookUps, now)
            ],
            RefundResult.Unknown unknown when refund.IsUnsettled =>
            [
                Unknown(state, charge, refund, unknown.Symptom, update, lookUps, now)
            ],
            _ => StillOpen(state, charge, refund, update.From, lookUps, now),
        };
    }

    /// <summary>
    /// The gateway shows a refund of this charge, ours or not: in a notification, or in the list of a payment's
    /// refunds.
    /// </summary>
    /// <returns>Nothing for what contradicts what we asked for, and for one whose amount is not said.</returns>
    public static PreapprovalEvent[] RecordRefund(
        Preapproval state, string merchantTransactionId, RefundSnapshot snapshot, LearntFrom from, LookUpPolicy lookUps,
        DateTimeOffset now)
    {
        if (Held(state, merchantTransactionId) is not { } charge || RefundMismatch(charge, snapshot) is not null)
        {
            return [];
        }

        if (charge.RefundOf(snapshot.RefundId, snapshot.Reference) is { } known)
        {
            return IsComparable(snapshot, known) ? Confirmed(state, charge, known, snapshot, from, lookUps, now) : [];
        }

        return snapshot.Amount is { Minor: > 0 } amount
            ? Confirmed(
                state, charge,
                new Refund($"#{snapshot.RefundId}", snapshot.Reference, amount, RefundState.Requested, now),
                snapshot, from, lookUps, now)
            : [];
    }

    /// <summary>A look-up of a refund that we did not ask for.</summary>
    /// <param name="snapshot">Null when the gateway could not be asked, or did not show it.</param>
    public static PreapprovalEvent[] RecordLookUp(
        Preapproval state, string merchantTransactionId, string key, RefundSnapshot? snapshot, LookUpPolicy lookUps,
        DateTimeOffset now) =>
        Held(state, merchantTransactionId) is not { } charge
            || charge.Refunds.GetValueOrDefault(key) is not { } refund ? []
        : snapshot is not null && snapshot.RefundId == refund.RefundId && IsComparable(snapshot, refund)
            ? Confirmed(state, charge, refund, snapshot, LearntFrom.LookUp, lookUps, now)
        : StillOpen(state, charge, refund, LearntFrom.LookUp, lookUps, now);

    /// <summary>In what a refund contradicts what we know of it, as a symptom; null when in nothing.</summary>
    public static string? RefundMismatch(Charge charge, RefundSnapshot snapshot)
    {
        var known = charge.RefundOf(snapshot.RefundId, snapshot.Reference);

        return snapshot.GatewayPaymentId is { } payment && charge.Gateway?.PaymentId is { } id
            && payment != id ? "mismatch_payment_id"
            : snapshot.Amount is { } amount
                && (amount.Currency != charge.Paid.Currency || (known is not null && amount != known.Amount))
                ? "mismatch_amount"
            : null;
    }

    /// <summary>A named person settles a refund of which the gateway says nothing.</summary>
    /// <exception cref="RuleViolation">refund_unknown, refund_settled, state_invalid.</exception>
    public static PreapprovalEvent[] SetRefund(
        Preapproval state, string reference, RefundState outcome, string by, Sealed<string>? why,
        Sealed<string>? evidence, DateTimeOffset now)
    {
        if (outcome is not (RefundState.Refunded or RefundState.Failed))
        {
            throw new RuleViolation("state_invalid", "An operator sets a refund to refunded or failed.");
        }

        if (HeldRefund(state, reference) is not ({ } charge, { } refund))
        {
            throw new RuleViolation(
                "refund_unknown", "This preapproval has no refund with that MerchantTransactionID.");
        }

        return refund.Provisional && refund.State == outcome ? []
            : refund.State is RefundState.Refunded or RefundState.Failed && !refund.Provisional
            ? throw new RuleViolation(
                "refund_settled", "The gateway has settled this refund already; its answer holds.")
            : [new RefundSetByOperator(state.Id, charge.Id, reference, refund.Amount, outcome, by, why, evidence, now)];
    }

    private static bool IsComparable(RefundSnapshot snapshot, Refund refund) =>
        snapshot.Status is not RefundStatus.Unrecognised
            && (snapshot.Amount is null || snapshot.Amount == refund.Amount);

    private static PreapprovalEvent[] Confirmed(
        Preapproval state, Charge charge, Refund refund, RefundSnapshot snapshot, LearntFrom from, LookUpPolicy lookUps,
        DateTimeOffset now)
    {
        var known = refund.Provisional ? RefundState.Unknown : refund.State;
        var next = snapshot.Status switch
        {
            RefundStatus.Failed => RefundState.Failed,
            RefundStatus.Refunded => RefundState.Refunded,
            _ => RefundState.Pending,
        };

        if (next <= known)
        {
            return StillOpen(state, charge, refund, from, lookUps, now);
        }

        DateTimeOffset? window = next is RefundState.Pending ? now + PendingWindow(state, lookUps) : null;
        PreapprovalEvent[] accepted = known < RefundState.Pending || refund.RefundId is null
            ?
            [
                new RefundAccepted(
                    state.Id, charge.Id, snapshot.RefundId, snapshot.Reference ?? refund.Reference, refund.Amount,
                    snapshot.Gateway, from, 0,
                    window, null, now),
            ]
            : [];

        return next switch
        {
            RefundState.Failed =>
            [
                .. accepted,
                new RefundFailed(
                    state.Id, charge.Id, refund.IsOurs ? refund.Reference : null, snapshot.RefundId, refund.Amount,
                    snapshot.Gateway, from,
                    snapshot.Gateway.Code, snapshot.ReasonText, now),
            ],
            RefundState.Refunded =>
            [
                .. accepted,
                new PaymentRefunded(
                    state.Id, charge.Id, charge.Amount, null, null, charge.Origin, charge.ProfileVersion, from,
                    snapshot.RefundId,
                    refund.Amount, now),
                .. Explained(state, charge, now),
            ],
            _ => accepted,
        };
    }

    // The gateway has had it for longer than its method takes: asked about a few times more, then an owner has it.
    private static PreapprovalEvent[] StillOpen(
        Preapproval state, Charge charge, Refund refund, LearntFrom from, LookUpPolicy policy, DateTimeOffset now)
    {
        if (refund is not { State: RefundState.Pending, RefundId: { } id, Gateway: { } gateway, NextLookUpAt: { } due }
            || from is not LearntFrom.LookUp || due > now)
        {
            return [];
        }

        var made = refund.LookUps + 1;
        var next = policy.NextAt(made, now);

        return
        [
            new RefundAccepted(
                state.Id, charge.Id, id, refund.Reference, refund.Amount, gateway, LearntFrom.LookUp, made, next,
                next is null ? LookUpPolicy.Owner : null, now),
        ];
    }

    // What showed as a difference is explained by a refund.
    private static PreapprovalEvent[] Explained(Preapproval state, Charge charge, DateTimeOffset now) =>
        state.Drift.Contains(PartiallyRefunded(charge.Id.MerchantTransactionId))
            ? [new DriftHealed(state.Id, [PartiallyRefunded(charge.Id.MerchantTransactionId)], now)]
            : [];

    private static RefundOutcomeUnknown NotFound(
        Preapproval state, Charge charge, Refund refund, RefundUpdate update, LookUpPolicy policy,
        DateTimeOffset now) =>
        NotFoundTable.Of(refund.Call!, update.AskedAt, policy, now) is AfterNotFound.AskAgain
            ? Unknown(state, charge, refund, "not_found_yet", update, policy, now)
            : Unknown(state, charge, refund, "never_arrived", update, policy with { Intervals = [] }, now);

    private static RefundOutcomeUnknown Unknown(
        Preapproval state, Charge charge, Refund refund, string symptom, RefundUpdate update, LookUpPolicy policy,
        DateTimeOffset now)
    {
        var made = LookUpsMade(refund.Call!, update.From);
        var next = policy.NextAt(made, now);

        return new RefundOutcomeUnknown(
            state.Id, charge.Id, refund.Key, refund.Amount, update.From, symptom, made, next,
            next is null ? LookUpPolicy.Owner : null, now);
    }
}
