using Billing.Domain.Scheduling;
using FsCheck;
using FsCheck.Fluent;

namespace Billing.Domain.Tests.Properties;

/// <summary>One move of a random history; what the numbers mean is up to the kind.</summary>
internal sealed record Step(Move Move, int A, int B);

internal enum Move
{
    Sweep,
    Outcome,
    Wait,
    PauseOrResume,
    Plan,
    Change,
    AnswerChange,
    Close,
    AnswerClose,
    Notification,
    ChargeNow,
    Operator,
    Stop,
    Skip,
    Reinstate,
    NotSent,
    SendAgain,
    Refund,
    RefundOutcome,
    Dispute,
    Compare,
    FindLost,
    RetryNow,
    CloseAfterDunning,
}

/// <summary>Random ways through the decisions; a failing one shrinks by leaving steps out.</summary>
internal static class Steps
{
    public static Arbitrary<(CatchUp CatchUp, ScheduleUnit Unit, bool IsOpen, Step[] Steps)> Any { get; } = Arb.From(
        from catchUp in Gen.Elements(Enum.GetValues<CatchUp>())
        from unit in Gen.Elements(ScheduleUnit.Day, ScheduleUnit.Week, ScheduleUnit.Month)
        from isOpen in Gen.Elements(true, true, true, false)
        from length in Gen.Choose(1, 120)
        from steps in Gen.ArrayOf(AnyStep, length)
        select (catchUp, unit, isOpen, steps),
        it => Enumerable.Range(0, it.steps.Length)
            .Select(n => (it.catchUp, it.unit, it.isOpen, it.steps.Where((_, index) => index != n).ToArray())));

    private static Gen<Step> AnyStep =>
        from move in Gen.Frequency([
            (24, Gen.Constant(Move.Sweep)), (24, Gen.Constant(Move.Outcome)), (8, Gen.Constant(Move.Wait)),
            (3, Gen.Constant(Move.PauseOrResume)), (3, Gen.Constant(Move.Plan)),
            (3, Gen.Constant(Move.Change)), (5, Gen.Constant(Move.AnswerChange)), (2, Gen.Constant(Move.Close)),
            (4, Gen.Constant(Move.AnswerClose)),
            (5, Gen.Constant(Move.Notification)), (3, Gen.Constant(Move.ChargeNow)), (4, Gen.Constant(Move.Operator)),
            (2, Gen.Constant(Move.Stop)),
            (3, Gen.Constant(Move.Skip)), (2, Gen.Constant(Move.Reinstate)), (4, Gen.Constant(Move.NotSent)),
            (5, Gen.Constant(Move.SendAgain)),
            (3, Gen.Constant(Move.Refund)), (4, Gen.Constant(Move.RefundOutcome)), (2, Gen.Constant(Move.Dispute)),
            (3, Gen.Constant(Move.Compare)),
            (1, Gen.Constant(Move.FindLost)), (3, Gen.Constant(Move.RetryNow)),
            (1, Gen.Constant(Move.CloseAfterDunning))])
        from a in Gen.Choose(0, 999)
        from b in Gen.Choose(0, 999)
        select new Step(move, a, b);
}
