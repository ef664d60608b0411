using System.Text.Json;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using Billing.Domain.Tests.Specs;
using FsCheck;
using FsCheck.Fluent;
using static Billing.Domain.Tests.Properties.Snapshots;
using static Billing.Domain.Tests.Specs.A;
using Decider = Billing.Domain.Preapprovals.PreapprovalDecider;

namespace Billing.Domain.Tests.Properties;

// Whatever is decided on the snapshot, written and read between any two events, is what the whole stream decides.
[Keeps(Promise.ViewsEqualReplay)]
public class the_snapshot_of_a_preapproval
{
    private static readonly MandateTerms Capped =
        Terms with { MethodId = 58, MaximumAmountHundredths = 12 * Price.Minor };

    [Fact]
    public void decides_like_the_whole_stream_or_asks_for_it()
    {
        var (decided, asked) = (0, 0);

        Prop.ForAll(Steps.Any, it =>
            {
                Preapproval? snapshot = null;
                Walk? walk = null;

                walk = new Walk(it.CatchUp, it.Unit, it.IsOpen, it.Steps.Length % 2 == 0 ? Capped : null)
                {
                    Watch = (_, @event) => snapshot = Stored(Preapproval.FoldSnapshot(snapshot, @event)),
                    Deciding = decide =>
                    {
                        snapshot ??= walk!.History.Aggregate(
                            (Preapproval?)null, (state, @event) => Stored(Preapproval.FoldSnapshot(state, @event)));

                        if (Outcome(decide, snapshot!) is { } outcome)
                        {
                            decided++;
                            Assert.Equal(Outcome(decide, walk!.State), outcome);
                        }
                        else
                        {
                            asked++;
                        }

                        Assert.Equal(Columns(walk!.State, walk.Now), Columns(snapshot!, walk.Now));
                    },
                };
                walk.Go(it.Steps);
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

        // Both happen, and the whole stream is needed seldom: for old charges, and for what was found at the gateway.
        Assert.InRange(asked, 1, decided / 12);
    }

    [Fact]
    public void is_the_same_after_it_was_written_and_read() => Prop
        .ForAll(Steps.Any, it =>
        {
            var walk = new Walk(it.CatchUp, it.Unit, it.IsOpen);
            walk.Go(it.Steps);
            walk.History.ForEach(e => e.Sealed());
            var snapshot = walk.History.Aggregate((Preapproval?)null, Preapproval.FoldSnapshot)!;

            Assert.Equal(Text(snapshot), Text(Stored(snapshot)));
            Assert.Equal(Text(walk.State.Charges.Values), Text(Read<Charge[]>(Text(walk.State.Charges.Values))));
        })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void takes_no_more_than_4_kilobytes_after_60_months(bool withFailures)
    {
        var (full, snapshot) = Months(60, withFailures);

        Assert.Equal(
            (60, true),
            (
                full.Charges.Values.Count(charge => charge.State is MoneyState.Charged),
                full.Charges.Count > 60 == withFailures));
        Assert.InRange(JsonSerializer.SerializeToUtf8Bytes(snapshot, StoredEvents.Options).Length, 1000, 4096);
    }

    [Fact]
    public void stays_as_small_after_twenty_years() =>
        Assert.InRange(
            JsonSerializer.SerializeToUtf8Bytes(Months(240, true).Snapshot, StoredEvents.Options).Length, 1000, 4096);

    [Fact]
    public void names_a_settled_charge_by_one_short_line()
    {
        var (_, snapshot) = Months(4, false);

        Assert.Equal(["260301-1 C 70000001", "260401-1 C 70000002"], snapshot.SettledCharges);
        Assert.Equal(
            (false, true, 4), (snapshot.Holds("5001-260301-1"), snapshot.Holds("5001-260601-1"), snapshot.ChargeCount));
    }

    [Fact]
    public void knows_from_the_line_what_is_not_new()
    {
        var (full, snapshot) = Months(4, false);

        Assert.Empty(RecordOutcome(snapshot, Notification(March, Confirmed(PaymentStatus.Charged)), LookUps, At(9, 1)));
        Assert.Empty(RecordOutcome(snapshot, Notification(March, Confirmed(PaymentStatus.Failed)), LookUps, At(9, 1)));
        Assert.Empty(Decider.CompareCharge(
            snapshot, MoneyState.Charged, LookUp(March, Confirmed(PaymentStatus.Charged)), null, true, LookUps,
            At(9, 1)));
        Assert.Throws<NeedsFullHistoryException>(
            () => RecordOutcome(snapshot, Notification(March, Confirmed(PaymentStatus.Reversed)), LookUps, At(9, 1)));
        Assert.Single(RecordOutcome(full, Notification(March, Confirmed(PaymentStatus.Reversed)), LookUps, At(9, 1)));
    }

    [Fact]
    public void shows_the_open_refund_of_a_charge_that_it_does_not_hold()
    {
        var (full, snapshot) = Months(4, false);
        var wish = new RefundWish("refund-1", Price, Decider.ByStorefront);

        Assert.Throws<NeedsFullHistoryException>(
            () => RequestRefund(snapshot, March.MerchantTransactionId, wish, At(9, 1)));

        var requested = RequestRefund(full, March.MerchantTransactionId, wish, At(9, 1));
        snapshot = Stored(requested.Aggregate(snapshot, Preapproval.FoldSnapshot));

        Assert.Equal(
            (OutboundOperation.Refund, "refund-1", Window),
            (snapshot.OpenCalls.Single().Operation, snapshot.OpenCalls.Single().Key, snapshot.OldestIntent!.Value));
        Assert.False(snapshot.Holds(March.MerchantTransactionId));

        var refunded = new PaymentRefunded(
            Id, March, Price, null, null, ChargeOrigin.Scheduled, 2, LearntFrom.LookUp, 9, Price, At(9, 2));
        var accepted = new RefundAccepted(
            Id, March, 9, "refund-1", Price, new(1, null, 1, null, null), LearntFrom.LookUp, 0, null, null, At(9, 2));
        snapshot = Stored(Preapproval.FoldSnapshot(Preapproval.FoldSnapshot(snapshot, accepted), refunded));

        Assert.Equal(("260301-1 C 70000001", 2), (snapshot.SettledCharges[0], snapshot.Charges.Count));
        Assert.Empty(snapshot.OpenCalls);
    }

    [Fact]
    public void counts_towards_the_cap_what_it_does_not_hold()
    {
        var snapshot = Months(11, false, Capped).Snapshot;

        Assert.Equal(9 * Price.Minor, snapshot.SettledTotals["BRL"]);
        Assert.IsType<ChargeRequested>(
            Assert.Single(Decider.ChargeDue(snapshot, new DateTimeOffset(2027, 2, 1, 18, 0, 0, default), Window)));

        snapshot = Months(12, false, Capped).Snapshot;

        Assert.Equal(
            "over_cap",
            Assert.IsType<ChargeSkipped>(Assert.Single(
                Decider.ChargeDue(snapshot, new DateTimeOffset(2027, 3, 1, 18, 0, 0, default), Window))).Reason);
    }

    [Fact]
    public void keeps_its_sums_also_for_charges_that_left_no_line()
    {
        var (full, snapshot) = Months(120, true);
        var (paid, failed) = (new Period(new(2026, 4, 1)), new Period(new(2026, 3, 1)));
        var (reversed, late) = (ChargeId.Scheduled(GatewayId, paid, 1), ChargeId.Scheduled(GatewayId, failed, 1));

        Assert.DoesNotContain(snapshot.SettledCharges, line => line.StartsWith("260", StringComparison.Ordinal));
        Assert.All([reversed, late, ChargeId.OnDemand("never")], id => Assert.Throws<NeedsFullHistoryException>(
            () => RecordOutcome(snapshot, Notification(id, Confirmed(PaymentStatus.Charged)), LookUps, Noon)));
        Assert.Throws<NeedsFullHistoryException>(() => ChargeNow(snapshot, "never", Price, null, null, null, Noon));

        var before = Total(snapshot);
        PreapprovalEvent[] events =
        [
            .. RecordOutcome(full, Notification(reversed, Confirmed(PaymentStatus.Reversed)), LookUps, Noon),
            .. RecordOutcome(full, Notification(late, Confirmed(PaymentStatus.Charged)), LookUps, Noon),
        ];
        var after = events.Aggregate(snapshot, (state, e) => Stored(Preapproval.FoldSnapshot(state, e)));

        Assert.Equal(["payment_reversed", "payment_charged", "period_paid_twice"], events.Select(StoredEvents.NameOf));
        Assert.Equal((before + Price.Minor, snapshot.Charges.Count), (Total(after), after.Charges.Count));
        Assert.Equal(["260401-1 C 7001", "260301-1 C 7001"], after.SettledCharges.TakeLast(2));

        static long Total(Preapproval it) =>
            it.SettledTotals["BRL"] + it.Charges.Values.Sum(charge => charge.PaidMinor);
    }

    [Fact]
    public void holds_nothing_personal()
    {
        PreapprovalEvent[] events =
        [
            .. Open, ChangeRequested(), new ChangeFailed(Id, "114", A.Text("Ana"), Noon), Sent(March), Failed(March),
            Sent(OnDemand) with { Description = A.Text("for Ana") }, Charged(OnDemand),
            new RefundRequested(
                Id, OnDemand, "r", Price, "storefront", A.Text("Ana's"),
                Sealed<RefundPersonal>.Of(new(null, null, null, "x", null)), ["details"], null, Window, Noon),
        ];
        var json =
            Text(events.Aggregate((Preapproval?)null, (state, e) => Preapproval.FoldSnapshot(state, e.Sealed()))!);

        Assert.All(
            ["Personal\"", "Description\":\"ey", "Text\"", "Customer"],
            name => Assert.DoesNotContain(name, json, StringComparison.Ordinal));
    }

    private static string? Outcome(Func<Preapproval, PreapprovalEvent[]> decide, Preapproval state)
    {
        try
        {
            return string.Join('\n', decide(state).Select(Spec.AsStored));
        }
        catch (RuleViolation violation)
        {
            return violation.Code;
        }
        catch (NeedsFullHistoryException)
        {
            return null;
        }
    }

    private static object Columns(Preapproval it, DateTimeOffset now) => (
        it.Status, it.NextDue, it.NextDueAt, it.NextRetryAt, it.NextLookUpAt, it.OldestIntent, it.Owner,
        it.RefusedCharge, it.ChargeCount, it.LastDecided, it.CloseReason, string.Join(' ', it.Unpaid),
        SubscriptionState.Of(it, now),
        string.Join('\n', it.OpenCalls.OrderBy(open => open.Key, StringComparer.Ordinal).Select(Shown)));

    // The snapshot does not hold how often a pending charge was sent, and nothing depends on it.
    private static string Shown((OutboundOperation Operation, string Key, OutboundCall Call) open) =>
        open.Call.State is OutboundState.Pending
            ? $"{open.Operation} {open.Key} {open.Call.LookUps} {open.Call.NextLookUpAt} {open.Call.Owner}"
            : $"{open.Operation} {open.Key} {open.Call}";
}
