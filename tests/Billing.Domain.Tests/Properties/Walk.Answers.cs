using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using static Billing.Domain.Tests.Specs.A;
using Decider = Billing.Domain.Preapprovals.PreapprovalDecider;

namespace Billing.Domain.Tests.Properties;

/// <summary>What the gateway answers and the merchant asks for, by the numbers of a step.</summary>
internal sealed partial class Walk
{
    // Dates that were skipped or charged, and one that no schedule names.
    private List<Period> LostDates() =>
    [
        .. History.OfType<ChargeSkipped>().Select(e => e.Period),
        .. History.OfType<ChargeRequested>().Select(e => e.Charge.Period).OfType<Period>(),
        new(DateOnly.FromDateTime(Now.UtcDateTime).AddDays(-1)),
    ];

    // Mostly one that is not settled, else any: the gateway may speak about the past.
    private Charge? Charge(int choice)
    {
        var all = State.Charges.Values.OrderBy(charge => charge.RequestedAt)
            .ThenBy(charge => charge.Id.MerchantTransactionId, StringComparer.Ordinal)
            .ToList();
        var open = all.Where(charge => charge.IsUnsettled).ToList();
        var from = choice % 3 != 0 && open.Count > 0 ? open : all;

        return from.Count == 0 ? null : from[choice % from.Count];
    }

    private Func<Preapproval, PreapprovalEvent[]> PauseOrResume(Step step)
    {
        var (now, day) = (Now, DateOnly.FromDateTime(Now.UtcDateTime).AddDays(1 + (step.B % 60)));
        var terms = step.B % 3 == 0 ? null : new PauseTerms(step.B % 4 == 0 ? null : day, step.B % 2 == 0);

        return State.PausedAt(now) is not null && step.A % 4 > 0
            ? it => Decider.Resume(it, now)
            : it => Decider.Pause(it, now, terms);
    }

    private Func<Preapproval, PreapprovalEvent[]> Plan(Step step)
    {
        var (now, from) = (Now, DateOnly.FromDateTime(Now.UtcDateTime).AddDays((step.B % 80) - 5));
        var wish = new ScheduleWish(
            step.A + 1, (step.B % 3) + 1, step.B % 5 == 0 ? ScheduleUnit.Week : null, null,
            step.B % 4 == 0 ? (step.A % 20) + 1 : null);

        return step.A % 7 == 0
            ? it => Decider.CancelPlannedChange(it, now)
            : it => Decider.ChangeSchedule(it, wish, step.A % 5 == 0 ? null : from, null, SiteZone, now);
    }

    private static readonly PaymentStatus[] Statuses = Enum.GetValues<PaymentStatus>();

    private ChargeUpdate Learnt(Charge charge, int choice)
    {
        ChargeResult answer = (choice % 20) switch
        {
            < 4 => Confirmed(PaymentStatus.Failed, choice % 7 == 0 ? "12" : "119"),
            < 6 => Confirmed(PaymentStatus.Charged),
            < 11 => Confirmed(Statuses[choice % Statuses.Length]),
            11 => new ChargeResult.Refused(choice % 2 == 0 ? "12" : "121", null),
            12 => new ChargeResult.Duplicate(),
            < 18 => new ChargeResult.NotFound(),
            _ => new ChargeResult.Unknown("timeout"),
        };
        var from = answer is ChargeResult.Confirmed ? (LearntFrom)(choice % 3) : (LearntFrom)(choice % 2 * 2);

        return new ChargeUpdate(
            charge.Id.MerchantTransactionId, answer, from, from is LearntFrom.Notification ? null : Now);
    }

    // Of a refund of ours, or of one that was made elsewhere.
    private Func<Preapproval, PreapprovalEvent[]> RefundOutcome(Step step, string id)
    {
        var now = Now = Now.AddMinutes(step.B % 45);
        var ours = State.RefundReferences.Keys.ToList();
        var (status, gateway) = ((RefundStatus)(step.B % 4), new GatewayRefund(1, null, 1, null, null));

        if (ours.Count == 0 || step.B % 3 == 0)
        {
            var shown = new RefundSnapshot(
                9000 + (step.A % 5), 7001, null, status, Price with { Minor = 100 }, gateway, null);
            return it => Decider.RecordRefund(it, id, shown, LearntFrom.Notification, LookUps, now);
        }

        var reference = ours[step.A % ours.Count];
        RefundResult answer = (step.B % 7) switch
        {
            0 => new RefundResult.Refused("17", null),
            1 or 2 => new RefundResult.NotFound(),
            3 => new RefundResult.Unknown("timeout"),
            _ => new RefundResult.Confirmed(new(8000 + step.A, 7001, reference, status, null, gateway, null)),
        };

        return it => Decider.RecordRefund(
            it, new RefundUpdate(reference, answer, LearntFrom.LookUp, now), LookUps, now);
    }

    private ScheduleTerms? Schedules(Step step) => (step.A % 4) switch
    {
        0 => null,
        1 => Monthly with
        {
            AmountMinor = 100 + step.B,
            FirstDueOn = null,
            AfterRetries = step.B % 4 == 3 ? null : (AfterRetries)(step.B % 4),
        },
        2 => Monthly with { Unit = ScheduleUnit.Week, CatchUp = (CatchUp)(step.B % 3), Periods = (step.B % 9) + 1 },
        _ => Monthly with { FirstDueOn = DateOnly.FromDateTime(Now.UtcDateTime).AddDays((step.B % 60) - 20) },
    };

    private MandateUpdate LookedUp(MandateResult answer) => LookedUp(answer, Now);

    private static MandateUpdate LookedUp(MandateResult answer, DateTimeOffset now) =>
        new(answer, LearntFrom.LookUp, now);

    // Without further look-ups an owner has it at once.
    private static LookUpPolicy Patience(int choice) => choice % 5 < 2 ? LookUps with { Intervals = [] } : LookUps;

    private static MandateResult MandateAnswers(int choice) => (choice % 8) switch
    {
        0 => new MandateResult.Refused("114", null),
        1 => new MandateResult.Unknown("timeout"),
        2 => new MandateResult.NotFound(),
        3 => Confirmed(MandateStatus.Closed, Dearer),
        4 => Confirmed(MandateStatus.Pending, Dearer),
        _ => Confirmed(MandateStatus.Open, Dearer),
    };
}
