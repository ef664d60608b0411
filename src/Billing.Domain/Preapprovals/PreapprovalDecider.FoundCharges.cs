using Billing.Domain.Gateway;

namespace Billing.Domain.Preapprovals;

/// <remarks>
/// A charge of ours that the gateway has and the stream does not hold: it was made in the time that a restored backup
/// has lost.
/// </remarks>
public static partial class PreapprovalDecider
{
    /// <summary>Why no further attempt follows a failed one that was found at the gateway.</summary>
    public const string DateAlreadyDecided = "date_already_decided";

    /// <summary>
    /// Whether a charge that only the gateway has is recorded: its date is decided without it, or will never be due. A
    /// date or a retry that is still to be decided is asked for again under the same id, and is then found as a
    /// duplicate.
    /// </summary>
    /// <param name="id">Of a due date: only such an id has the form that only we derive.</param>
    public static bool MayRecordFound(Preapproval state, ChargeId id) => id.Period is { DueOn: var dueOn }
        && (state.Status is PreapprovalStatus.Closed || (IsDecided(state, dueOn) && !IsRetryAhead(state, dueOn)))
        && state.InFlight is null
        && Held(state, id.MerchantTransactionId) is null;

    /// <summary>Records a charge that only the gateway has, and what became of it.</summary>
    /// <param name="gatewayPreapprovalId">The preapproval that its id names.</param>
    /// <param name="update">
    /// What the gateway says of it. Nothing is recorded without its amount, for another preapproval, or with a status
    /// that decides nothing.
    /// </param>
    /// <returns>Nothing where <see cref="MayRecordFound"/> says no.</returns>
    public static PreapprovalEvent[] RecordFoundCharge(
        Preapproval state, int gatewayPreapprovalId, ChargeId id, ChargeUpdate update, LookUpPolicy lookUps,
        DateTimeOffset now)
    {
        if (!MayRecordFound(state, id)
            || update is not { Answer: ChargeResult.Confirmed { Value: var shown }, AskedAt: { } asked }
            || shown.Amount is not { } amount
            || shown.State is PaymentStatus.Unrecognised || shown.GatewayPreapprovalId != gatewayPreapprovalId)
        {
            return [];
        }

        var period = id.Period!.Value;

        if (!state.HoldsAll)
        {
            throw new NeedsFullHistoryException($"all attempts at the period due on {period.DueOn:O}");
        }

        var found = new ChargeFoundAtGateway(
            state.Id, id, amount, lookUps.Profiles.Of(state.Terms.MethodId).Version,
            UsesPeriod: !state.AttemptsAt(period).Any(), gatewayPreapprovalId, state.Terms.MethodId,
            state.Schedule?.DueAt(period.DueOn) ?? new DateTimeOffset(period.DueOn, default, TimeSpan.Zero), asked,
            now);
        var outcome = RecordOutcome(Preapproval.Fold(state, found), update, lookUps, now, asked);

        return outcome.Length > 0 ? [found, .. outcome] : [];
    }

    // Recorded, it becomes the last decided date: none before it may be undecided.
    private static bool IsDecided(Preapproval state, DateOnly dueOn) =>
        dueOn <= state.LastDecided || state.Undecided.FirstOrDefault() is not { } next || next.On > dueOn;

    private static bool IsRetryAhead(Preapproval state, DateOnly dueOn) =>
        (state.Retries.TryGetValue(dueOn, out var retry) && state.DueAtOf(retry) is not null)
        || state.EndedByClose.ContainsKey(dueOn);
}
