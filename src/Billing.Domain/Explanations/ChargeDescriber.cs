using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;

namespace Billing.Domain.Explanations;

/// <summary>What became of one charge, in one or two sentences.</summary>
internal static class ChargeDescriber
{
    /// <returns>charged, failed, pending, unknown, in_flight or stopped.</returns>
    public static string Word(Charge charge) =>
        charge.State is MoneyState.Requested ? "in_flight" : charge.State.ToString().ToLowerInvariant();

    public static IEnumerable<string> Of(IReadOnlyList<TimelineEvent> stream, Charge charge)
    {
        var updates = stream.Where(one => one.MerchantTransactionId == charge.Id.MerchantTransactionId).ToList();

        yield return $"{Text.Charge(charge)} {State(charge, updates)}";

        foreach (var one in updates.Where(one => one.Event is ChargeResent or RefundRequested or RefundNotSent
            or RefundResent or RefundSetByOperator or RefundFailed or PaymentRefunded or DisputeReported
            or PaymentReversed or PaymentDisputed or DisputeWon or DisputeLost or PaymentChargedBack))
        {
            yield return EventDescriber.Of(one);
        }

        // Its refunds that are open or unknown; those that ended are described above.
        foreach (var refund in charge.Refunds.Values.Where(
            refund => refund.State is RefundState.Unknown or RefundState.Pending))
        {
            yield return refund.State is RefundState.Unknown
                ? $"Whether the gateway has refund {refund.Reference} of {Text.Amount(refund.Amount)} is unknown "
                    + $"({Text.Words(refund.Symptom ?? "unknown")}), and "
                    + $"{Text.Next(refund.NextLookUpAt, refund.Owner)}."
                : $"The gateway has a refund of {Text.Amount(refund.Amount)} under {refund.RefundId}, and "
                    + $"{Text.Next(refund.NextLookUpAt, refund.Owner)}.";
        }
    }

    /// <summary>Why the period has no further attempt, or when it has.</summary>
    public static string? Next(Preapproval state, IReadOnlyList<TimelineEvent> stream, Period period)
    {
        if (state.Retries.TryGetValue(period.DueOn, out var retry))
        {
            var scheduled = $"Attempt {retry.Attempt} was scheduled for {Text.At(retry.DueAt)} and waits until ";

            return state.DueAtOf(retry) switch
            {
                null => scheduled + "the schedule is resumed.",
                { } at when at > retry.DueAt => scheduled + $"the pause ends at {Text.At(at)}.",
                { } at => $"Attempt {retry.Attempt} is due at {Text.At(at)}.",
            };
        }

        return stream.LastOrDefault(one =>
            one.Event is RetriesExhausted
                && one.Period == period) is { Event: RetriesExhausted { Reason: not "charged" } } ended
            ? EventDescriber.Of(ended)
            : null;
    }

    private static string State(Charge charge, List<TimelineEvent> updates)
    {
        var last = updates.LastOrDefault(one =>
            one.Event is PaymentCharged or PaymentFailed or PaymentPending or PaymentOutcomeUnknown
                or OutcomeSetByOperator or ChargeStopped);

        return (charge.State, last?.Event) switch
        {
            (MoneyState.Charged or MoneyState.Failed, OutcomeSetByOperator e) =>
                $"counts as {Text.Word(e.State)} since {Text.At(e.HappenedAt)} by a decision "
                + $"of {e.By}, until the gateway says otherwise.",
            (MoneyState.Charged, PaymentCharged e) =>
                $"was charged{Adopted(charge)}; we learnt it at {Text.At(e.HappenedAt)} {Text.Learnt(e.LearntFrom)}.",
            (MoneyState.Failed, PaymentFailed e) =>
                $"failed: {Text.Words(e.Reason)}{Code(e.Gateway)}; we learnt it at {Text.At(e.HappenedAt)} "
                + $"{Text.Learnt(e.LearntFrom)}.",
            (MoneyState.Pending, PaymentPending e) =>
                $"is pending at the provider, as we learnt at {Text.At(e.HappenedAt)} {Text.Learnt(e.LearntFrom)}: "
                + $"{Text.Next(e.NextLookUpAt, e.Owner)}.",
            (MoneyState.Unknown, PaymentOutcomeUnknown e) =>
                $"is of unknown outcome since {Text.At(charge.Call?.UnknownSince ?? e.HappenedAt)} "
                + $"({Text.Words(e.Symptom)}, looked up {e.LookUps} times): money may have moved or not, and "
                + $"{Text.Next(e.NextLookUpAt, e.Owner)}.",
            (MoneyState.Stopped, ChargeStopped e) =>
                $"was stopped at {Text.At(e.HappenedAt)} and took no money: {Text.Words(e.Reason)}.",
            _ when charge.IsNotSent =>
                $"has not been sent ({Text.Words(charge.Symptom!)}); it is sent from "
                + $"{Text.At(charge.NextLookUpAt!.Value)} on.",
            _ => $"was requested at {Text.At(charge.RequestedAt)}, and its outcome is not recorded yet.",
        };
    }

    private static string Adopted(Charge charge) => charge.IsDuplicate && charge.Paid != charge.Amount
        ? $" with {Text.Amount(charge.Paid)}, because the gateway had a payment under this id already"
        : "";

    private static string Code(GatewayPayment? gateway) =>
        gateway?.Code is { } code ? $" (the gateway's code {code})" : "";
}
