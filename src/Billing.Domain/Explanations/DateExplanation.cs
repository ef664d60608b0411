using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Explanations;

/// <summary>Why a date was charged, or why not.</summary>
/// <remarks>
/// Decisions once something was decided: charged, charged_twice, in_flight, unknown, pending, retry_scheduled, failed,
/// stopped, skipped (with the
/// reason), deferred. Before or without that: not_due (with the reason), not_due_yet, overdue, closed, not_open,
/// no_schedule.
/// </remarks>
public static partial class DateExplanation
{
    /// <param name="now">Business time, which separates not due yet from overdue.</param>
    public static Explanation Of(IReadOnlyList<TimelineEvent> stream, DateOnly date, DateTimeOffset now)
    {
        var state = TimelineEvent.Fold(stream)!;
        var about = stream.Where(one => one.Period?.DueOn == date).ToList();
        var explained = Decided(state, stream, about, date) ?? Undecided(state, stream, date, now);
        var others = Others(state, stream, date).ToList();

        return Explanation.Of(
            explained.Decision, explained.Reason,
            [
                .. explained.Sentences,
                .. others.Select(one => $"On that day {Other((ChargeRequested)one.Event)} was asked for."),
            ],
            [.. explained.Facts, .. about, .. others]);
    }

    private static Explanation? Decided(
        Preapproval state, IReadOnlyList<TimelineEvent> stream, List<TimelineEvent> about, DateOnly date)
    {
        var attempts = state.Charges.Values.Where(charge => charge.Id.Period?.DueOn == date)
            .OrderBy(charge => charge.Id.Attempt).ToList();

        if (attempts.Count > 0)
        {
            return Attempted(state, stream, about, attempts);
        }

        return (about.LastOrDefault()?.Event, about.LastOrDefault()) switch
        {
            (PeriodSkipped, { } skipped) =>
                Explanation.Of(
                    "skipped", "skipped_by_merchant", [EventDescriber.Of(skipped), "It was not charged."], []),
            (ChargeSkipped e, { } skipped) => Skipped(stream, e, skipped),
            (ChargeDeferred e, { } deferred) => Deferred(state, stream, e.BlockedBy, deferred),
            _ => null,
        };
    }

    private static Explanation Attempted(
        Preapproval state, IReadOnlyList<TimelineEvent> stream, List<TimelineEvent> about, List<Charge> attempts)
    {
        var (last, period) = (attempts[^1], attempts[^1].Id.Period!.Value);
        var sentences = attempts.SelectMany(charge => ChargeDescriber.Of(stream, charge)).ToList();
        var found = about.Any(one => one.Event is ChargeFoundAtGateway)
            ? about.Where(one => one.Event is ChargeSkipped or ChargeFoundAtGateway).Select(EventDescriber.Of).ToList()
            : [];
        var paid = attempts.Where(charge => charge.State is MoneyState.Charged).ToList();

        if (paid.Count > 0)
        {
            return Explanation.Of(
                paid.Count > 1 ? "charged_twice" : "charged", null,
                [.. found, .. sentences, .. about.Where(one => one.Event is PeriodPaidTwice).Select(EventDescriber.Of)],
                [InForce(stream, period)]);
        }

        if (last.State is not (MoneyState.Failed or MoneyState.Stopped))
        {
            return Explanation.Of(
                ChargeDescriber.Word(last), null, [.. found, .. sentences], [InForce(stream, period)]);
        }

        if (state.Deferred.TryGetValue(period.DueOn, out var waits) && state.IsBlocked(waits)
            && about.Last(one => one.Event is ChargeDeferred) is var deferred)
        {
            var blocked = Deferred(state, stream, waits.BlockedBy, deferred);

            return blocked with { Sentences = [.. sentences, .. blocked.Sentences] };
        }

        var ended = about.Select(one => one.Event).OfType<RetriesExhausted>().LastOrDefault();
        var next = ChargeDescriber.Next(state, stream, period);

        return Explanation.Of(
            state.Retries
                .ContainsKey(period.DueOn) ? "retry_scheduled"
            : last.State is MoneyState.Stopped ? "stopped"
            : "failed", state.Retries.ContainsKey(period.DueOn) ? null : ended?.Reason,
            next is null ? [.. found, .. sentences] : [.. found, .. sentences, next],
            [
                InForce(stream, period),
                state.Retries.TryGetValue(period.DueOn, out var waiting)
                    && state.DueAtOf(waiting) != waiting.DueAt
                    ? Last<SchedulePaused>(stream)
                    : null,
            ]);
    }

