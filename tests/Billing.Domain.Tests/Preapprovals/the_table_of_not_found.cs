using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

// One call of each kind became unknown at noon. What follows when the gateway does not show it, before and after the
// quiet period (10 min of business time) and the fence (60 s of real time since the send window began), and after the
// last resend.
[Keeps(Promise.NeverChargedTwice)]
public class the_table_of_not_found
{
    private static readonly DateTimeOffset Quiet = Noon.AddMinutes(10);
    private static readonly DateTimeOffset Fenced = Window.AddSeconds(60);

    [Theory]
    [InlineData(OutboundOperation.Create, "mandate_call_resent", "never_arrives")]
    [InlineData(OutboundOperation.Change, "mandate_call_resent", "change_failed not_applied")]
    [InlineData(OutboundOperation.Close, "mandate_call_resent", "not_closed")]
    [InlineData(OutboundOperation.Charge, "charge_resent", "never_arrives")]
    [InlineData(OutboundOperation.Refund, "owner never_arrived", "never_arrived")]
    public void says_for_each_operation_what_follows(OutboundOperation operation, string believed, string afterTheLast)
    {
        var (unknown, resent) = Unanswered(operation);

        Assert.Equal("asked again", Follows(operation, unknown, Quiet.AddTicks(-1), Fenced));
        Assert.Equal("asked again", Follows(operation, unknown, Quiet.AddDays(30), Fenced.AddTicks(-1)));
        Assert.Equal("asked again", Follows(operation, unknown[..^1], Quiet.AddDays(30), Fenced));
        Assert.Equal(believed, Follows(operation, unknown, Quiet, Fenced));

        if (resent is not null)
        {
            Assert.Equal("asked again", Follows(operation, [.. unknown, resent], At(4, 1), At(4, 1)));
            Assert.Contains(
                afterTheLast, Follows(operation, [.. unknown, resent, unknown[^1]], At(4, 1), At(4, 1)),
                StringComparison.Ordinal);
        }
    }

    private static string Follows(
        OutboundOperation operation, PreapprovalEvent[] history, DateTimeOffset now, DateTimeOffset asked)
    {
        var state = history.Aggregate((Preapproval?)null, Preapproval.Fold)!;
        var shown = new MandateUpdate(Confirmed(MandateStatus.Open), LearntFrom.LookUp, asked);
        var events = operation switch
        {
            OutboundOperation.Create => PreapprovalDecider.RecordCreate(
                state, new(new MandateResult.NotFound(), LearntFrom.LookUp, asked), LookUps, SiteZone, now, asked),
            OutboundOperation.Change =>
                PreapprovalDecider.RecordChange(state, shown, false, LookUps, SiteZone, now, asked),
            OutboundOperation.Close => PreapprovalDecider.RecordClose(state, shown, LookUps, now, asked),
            OutboundOperation.Charge => PreapprovalDecider.RecordOutcome(
                state, LookUp(March, new ChargeResult.NotFound(), asked), LookUps, now, asked),
            _ => RecordRefund(
                state, new RefundUpdate("refund-1", new RefundResult.NotFound(), LearntFrom.LookUp, asked), LookUps,
                now),
        };

        return Assert.Single(events) switch
        {
            MandateOutcomeUnknown { Owner: null } or PaymentOutcomeUnknown { Owner: null }
                or RefundOutcomeUnknown { Owner: null } => "asked again",
            MandateOutcomeUnknown e => $"owner {e.Symptom}",
            PaymentOutcomeUnknown e => $"owner {e.Symptom}",
            RefundOutcomeUnknown e => $"owner {e.Symptom}",
            ChangeFailed e => $"change_failed {e.Code}",
            var e => StoredEvents.NameOf(e),
        };
    }

    private static (PreapprovalEvent[] Unknown, PreapprovalEvent? Resent) Unanswered(OutboundOperation operation) =>
        operation switch
        {
            OutboundOperation.Create =>
                (
                    [Requested(), Unknown(MandateOperation.Create, "timeout", Quiet)],
                    Resent(MandateOperation.Create, Quiet)),
            OutboundOperation.Change =>
                (
                    [.. Open, ChangeRequested(), Unknown(MandateOperation.Change, "timeout", Quiet)],
                    Resent(MandateOperation.Change, Quiet)),
            OutboundOperation.Close =>
                (
                    [.. Open, CloseRequested(), Unknown(MandateOperation.Close, "timeout", Quiet)],
                    Resent(MandateOperation.Close, Quiet)),
            OutboundOperation.Charge => ([.. Open, Sent(March), Unknown(March)], Resent(March, Quiet)),
            _ => ([
                .. Open, Sent(March), Charged(March),
                new RefundRequested(Id, March, "refund-1", Price, ByStorefront, null, null, null, null, Window, Noon),
                new RefundOutcomeUnknown(
                    Id, March, "refund-1", Price, LearntFrom.Answer, "timeout", 0, Quiet, null, Noon)], null),
        };
}
