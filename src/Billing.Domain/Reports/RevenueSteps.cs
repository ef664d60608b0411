using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Reports;

/// <summary>From then on a subscription is worth that much a month.</summary>
/// <param name="At">Business time. It may lie ahead: a trial ends, a plan ends.</param>
/// <param name="MonthlyMinor">0 while it is paused or suspended, and once it has ended.</param>
/// <param name="IsPause">It is 0 because of a pause or suspension.</param>
/// <param name="IsImported">The subscription was imported: what it is worth at first is no new revenue.</param>
public readonly record struct RevenueStep(
    DateTimeOffset At, string Currency, long MonthlyMinor, bool IsPause, bool IsImported = false);

/// <summary>The recurring revenue of one subscription over time, folded from its events.</summary>
public sealed class RevenueSteps
{
    /// <summary>Events that may make a step.</summary>
    public static readonly IReadOnlyList<Type> Stepping =
    [
        typeof(PreapprovalOpened), typeof(PreapprovalClosed), typeof(ScheduleSet), typeof(SchedulePaused),
        typeof(PauseTermsSet), typeof(ScheduleResumed), typeof(ScheduleSuspended), typeof(ScheduleChangePlanned),
        typeof(PlannedChangeCancelled), typeof(PeriodSkipped), typeof(PeriodReinstated),
    ];

    /// <summary>
    /// Events that are needed besides: they say how many periods a plan has left, and whether it was imported.
    /// </summary>
    public static readonly IReadOnlyList<Type> Counting =
    [
        typeof(ChargeRequested), typeof(ChargeFoundAtGateway), typeof(ChargeStopped), typeof(ChargeSkipped),
        typeof(SubscriptionImported),
    ];

    private readonly List<RevenueStep> steps = [];
    private readonly SortedSet<DateOnly> skipped = [];
    private bool isImported;
    private bool isOpen;
    private bool isSuspended;
    private (DateTimeOffset? EndsAt, bool IsCollected)? pause;
    private Schedule? schedule;
    private (Schedule Schedule, DateTimeOffset At)? planned;
    private DateTimeOffset? beginsAt;
    private DateOnly? lastDecided;
    private int used;

    /// <summary>In the order of their times; each differs from the one before.</summary>
    public IReadOnlyList<RevenueStep> Steps => steps;

    public static RevenueSteps Of(IEnumerable<PreapprovalEvent> events)
    {
        var fold = new RevenueSteps();

        foreach (var @event in events)
        {
            fold.Take(@event);
        }

        return fold;
    }

    /// <summary>The events of the stream, in order; those that neither step nor count may be left out.</summary>
    public void Take(PreapprovalEvent @event)
    {
        switch (@event)
        {
            case ChargeRequested { Charge.Period: { } period } e:
                Decided(period, e.Charge.Attempt == 1 ? 1 : 0);
                return;
            case ChargeFoundAtGateway { Charge.Period: { } period } e:
                Decided(period, e.UsesPeriod ? 1 : 0);
                return;
            case ChargeStopped { Reason: PreapprovalDecider.Suspended, SendAgainAt: null } e
                when e.Charge is { Period: not null, Attempt: 1 }:
                used--;
                return;
            case ChargeSkipped e:
                Decided(e.Period, 0);
                return;
            case SubscriptionImported:
                isImported = true;
                return;
            case PreapprovalOpened:
                isOpen = true;
                break;
            case PreapprovalClosed:
                isOpen = false;
                break;
            case ScheduleSet e:
                Set(e);
                break;
            case SchedulePaused:
                pause = (null, false);
                break;
            case PauseTermsSet e:
                pause = (e.EndsAt, e.IsCollected);
                break;
            case ScheduleSuspended:
                isSuspended = true;
                break;
            case ScheduleResumed:
                (pause, isSuspended) = (null, false);
                break;
            case ScheduleChangePlanned e:
                planned = (e.Schedule, e.EffectiveAt);
                break;
            case PlannedChangeCancelled:
                planned = null;
                break;
            case PeriodSkipped e:
                skipped.Add(e.Period.DueOn);
                break;
            case PeriodReinstated e:
                skipped.Remove(e.Period.DueOn);
                break;
            default:
                return;
        }

        StepAt(@event.HappenedAt);
    }