    private static Explanation Skipped(IReadOnlyList<TimelineEvent> stream, ChargeSkipped e, TimelineEvent skipped)
    {
        var before = stream.TakeWhile(one => one.Version < skipped.Version).ToList();
        var pause = PauseAtDue(before, e.Period) is { } covering && covering.Pause.Reason == e.Reason
            ? covering
            : ((Pause Pause, TimelineEvent? Began)?)null;
        var cause = e.Reason switch
        {
            PreapprovalDecider.Paused => pause?.Began ?? Last<SchedulePaused>(before),
            PreapprovalDecider.Suspended => pause?.Began ?? Last<ScheduleSuspended>(before),
            PreapprovalDecider.Closing or "closed" or "not_open" =>
                stream.LastOrDefault(one => one.Event is CloseRequested or PreapprovalClosed),
            _ => InForce(stream, e.Period),
        };
        var why = e.Reason switch
        {
            PreapprovalDecider.Paused =>
                $"It fell due while the schedule was paused, {From(cause)}{Until(pause?.Pause)}.",
            PreapprovalDecider.Suspended when pause is null =>
                "It was due and not decided yet when charging was suspended.",
            PreapprovalDecider.Suspended =>
                $"It fell due while charging was suspended, {From(cause)}{Until(pause?.Pause)}.",
            "superseded" =>
                "When it was decided a later due date had come too, and the catch-up rule charges only the latest.",
            "missed" =>
                "When it was decided its day was more than 24 hours over, and the catch-up rule skips such dates.",
            PreapprovalDecider.Closing =>
                "It was not decided before the preapproval was to be closed, or fell due before the close was refused.",
            "closed" or "not_open" => "The preapproval was closed before it was charged.",
            MandateLimits.OverCap =>
                "It would have been more than the customer approved, alone or together with what was charged before.",
            MandateLimits.Lapsed =>
                "The mandate had not been used for as long as its method allows, and has lapsed: the customer has to "
                + "approve a new one.",
            MandateLimits.Frequency =>
                "The schedule charges more often than the customer approved: it needs a longer interval.",
            _ => $"The reason recorded is: {Text.Words(e.Reason)}.",
        };

        return Explanation.Of("skipped", e.Reason, [EventDescriber.Of(skipped), why], [cause]);
    }

    private static string From(TimelineEvent? began) =>
        began is null ? "from an earlier day" : $"from {Text.At(began.HappenedAt)}{Text.By(began.By)}";

    private static string Until(Pause? pause) => pause?.End is { } end ? $" until {Text.At(end)}" : " on";

    // Read from the state that the decision was made on.
    private static (Pause Pause, TimelineEvent? Began)? PauseAtDue(
        IReadOnlyList<TimelineEvent> before, Period period)
    {
        var state = TimelineEvent.Fold(before)!;

        return state.Undecided.FirstOrDefault(due => due.On == period.DueOn) is { } due
            ? PauseOf(state, before, due.At)
            : null;
    }

    private static Explanation Deferred(
        Preapproval state, IReadOnlyList<TimelineEvent> stream, string blockedBy,
        TimelineEvent deferred) => Explanation.Of(
        "deferred", "charge_in_flight",
        [
            EventDescriber.Of(deferred), .. ChargeDescriber.Of(stream, state.Charges[blockedBy]),
            "It is decided again as soon as that is settled."
        ],
        stream.Where(one => one.MerchantTransactionId == blockedBy));

    private static IEnumerable<TimelineEvent> Others(
        Preapproval state, IReadOnlyList<TimelineEvent> stream, DateOnly date) => stream.Where(one =>
        one.Event is ChargeRequested e && e.Charge.Period?.DueOn != date
        && (state.Schedule?.LocalDate(e.HappenedAt) ?? DateOnly.FromDateTime(e.HappenedAt.UtcDateTime)) == date);

    private static string Other(ChargeRequested e) => e.Charge.Period is { } period
        ? $"attempt {e.Charge.Attempt} at the period due on {Text.Day(period.DueOn)} ({Text.Amount(e.Amount)}, id "
            + $"{e.Charge.MerchantTransactionId})"
        : $"{Text.Amount(e.Amount)} on demand (id {e.Charge.MerchantTransactionId})";

    /// <summary>The schedule that named a due date which was decided.</summary>
    internal static TimelineEvent? InForce(IReadOnlyList<TimelineEvent> stream, Period period)
    {
        var revision = stream.Where(one => one.Period == period).Select(one => one.Event).Select(e => e switch
        {
            ChargeRequested requested => requested.ScheduleRevision,
            ChargeSkipped skipped => skipped.ScheduleRevision,
            _ => null,
        }).FirstOrDefault(found => found is not null);

        return stream.LastOrDefault(one => RevisionOf(one) is { } set && set.Schedule.Revision == revision);
    }

    private static TimelineEvent? Last<T>(IEnumerable<TimelineEvent> stream) where T : PreapprovalEvent =>
        stream.LastOrDefault(one => one.Event is T);
}
