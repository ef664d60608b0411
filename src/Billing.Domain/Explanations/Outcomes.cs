using Billing.Domain.Preapprovals;

namespace Billing.Domain.Explanations;

/// <summary>What became of one charge, in one or two sentences.</summary>
internal static class Outcomes
{
    /// <returns>charged, failed, pending, unknown, in_flight or stopped.</returns>
    public static string Word(Charge charge) => charge.State is MoneyState.Requested ? "in_flight" : charge.State.ToString().ToLowerInvariant();

    public static IEnumerable<string> Of(IReadOnlyList<Happened> stream, Charge charge)
    {
        var news = stream.Where(one => one.MerchantTransactionId == charge.Id.MerchantTransactionId).ToList();

        yield return $"{Say.Charge(charge)} {State(charge, news)}";

        foreach (var one in news.Where(one => one.Event is ChargeResent or RefundRequested or RefundResent or RefundSetByOperator or RefundFailed or PaymentRefunded or DisputeReported or PaymentReversed or PaymentDisputed or DisputeWon or DisputeLost or PaymentChargedBack))
        {
            yield return Narration.Of(one);
        }

        // What is open or unknown of its refunds; what ended is told above.
        foreach (var refund in charge.Refunds.Values.Where(refund => refund.State is RefundState.Unknown or RefundState.Pending))
        {
            yield return refund.State is RefundState.Unknown
                ? $"Nobody knows whether the gateway has the refund of {Say.Amount(refund.Amount)} ({Say.Words(refund.Symptom ?? "unknown")}), and {Say.Next(refund.NextLookUpAt, refund.Owner)}."
                : $"The gateway has a refund of {Say.Amount(refund.Amount)} under {refund.RefundId}, and {Say.Next(refund.NextLookUpAt, refund.Owner)}.";
        }
    }

    /// <summary>Why the period has no further attempt, or when it has.</summary>
    public static string? Next(Preapproval state, IReadOnlyList<Happened> stream, Period period)
    {
        if (state.Retries.TryGetValue(period, out var retry))
        {
            return state.IsPaused
                ? $"Attempt {retry.Attempt} was scheduled for {Say.At(retry.DueAt)} and waits until the schedule is resumed."
                : $"Attempt {retry.Attempt} is due at {Say.At(retry.DueAt)}.";
        }

        return stream.LastOrDefault(one => one.Event is RetriesExhausted && one.Period == period) is { Event: RetriesExhausted { Reason: not "charged" } } ended ? Narration.Of(ended) : null;
    }

    private static string State(Charge charge, List<Happened> news)
    {
        var last = news.LastOrDefault(one => one.Event is PaymentCharged or PaymentFailed or PaymentPending or PaymentOutcomeUnknown or OutcomeSetByOperator or ChargeStopped);

        return (charge.State, last?.Event) switch
        {
            (MoneyState.Charged or MoneyState.Failed, OutcomeSetByOperator e) =>
                $"counts as {e.State.ToString().ToLowerInvariant()} since {Say.At(e.SetAt)} on the word of {e.By}, until the gateway says otherwise.",
            (MoneyState.Charged, PaymentCharged e) => $"was charged; we learnt it at {Say.At(e.ChargedAt)} {Say.Learnt(e.LearntFrom)}.",
            (MoneyState.Failed, PaymentFailed e) => $"failed: {Say.Words(e.Reason)}{Code(e.Gateway)}; we learnt it at {Say.At(e.FailedAt)} {Say.Learnt(e.LearntFrom)}.",
            (MoneyState.Pending, PaymentPending e) => $"is pending at the provider, as we learnt at {Say.At(e.PendingSince)} {Say.Learnt(e.LearntFrom)}: {Say.Next(e.NextLookUpAt, e.Owner)}.",
            (MoneyState.Unknown, PaymentOutcomeUnknown e) =>
                $"is of unknown outcome since {Say.At(charge.UnknownSince ?? e.SeenAt)} ({Say.Words(e.Symptom)}, looked up {e.LookUps} times): money may have moved or not, and {Say.Next(e.NextLookUpAt, e.Owner)}.",
            (MoneyState.Stopped, ChargeStopped e) => $"was stopped at {Say.At(e.StoppedAt)} and took no money: {Say.Words(e.Reason)}.",
            _ => $"was requested at {Say.At(charge.RequestedAt)}, and its outcome is not recorded yet.",
        };
    }

    private static string Code(GatewayPayment? gateway) => gateway?.Code is { } code ? $" (the gateway's code {code})" : "";
}
