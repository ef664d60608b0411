using System.Globalization;
using Billing.Domain.Profiles;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

public static partial class PreapprovalDecider
{
    /// <summary>A due date met later than this is a missed one for <see cref="CatchUp.Skip"/>.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromHours(24);

    /// <summary>Why a date is skipped whose due instant lies in a pause.</summary>
    public const string Paused = "paused";

    /// <summary>Why a date is skipped, or a charge stopped, while charging is suspended.</summary>
    public const string Suspended = "suspended";

    /// <summary>Why a date is skipped that was not decided before the merchant closed the preapproval.</summary>
    public const string Closing = "closing";

    // A sweep after years without one still ends: the rest is due again at once.
    private const int DecisionsAtOnce = 400;

    /// <summary>
    /// Decides the first attempts that are due: charge, defer, or skip with a reason. Silence is not an outcome.
    /// </summary>
    /// <remarks>
    /// Stops before a retry: that is decided by <see cref="RequestRetry"/>, after its earlier attempts were looked up.
    /// </remarks>
    public static PreapprovalEvent[] ChargeDue(
        Preapproval state, DateTimeOffset now, DateTimeOffset windowStart, MethodProfiles? profiles = null)
    {
        var events = new List<PreapprovalEvent>();

        while (events.Count < DecisionsAtOnce && state.NextDue is { Attempt: 1 } due && due.DueAt <= now)
        {
            var decision = Decide(state, due, ProfileOf(state, profiles), now, windowStart);
            events.Add(decision);
            state = Preapproval.Fold(state, decision);

            if (decision is not ChargeSkipped)
            {
                break;
            }
        }

        return [.. events];
    }

    /// <summary>Requests the retry that is due next, defers it, or ends the period.</summary>
    /// <remarks>
    /// Only after a look-up of each of <see cref="EarlierAttempts"/> found that it has failed, on the version of the
    /// stream that was looked up.
    /// </remarks>
    /// <returns>Nothing when that retry is no longer what is due next.</returns>
    public static PreapprovalEvent[] RequestRetry(
        Preapproval state, Period period, int attempt, DateTimeOffset now, DateTimeOffset windowStart,
        MethodProfiles? profiles = null) =>
        state.NextDue is not { Attempt: > 1 } due || due.Period != period || due.Attempt != attempt || due.DueAt > now
            ? []
            : Decide(state, due, ProfileOf(state, profiles), now, windowStart) switch
            {
                RetriesExhausted ended => AfterLimit(state, ended, now),
                var decided => [decided],
            };

    /// <summary>The attempts that must be confirmed to have failed before this one is requested.</summary>
    public static IReadOnlyList<Charge> EarlierAttempts(Preapproval state, Period period, int attempt) =>
        [.. AttemptsBefore(state, period, attempt)];

    internal static IEnumerable<Charge> AttemptsBefore(Preapproval state, Period period, int attempt)
    {
        var before = state.AttemptsAt(period).Where(charge => charge.Id.Attempt < attempt).ToArray();

        return state.IsSnapshot && before.Count(charge => !charge.IsPartial) < attempt - 1
            ? throw new NeedsFullHistoryException($"all attempts at the period due on {period.DueOn:O}")
            : before;
    }

    private static PreapprovalEvent Decide(
        Preapproval state, DueCharge due, MethodProfile profile, DateTimeOffset now, DateTimeOffset windowStart)
    {
        // Of a first attempt: the schedule that was in force when it fell due.
        var schedule = due.Attempt is 1 ? state.NextPeriod!.Schedule : state.Schedule;

        if (due.Attempt is 1 && ReasonToSkip(state, state.NextPeriod!, now) is { } reason)
        {
            return new ChargeSkipped(state.Id, due.Period, schedule!.Revision, reason, now);
        }

        if (state.InFlight is { } unsettled)
        {
            return new ChargeDeferred(state.Id, due.Period, due.Attempt, unsettled.Id.MerchantTransactionId, now);
        }

        var first = AttemptsBefore(state, due.Period, due.Attempt).FirstOrDefault();
        var amount = first?.Amount ?? schedule!.Amount;

        if (MandateLimits.ReasonAgainst(state, amount, due.Attempt is 1 ? schedule : null, profile, now) is { } limit)
        {
            return due.Attempt is 1
                ? new ChargeSkipped(state.Id, due.Period, schedule!.Revision, limit, now)
                : new RetriesExhausted(state.Id, due.Period, due.Attempt - 1, limit, profile.Retries.Version, now);
        }

        var today = schedule?.LocalDate(now) ?? due.Period.DueOn;
        var executeOn = profile.ExecutionOn(due.Period.DueOn, today)
            ?.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

        return new ChargeRequested(
            state.Id, ChargeId.Scheduled(state.Gateway!.PreapprovalId, due.Period, due.Attempt), amount,
            due.Attempt is 1 ? ChargeOrigin.Scheduled : ChargeOrigin.Retry, profile.Version,
            first is null ? schedule?.Revision : first.ScheduleRevision, due.DueAt, null, executeOn, null,
            windowStart, now)
        {
            GatewayPreapprovalId = state.Gateway!.PreapprovalId,
            MethodId = state.Terms.MethodId,
        };
    }

    // What fell due and was not decided by now, where nothing will decide it later.
    private static IEnumerable<PreapprovalEvent> Unattended(Preapproval state, string reason, DateTimeOffset now) =>
        state.Undecided
            .TakeWhile(due => due.At <= now)
            .Where(due => !state.Skipped.Contains(due.On))
            .Select(due =>
                new ChargeSkipped(state.Id, new Period(due.On), due.Schedule.Revision, reason, now));

    /// <summary>
    /// What held at the due instant decides, whenever it is decided; only the catch-up rule looks at the present.
    /// </summary>
    /// <returns>Why a date that is due is skipped; null when it is charged.</returns>
    internal static string? ReasonToSkip(Preapproval state, DueDate due, DateTimeOffset now)
    {
        if (state.PauseAt(due.At) is { } pause)
        {
            return pause.Reason;
        }

        // The merchant has asked for each of these: no catch-up rule leaves one out.
        if (state.IsCollected(due.At))
        {
            return null;
        }

        return due.Schedule.CatchUp switch
        {
            CatchUp.LatestOnly when HasLaterOne(state, due, now) => "superseded",
            CatchUp.Skip when now - due.At > Grace || HasLaterOne(state, due, now) => "missed",
            _ => null,
        };
    }

    // A date that is skipped, by the merchant or for a pause, takes no other's place.
    private static bool HasLaterOne(Preapproval state, DueDate due, DateTimeOffset now) =>
        state.DueDatesAfter(due.On)
            .TakeWhile(later => later.At <= now)
            .Any(later => !state.Skipped.Contains(later.On) && state.PauseAt(later.At) is null
                && !state.IsCollected(later.At));

    private static MethodProfile ProfileOf(Preapproval state, MethodProfiles? profiles) =>
        (profiles ?? MethodProfiles.BuiltIn).Of(state.Terms.MethodId);
}