    private void Decided(Period period, int uses)
    {
        used += uses;
        lastDecided = lastDecided > period.DueOn ? lastDecided : period.DueOn;
    }

    // A trial ends with the first due date; another first date moves it only while it lasts. An imported subscription
    // may be in the middle of a period that another system has charged.
    private void Set(ScheduleSet e)
    {
        schedule = e.Schedule;

        if (beginsAt is null || beginsAt > e.HappenedAt)
        {
            beginsAt = isImported
                ? schedule.StartOf(schedule.AnchorOn)
                : schedule.DueAt(schedule.FirstDueOn);
        }
    }

    // What was expected to come after it is decided anew.
    private void StepAt(DateTimeOffset at)
    {
        steps.RemoveAll(step => step.At >= at);
        (schedule, planned) = planned?.At <= at ? (planned.Value.Schedule, null) : (schedule, planned);
        pause = pause?.EndsAt <= at ? null : pause;

        if (schedule is null)
        {
            return;
        }

        // What a pause collects is only charged later.
        var isPaused = pause is { IsCollected: false };

        if (!isOpen || isSuspended || isPaused)
        {
            Add(new(at, schedule.Amount.Currency, 0, isOpen));
        }

        if (isOpen && !isSuspended && !(isPaused && pause?.EndsAt is null))
        {
            var from = isPaused ? pause!.Value.EndsAt!.Value : at;
            Expect(schedule, Later(from, beginsAt), planned?.At);

            if (planned is { } later)
            {
                Expect(later.Schedule, Later(Later(from, beginsAt), later.At), null);
            }
        }
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset? other) => one < other ? other.Value : one;

    /// <param name="until">When another schedule takes its place; null: never.</param>
    private void Expect(Schedule plan, DateTimeOffset from, DateTimeOffset? until)
    {
        var end = EndsAt(plan);

        if (from < until && !(end < until))
        {
            Add(new(from, plan.Amount.Currency, MonthlyPrice.Of(plan), false));
        }
        else if (until is null || end < until)
        {
            if (end is null || end > from)
            {
                Add(new(from, plan.Amount.Currency, MonthlyPrice.Of(plan), false));
            }

            if (end is { } ended)
            {
                Add(new(Later(from, ended), plan.Amount.Currency, 0, false));
            }
        }
    }

    // A subscription that was worth nothing and is worth nothing makes no step, unless it says why anew.
    private void Add(RevenueStep step)
    {
        var last = steps.Count == 0 ? (RevenueStep?)null : steps[^1];

        if (last is null ? step.MonthlyMinor > 0
            : (last.Value.MonthlyMinor, last.Value.IsPause) != (step.MonthlyMinor, step.IsPause)
                || (step.MonthlyMinor > 0 && last.Value.Currency != step.Currency))
        {
            steps.Add(step with { IsImported = isImported });
        }
    }

    // The first due date that will not come any more: after the last day, or after as many periods as are left.
    private DateTimeOffset? EndsAt(Schedule plan)
    {
        if (plan.EndsOn is null && plan.Periods is null)
        {
            return null;
        }

        var endless = plan with { EndsOn = null };
        var left = plan.Periods is { } all ? Math.Max(0, all - used) : int.MaxValue;
        var date = endless.DueOnAfter(lastDecided);

        while (date is { } next && left > 0 && next <= (plan.EndsOn ?? DateOnly.MaxValue))
        {
            left -= skipped.Contains(next) || IsPaused(endless.DueAt(next)) ? 0 : 1;
            date = endless.DueOnAfter(next);
        }

        return date is { } end ? endless.DueAt(end) : null;
    }

    private bool IsPaused(DateTimeOffset dueAt) => pause is { IsCollected: false, EndsAt: { } end } && dueAt < end;
}
