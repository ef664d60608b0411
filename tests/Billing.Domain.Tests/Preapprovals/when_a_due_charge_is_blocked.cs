using Billing.Domain.Preapprovals;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

[Keeps(Promise.NothingDueIsForgotten)]
public class when_a_due_charge_is_blocked
{
    private static readonly DateTimeOffset AprilDay = At(4, 1);

    public static TheoryData<PreapprovalEvent[]> InFlight =>
    [
        [Sent(March)],
        [Sent(March), Unknown(March)],
        [Sent(March), Unknown(March), Resent(March, Noon)],
    ];

    public static TheoryData<PreapprovalEvent[]> Settled =>
    [
        [Sent(March), Charged(March)],
        [Sent(March), Pending(March)],
        [Sent(March), Unknown(March), Pending(March)],
        [Sent(March), Failed(March, "12", "declined_for_good"), NoMore(March, "declined_for_good")],
        [Sent(March), Stopped(March, "closing", Noon)],
        [Sent(March), Unknown(March), Decided(March, MoneyState.Charged)],
    ];

    [Theory]
    [MemberData(nameof(InFlight))]
    public void it_is_deferred_once_and_waits(PreapprovalEvent[] history)
    {
        Given(Open, history).When(it => ChargeDue(it, April.Period!.Value, 1, AprilDay))
            .Then(Deferred(April, March, AprilDay));
        Given(Open, [.. history, Deferred(April, March, AprilDay)]).Is(null, it => it.NextDue);
    }

    [Theory]
    [MemberData(nameof(Settled))]
    public void nothing_that_is_settled_blocks(PreapprovalEvent[] history) =>
        Given(Open, history)
            .When(it => ChargeDue(it, April.Period!.Value, 1, AprilDay))
            .Then(Sent(April, AprilDay));

    [Theory]
    [MemberData(nameof(Settled))]
    public void it_is_due_again_as_soon_as_the_other_is_settled(PreapprovalEvent[] history) =>
        Given(Open, [history[0], Deferred(April, March, AprilDay), .. history[1..]])
            .When(it => ChargeDue(it, April.Period!.Value, 1, At(4, 2)))
            .Then(Sent(April, At(4, 2)));

    [Fact]
    public void a_charge_on_demand_blocks_nothing() =>
        Given(Open, Sent(OnDemand), Unknown(OnDemand))
            .When(it => ChargeDue(it, March.Period!.Value, 1, Noon))
            .Then(Sent(March));

    [Fact]
    public void a_retry_waits_for_the_period_in_flight() =>
        Given(Open, Sent(March), Failed(March), RetryOf(MarchAgain, AprilDay), Sent(April, AprilDay))
            .When(it => ChargeDue(it, March.Period!.Value, 2, AprilDay))
            .Then(Deferred(MarchAgain, April, AprilDay));

    [Fact]
    public void two_that_are_blocked_are_deferred_once_each()
    {
        PreapprovalEvent[] blocked =
        [
            .. Open, Sent(March), Failed(March), RetryOf(MarchAgain, AprilDay), Sent(April, AprilDay), Unknown(April),
            Deferred(MarchAgain, April, AprilDay),
        ];

        Given(blocked).When(it => ChargeDue(it, May.Period!.Value, 1, At(5, 1))).Then(Deferred(May, April, At(5, 1)));
        Given(blocked, Deferred(May, April, At(5, 1))).Is(null, it => it.NextDue);
    }

    [Fact]
    public void both_are_due_again_when_the_blocker_is_settled() =>
        Given(
                Open,
                Sent(March), Failed(March), RetryOf(MarchAgain, AprilDay), Sent(April, AprilDay), Unknown(April),
                Deferred(MarchAgain, April, AprilDay), Deferred(May, April, At(5, 1)), Charged(April))
            .Is(
                MarchAgain,
                it => it.NextDue is { } due ? ChargeId.Scheduled(GatewayId, due.Period, due.Attempt) : null);
}
