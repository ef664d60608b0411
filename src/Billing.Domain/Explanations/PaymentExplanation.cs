using Billing.Domain.Preapprovals;

namespace Billing.Domain.Explanations;

/// <summary>Why a payment was asked for, and what became of it.</summary>
/// <remarks>Decisions: charged, charged_twice, failed, pending, unknown, in_flight, stopped.</remarks>
public static class PaymentExplanation
{
    /// <returns>Null when the stream has no such charge.</returns>
    public static Explanation? Of(IReadOnlyList<TimelineEvent> stream, string merchantTransactionId)
    {
        var state = TimelineEvent.Fold(stream);

        if (state?.Charges.GetValueOrDefault(merchantTransactionId) is not { } charge)
        {
            return null;
        }

        var about = stream.Where(one =>
            one.MerchantTransactionId == merchantTransactionId || IsTwin(one, merchantTransactionId)).ToList();
        var twice = about.LastOrDefault(one => one.Event is PeriodPaidTwice);
        var (why, because) = Why(state, stream, charge);
        var sentences = new List<string> { why };
        sentences.AddRange(ChargeDescriber.Of(stream, charge));

        if (twice is not null)
        {
            sentences.Add(EventDescriber.Of(twice));
        }

        if (charge.Id.Period is { } period && charge.State is MoneyState.Failed or MoneyState.Stopped
            && ChargeDescriber.Next(state, stream, charge.Id.Period!.Value) is { } next)
        {
            sentences.Add(next);
        }

        return Explanation.Of(
            twice is null ? ChargeDescriber.Word(charge) : "charged_twice", Reason(charge, about), sentences,
            [.. because, .. about, .. NextOf(stream, charge)]);
    }

    private static (string Sentence, IEnumerable<TimelineEvent?> Facts) Why(
        Preapproval state, IReadOnlyList<TimelineEvent> stream, Charge charge)
    {
        if (charge.Id.Period is not { } period)
        {
            return ("The storefront asked for it, outside the schedule and under an id of its own.", []);
        }

        if (charge.Origin is ChargeOrigin.FoundAtGateway)
        {
            return (
                $"It is attempt {charge.Id.Attempt} at the period that was due on {Text.Day(period.DueOn)}. "
                + "The gateway had it and no record of it was left here, as after a backup was restored.",
                []);
        }

        if (charge.Id.Attempt == 1)
        {
            var set = DateExplanation.InForce(stream, period);

            return (
                $"It collects the period that was due on {Text.Day(period.DueOn)} by revision "
                + $"{charge.ScheduleRevision} of the schedule.",
                [set]);
        }

        var scheduled = stream.LastOrDefault(one =>
            one.Event is RetryScheduled e && e.Period == period && e.Attempt == charge.Id.Attempt);
        var earlier = state.AttemptsAt(period).Last(other => other.Id.Attempt < charge.Id.Attempt);
        var failed = stream.LastOrDefault(one =>
            one.MerchantTransactionId == earlier.Id.MerchantTransactionId
                && one.Event is PaymentFailed or OutcomeSetByOperator or ChargeStopped);

        return (
            $"It is attempt {charge.Id.Attempt} at the period that was due on {Text.Day(period.DueOn)}, because "
            + $"attempt {earlier.Id.Attempt} took no money: {Because(failed)}.",
            [failed, scheduled]);
    }

    private static string Because(TimelineEvent? failed) => failed?.Event switch
    {
        PaymentFailed e => Text.Words(e.Reason) + (e.Gateway?.Code is { } code ? $", the gateway's code {code}" : ""),
        OutcomeSetByOperator e => $"set to failed by {e.By}",
        ChargeStopped e => $"stopped, {Text.Words(e.Reason)}",
        _ => "it had not succeeded",
    };

    private static string? Reason(Charge charge, List<TimelineEvent> about) => charge.State switch
    {
        MoneyState.Failed when about.Select(one => one.Event)
            .LastOrDefault(e => e is PaymentFailed or OutcomeSetByOperator) is var last => last is PaymentFailed failed
            ? failed.Reason
            : "set_by_operator",
        MoneyState.Unknown => about.Select(one => one.Event).OfType<PaymentOutcomeUnknown>().Last().Symptom,
        MoneyState.Stopped => about.Select(one => one.Event).OfType<ChargeStopped>().Last().Reason,
        _ => null,
    };

    private static IEnumerable<TimelineEvent> NextOf(IReadOnlyList<TimelineEvent> stream, Charge charge) =>
        stream.Where(one => charge.Id.Period is { } period && one.Period == period
        && (
            one.Event is RetryScheduled e
                ? e.Attempt == charge.Id.Attempt + 1
                : one.Event is RetriesExhausted ended && ended.Attempts == charge.Id.Attempt));

    private static bool IsTwin(TimelineEvent one, string merchantTransactionId) =>
        one.Event is PeriodPaidTwice e
            && (e.FirstCharge == merchantTransactionId || e.SecondCharge == merchantTransactionId);
}
