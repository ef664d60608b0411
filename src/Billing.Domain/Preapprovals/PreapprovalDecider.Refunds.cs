using System.Globalization;
using Billing.Domain.Gateway;

namespace Billing.Domain.Preapprovals;

/// <summary>What was learnt of a refund that we asked for.</summary>
/// <param name="Reference">Its MerchantTransactionID.</param>
/// <param name="ClaimedAt">Database clock: when the submission was claimed whose fate this is; null for a look-up of its own.</param>
/// <param name="AskedAt">Database clock: when this answer was asked for.</param>
/// <param name="Send">Which send of the reference was asked about, from 1; null: whichever.</param>
public sealed record RefundNews(string Reference, RefundAnswer Answer, LearntFrom From, DateTimeOffset? ClaimedAt, DateTimeOffset? AskedAt, int? Send = null)
{
    /// <summary>As of a charge: not to know what became of an earlier send.</summary>
    public bool IsOutdated(Refund refund) => Answer is RefundAnswer.NotFound or RefundAnswer.Unknown or RefundAnswer.Duplicate && Send is { } send && send != refund.Sends;
}

public static partial class PreapprovalDecider
{
    /// <summary>What the submission, or a look-up, says of a refund of ours.</summary>
    public static PreapprovalEvent[] RecordRefund(Preapproval state, RefundNews news, LookUpPolicy lookUps, DateTimeOffset now)
    {
        if (!state.RefundReferences.TryGetValue(news.Reference, out var id) || state.Charges[id] is not { } charge || charge.Refunds[news.Reference] is not { } refund
            || news.IsOutdated(refund))
        {
            return [];
        }

        return news.Answer switch
        {
            RefundAnswer.Told told when Known(told.Refund, refund) => Told(state, charge, refund, told.Refund, news.From, lookUps, now),
            RefundAnswer.Told told when refund.IsUnsettled => [Unknown(state, charge, refund, $"status_{told.Refund.Gateway.StatusId?.ToString(CultureInfo.InvariantCulture) ?? "null"}", news, lookUps, now)],
            RefundAnswer.Refused refused when refund.IsUnsettled =>
                [new RefundFailed(state.Id, charge.Id, refund.Reference, null, refund.Amount, null, news.From, refused.Code, refused.Text, now)],
            RefundAnswer.NotFound when refund.IsUnsettled => NotFound(state, charge, refund, news, lookUps, now),
            RefundAnswer.NotSent => [],
            RefundAnswer.Duplicate when refund.IsUnsettled => [Unknown(state, charge, refund, "duplicate", news, lookUps, now)],
            RefundAnswer.Unknown unknown when refund.IsUnsettled => [Unknown(state, charge, refund, unknown.Symptom, news, lookUps, now)],
            _ => StillOpen(state, charge, refund, news.From, lookUps, now),
        };
    }

    /// <summary>The gateway shows a refund of this charge, ours or not: in a notification, or in the list of a payment's refunds.</summary>
    /// <returns>Nothing for what contradicts what we asked for, and for one whose amount is not said.</returns>
    public static PreapprovalEvent[] RecordRefund(Preapproval state, string merchantTransactionId, RefundReading reading, LearntFrom from, LookUpPolicy lookUps, DateTimeOffset now)
    {
        if (state.Charges.GetValueOrDefault(merchantTransactionId) is not { } charge || RefundMismatch(charge, reading) is not null)
        {
            return [];
        }

        if (charge.RefundOf(reading.RefundId, reading.Reference) is { } known)
        {
            return Known(reading, known) ? Told(state, charge, known, reading, from, lookUps, now) : [];
        }

        return reading.Amount is { Minor: > 0 } amount
            ? Told(state, charge, new Refund($"#{reading.RefundId}", reading.Reference, amount, RefundState.Requested, now), reading, from, lookUps, now)
            : [];
    }

    /// <summary>A look-up of a refund that we did not ask for.</summary>
    /// <param name="reading">Null when the gateway could not be asked, or did not show it.</param>
    public static PreapprovalEvent[] RecordLookUp(Preapproval state, string merchantTransactionId, string key, RefundReading? reading, LookUpPolicy lookUps, DateTimeOffset now) =>
        state.Charges.GetValueOrDefault(merchantTransactionId) is not { } charge || charge.Refunds.GetValueOrDefault(key) is not { } refund ? []
        : reading is not null && reading.RefundId == refund.RefundId && Known(reading, refund) ? Told(state, charge, refund, reading, LearntFrom.LookUp, lookUps, now)
        : StillOpen(state, charge, refund, LearntFrom.LookUp, lookUps, now);

    /// <summary>In what a refund contradicts what we know of it, as a symptom; null when in nothing.</summary>
    public static string? RefundMismatch(Charge charge, RefundReading reading)
    {
        var known = charge.RefundOf(reading.RefundId, reading.Reference);

        return reading.GatewayPaymentId is { } payment && charge.Gateway?.PaymentId is { } id && payment != id ? "mismatch_payment_id"
            : reading.Amount is { } amount && (amount.Currency != charge.Amount.Currency || (known is not null && amount != known.Amount)) ? "mismatch_amount"
            : null;
    }

