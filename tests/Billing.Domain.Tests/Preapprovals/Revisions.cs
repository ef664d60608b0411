using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using static Billing.Domain.Tests.Specs.A;

namespace Billing.Domain.Tests.Preapprovals;

/// <summary>The revision of a schedule that a change makes.</summary>
internal static class Revisions
{
    public static readonly DateTimeOffset Later = At(3, 20);

    public static ScheduleSet RevisionOf(ScheduleTerms terms, PreapprovalEvent[] history, DateTimeOffset? at = null) =>
        new(
            Id, history.Aggregate((Preapproval?)null, Preapproval.Fold)!
                .Schedule!.Revised(terms, at ?? Later, LastDue(history, at ?? Later)), at ?? Later);

    private static DateOnly? LastDue(PreapprovalEvent[] history, DateTimeOffset at) =>
        history.Aggregate((Preapproval?)null, Preapproval.Fold) is var it
            ? it!.Undecided.TakeWhile(due => due.At <= at).LastOrDefault()?.On ?? it.LastDecided
            : null;
}
