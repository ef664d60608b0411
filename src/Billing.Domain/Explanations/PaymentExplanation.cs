using Billing.Domain.Preapprovals;

namespace Billing.Domain.Explanations;

/// <summary>Why a payment was asked for, and what became of it.</summary>
/// <remarks>Decisions: charged, charged_twice, failed, pending, unknown, in_flight, stopped.</remarks>
public static class PaymentExplanation
{
    /// <returns>Null when the stream has no such charge.</returns>
    public static Explanation? Of(IReadOnlyList<Happened> stream, string merchantTransactionId)
    {
        var state = Happened.Fold(stream);

        if (state?.Charges.GetValueOrDefault(merchantTransactionId) is not { } charge)
        {
            return null;
        }

        var about = stream.Where(one => one.MerchantTransactionId == merchantTransactionId || IsTwin(one, merchantTransactionId)).ToList();
        var twice = about.LastOrDefault(one => one.Event is PeriodPaidTwice);
        var (why, because) = Why(state, stream, charge);
        var sentences = new List<string> { why };
        sentences.AddRange(Outcomes.Of(stream, charge));

        if (twice is not null)
        {
            sentences.Add(Narration.Of(twice));
        }

        if (charge.Id.Period is { } period && charge.State is MoneyState.Failed or MoneyState.Stopped && Outcomes.Next(state, stream, charge.Id.Period!.Value) is { } next)
        {
            sentences.Add(next);
        }

        return Explanation.Of(twice is null ? Outcomes.Word(charge) : "charged_twice", Reason(charge, about), sentences, [.. because, .. about, .. NextOf(stream, charge)]);
    }

    private static (string Sentence, IEnumerable<Happened?> Facts) Why(Preapproval state, IReadOnlyList<Happened> stream, Charge charge)
    {
        if (charge.Id.Period is not { } period)
        {
            return ("The storefront asked for it, outside the schedule and under an id of its own.", []);
        }

        if (charge.Id.Attempt == 1)
        {
            var set = stream.LastOrDefault(one => one.Event is ScheduleSet { Schedule: var schedule } && schedule.Revision == period.ScheduleRevision);

            return ($"It collects the period that was due on {Say.Day(period.DueOn)} by revision {period.ScheduleRevision} of the schedule.", [set]);
        }

        var scheduled = stream.LastOrDefault(one => one.Event is RetryScheduled e && e.Period == period && e.Attempt == charge.Id.Attempt);
        var earlier = state.AttemptsAt(period).Last(other => other.Id.Attempt < charge.Id.Attempt);
        var failed = stream.LastOrDefault(one => one.MerchantTransactionId == earlier.Id.MerchantTransactionId && one.Event is PaymentFailed or OutcomeSetByOperator or ChargeStopped);

        return (
            $"It is attempt {charge.Id.Attempt} at the period that was due on {Say.Day(period.DueOn)}, because attempt {earlier.Id.Attempt} took no money: {Because(failed)}.",
            [failed, scheduled]);
    }

    private static string Because(Happened? failed) => failed?.Event switch
    {
        PaymentFailed e => Say.Words(e.Reason) + (e.Gateway?.Code is { } code ? $", the gateway's code {code}" : ""),
        OutcomeSetByOperator e => $"set to failed by {e.By}",
        ChargeStopped e => $"stopped, {Say.Words(e.Reason)}",
        _ => "it had not succeeded",
    };

    private static string? Reason(Charge charge, List<Happened> about) => charge.State switch
    {
        MoneyState.Failed when about.Select(one => one.Event).LastOrDefault(e => e is PaymentFailed or OutcomeSetByOperator) is var last => last is PaymentFailed failed ? failed.Reason : "set_by_operator",
        MoneyState.Unknown => about.Select(one => one.Event).OfType<PaymentOutcomeUnknown>().Last().Symptom,
        MoneyState.Stopped => about.Select(one => one.Event).OfType<ChargeStopped>().Last().Reason,
        _ => null,
    };

    private static IEnumerable<Happened> NextOf(IReadOnlyList<Happened> stream, Charge charge) => stream.Where(one => charge.Id.Period is { } period && one.Period == period
        && (one.Event is RetryScheduled e ? e.Attempt == charge.Id.Attempt + 1 : one.Event is RetriesExhausted ended && ended.Attempts == charge.Id.Attempt));

    private static bool IsTwin(Happened one, string merchantTransactionId) =>
        one.Event is PeriodPaidTwice e && (e.FirstCharge == merchantTransactionId || e.SecondCharge == merchantTransactionId);
}
