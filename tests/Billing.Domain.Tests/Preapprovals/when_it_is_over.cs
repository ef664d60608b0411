using Billing.Domain.Archiving;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Profiles;
using static Billing.Domain.Tests.Specs.A;

namespace Billing.Domain.Tests.Preapprovals;

public class when_it_is_over
{
    private static readonly PreapprovalEvent[] Paid = [.. Open, Sent(March), Charged(March)];
    private static readonly PreapprovalEvent End = Closed(ClosedBy.Merchant, LearntFrom.Answer);
    private static readonly DateTimeOffset Later = Noon.AddDays(181);

    [Fact]
    public void it_may_be_archived_half_a_year_after_the_last_event() =>
        Assert.Equal((null, "money_may_go_back"), (Why(Later, [.. Paid, End]), Why(Noon.AddDays(179), [.. Paid, End])));

    [Fact]
    public void a_direct_debit_waits_until_it_cannot_be_taken_back()
    {
        PreapprovalEvent[] debit = [
            Requested() with { Terms = Terms with { MethodId = 84 } },
            Registered() with { Terms = Terms with { MethodId = 84 } }, Opened(),
            End
        ];

        Assert.Equal(
            ("money_may_go_back", "money_may_go_back", null),
            (Why(Later, debit), Why(Noon.AddDays(409), debit), Why(Noon.AddDays(411), debit)));
    }

    [Fact]
    public void what_is_not_settled_keeps_it()
    {
        PreapprovalEvent disputed = new PaymentDisputed(
            Id, March, Price, Price, null, ChargeOrigin.Scheduled, 2, LearntFrom.Notification, 7, Noon);
        PreapprovalEvent won = new DisputeWon(
            Id, March, Price, Price, null, ChargeOrigin.Scheduled, 2, LearntFrom.Notification, 7, Noon);
        PreapprovalEvent refund = new RefundRequested(
            Id, March, "refund-1", Price, PreapprovalDecider.ByStorefront, null, null, null, null, Window, Noon);
        PreapprovalEvent refunded = new PaymentRefunded(
            Id, March, Price, Price, null, ChargeOrigin.Scheduled, 2, LearntFrom.Notification, 9, Price, Noon);

        PreapprovalEvent accepted = new RefundAccepted(
            Id, March, 9, "refund-1", Price, new GatewayRefund(1, null, 1, "Open", null), LearntFrom.Answer, 0, Noon,
            null, Noon);

        Assert.Equal("not_closed", Why(Later, Paid));
        Assert.Equal("not_closed", Why(Later, [.. Paid, CloseRequested()]));
        Assert.Equal("charge_unsettled", Why(Later, [.. Open, Sent(March), End]));
        Assert.Equal("charge_unsettled", Why(Later, [.. Open, Sent(March), Unknown(March), End]));
        Assert.Equal("charge_unsettled", Why(Later, [.. Open, Sent(March), Pending(March), End]));
        Assert.Equal(
            ("dispute_open", null), (Why(Later, [.. Paid, End, disputed]), Why(Later, [.. Paid, End, disputed, won])));
        Assert.Equal(
            ("refund_under_way", "refund_under_way"),
            (Why(Later, [.. Paid, End, refund]), Why(Later, [.. Paid, End, refund, accepted])));
        Assert.Null(Why(Later, [.. Paid, End, refund, accepted, refunded]));
    }

    private static string? Why(DateTimeOffset now, PreapprovalEvent[] events) =>
        ArchiveRule.WhyKept(events.Aggregate((Preapproval?)null, Preapproval.Fold)!, Noon, MethodProfiles.BuiltIn, now);
}
