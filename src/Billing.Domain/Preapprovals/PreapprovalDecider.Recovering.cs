using Billing.Domain.Gateway;

namespace Billing.Domain.Preapprovals;

/// <remarks>
/// A charge of ours that the gateway has and the stream does not hold: it was made in the time that a restored backup
/// has lost.
/// </remarks>
public static partial class PreapprovalDecider
{
    /// <summary>Why no further attempt follows a recovered charge that had failed.</summary>
    public const string Recovered = "recovered";

    /// <summary>
    /// Whether a charge is recorded that only the gateway has: its period is decided without it. One whose period, or
    /// whose retry, is not decided yet is asked for again under the same id, and is then found as a duplicate.
    /// </summary>
    /// <param name="id">Of a due date: only such an id is certainly ours.</param>
    public static bool MayRecover(Preapproval state, ChargeId id) => id.Period is { } period
        && (state.Status is PreapprovalStatus.Closed || period.DueOn <= state.LastDecided)
        && !state.Retries.ContainsKey(period.DueOn)
        && state.InFlight is null
        && Held(state, id.MerchantTransactionId) is null;

    /// <summary>Records a charge that only the gateway has, and what became of it.</summary>
    /// <param name="update">What the gateway says of it; nothing is recorded without its amount.</param>
    /// <returns>Nothing where <see cref="MayRecover"/> says no.</returns>
    public static PreapprovalEvent[] RecoverCharge(
        Preapproval state, ChargeId id, ChargeUpdate update, LookUpPolicy lookUps, DateTimeOffset now)
    {
        if (!MayRecover(state, id)
            || update is not { Answer: ChargeResult.Confirmed { Value.Amount: { } amount }, AskedAt: { } askedAt })
        {
            return [];
        }

        if (!state.HoldsAll)
        {
            throw new NeedsFullHistoryException($"all attempts at the period due on {id.Period!.Value.DueOn:O}");
        }

        var recovered = new ChargeRecovered(
            state.Id, id, amount, lookUps.Profiles.Of(state.Terms.MethodId).Version,
            UsesPeriod: !state.AttemptsAt(id.Period!.Value).Any(), state.Gateway!.PreapprovalId, state.Terms.MethodId,
            askedAt, now);
        var outcome = RecordOutcome(Preapproval.Fold(state, recovered), update, lookUps, now, askedAt);

        return outcome.Length > 0 ? [recovered, .. outcome] : [];
    }
}
