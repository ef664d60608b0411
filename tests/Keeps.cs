namespace Billing.Tests;

/// <summary>The eight promises of ARCHITECTURE.md, in its order.</summary>
public enum Promise
{
    NeverChargedTwice,
    NothingDueIsForgotten,
    UnknownIsAState,
    AcknowledgedNotificationsAreKept,
    ClosedIsNotCharged,
    ViewsEqualReplay,
    HistoryIsProvenAndPeopleAreForgotten,
    ReplayHasNoSideEffects,
}

/// <summary>Which promises a class of tests keeps. ARCHITECTURE.md's table is generated from it.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KeepsAttribute(params Promise[] promises) : Attribute
{
    public IReadOnlyList<Promise> Promises { get; } = promises;
}