    /// <summary>A named person settles a refund that the gateway cannot tell of.</summary>
    /// <exception cref="RuleViolation">refund_unknown, refund_settled, state_invalid.</exception>
    public static PreapprovalEvent[] SetRefund(Preapproval state, string reference, RefundState outcome, string by, string why, string evidence, DateTimeOffset now)
    {
        if (outcome is not (RefundState.Refunded or RefundState.Failed))
        {
            throw new RuleViolation("state_invalid", "An operator sets a refund to refunded or failed.");
        }

        if (!state.RefundReferences.TryGetValue(reference, out var id))
        {
            throw new RuleViolation("refund_unknown", "This preapproval has no refund with that MerchantTransactionID.");
        }

        var refund = state.Charges[id].Refunds[reference];

        return refund.Provisional && refund.State == outcome ? []
            : refund.State is RefundState.Refunded or RefundState.Failed && !refund.Provisional
            ? throw new RuleViolation("refund_settled", "The gateway has settled this refund already; its word stands.")
            : [new RefundSetByOperator(state.Id, state.Charges[id].Id, reference, refund.Amount, outcome, by, why, evidence, now)];
    }

    private static bool Known(RefundReading reading, Refund refund) => reading.Status is not RefundStatus.Unrecognised && (reading.Amount is null || reading.Amount == refund.Amount);

    private static PreapprovalEvent[] Told(Preapproval state, Charge charge, Refund refund, RefundReading reading, LearntFrom from, LookUpPolicy lookUps, DateTimeOffset now)
    {
        var known = refund.Provisional ? RefundState.Unknown : refund.State;
        var next = reading.Status switch { RefundStatus.Failed => RefundState.Failed, RefundStatus.Refunded => RefundState.Refunded, _ => RefundState.Pending };

        if (next <= known)
        {
            return StillOpen(state, charge, refund, from, lookUps, now);
        }

        DateTimeOffset? window = next is RefundState.Pending ? now + TimeSpan.FromDays(lookUps.Profiles.Of(state.Terms.MethodId).PendingWindowDays) : null;
        PreapprovalEvent[] accepted = known < RefundState.Pending || refund.RefundId is null
            ? [new RefundAccepted(state.Id, charge.Id, reading.RefundId, reading.Reference ?? refund.Reference, refund.Amount, reading.Gateway, from, 0, window, null, now)]
            : [];

        return next switch
        {
            RefundState.Failed =>
                [.. accepted, new RefundFailed(state.Id, charge.Id, refund.IsOurs ? refund.Reference : null, reading.RefundId, refund.Amount, reading.Gateway, from, reading.Gateway.Code, reading.ReasonText, now)],
            RefundState.Refunded =>
            [
                .. accepted,
                new PaymentRefunded(state.Id, charge.Id, charge.Amount, null, null, charge.Origin, charge.ProfileVersion, from, reading.RefundId, refund.Amount, now),
                .. Explained(state, charge, now),
            ],
            _ => accepted,
        };
    }

    // The gateway has had it for longer than its method takes: asked about a few times more, then somebody's.
    private static PreapprovalEvent[] StillOpen(Preapproval state, Charge charge, Refund refund, LearntFrom from, LookUpPolicy policy, DateTimeOffset now)
    {
        if (refund is not { State: RefundState.Pending, RefundId: { } id, Gateway: { } gateway, NextLookUpAt: { } due } || from is not LearntFrom.LookUp || due > now)
        {
            return [];
        }

        var made = refund.LookUps + 1;
        var next = policy.NextAt(made, now);

        return [new RefundAccepted(state.Id, charge.Id, id, refund.Reference, refund.Amount, gateway, LearntFrom.LookUp, made, next, next is null ? LookUpPolicy.Owner : null, now)];
    }

    // What showed as a difference is explained by a refund.
    private static PreapprovalEvent[] Explained(Preapproval state, Charge charge, DateTimeOffset now) =>
        state.Drift.Contains(PartiallyRefunded(charge.Id.MerchantTransactionId)) ? [new DriftHealed(state.Id, [PartiallyRefunded(charge.Id.MerchantTransactionId)], now)] : [];

    // As for charges: believed only when the business interval and, on the database clock, lease and time-out since the last claim have passed.
    private static PreapprovalEvent[] NotFound(Preapproval state, Charge charge, Refund refund, RefundNews news, LookUpPolicy policy, DateTimeOffset now)
    {
        var isQuiet = refund.UnknownSince is { } since && now - since >= policy.QuietPeriod
            && refund.ClaimedAt is { } claimed && news.AskedAt is { } asked && asked - claimed >= policy.Fence;

        return !isQuiet ? [Unknown(state, charge, refund, "not_found_yet", news, policy, now)]
            : refund.Resent >= policy.MaxResends ? [Unknown(state, charge, refund, "never_arrives", news, policy with { Intervals = [] }, now)]
            : charge.TakenBackMinor > 0 || (state.IsForgotten && refund.PersonalParts.Count > 0)
            ? [new RefundFailed(state.Id, charge.Id, refund.Reference, null, refund.Amount, null, LearntFrom.LookUp, "18", "It never reached the gateway, and cannot be sent any more.", now)]
            : [new RefundResent(state.Id, charge.Id, refund.Key, now)];
    }

    private static RefundOutcomeUnknown Unknown(Preapproval state, Charge charge, Refund refund, string symptom, RefundNews news, LookUpPolicy policy, DateTimeOffset now)
    {
        var made = refund.LookUps + (news.From is LearntFrom.LookUp && refund.State is RefundState.Unknown ? 1 : 0);
        var next = policy.NextAt(made, now);
        var claimedAt = news.ClaimedAt ?? (refund.ClaimedAt is null ? news.AskedAt : null);

        return new RefundOutcomeUnknown(state.Id, charge.Id, refund.Key, refund.Amount, news.From, symptom, made, next, claimedAt, next is null ? LookUpPolicy.Owner : null, now);
    }
}
