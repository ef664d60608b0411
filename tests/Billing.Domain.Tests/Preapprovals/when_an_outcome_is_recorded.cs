using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

public class when_an_outcome_is_recorded
{
    private const string Nothing = "";
    private const string Retried = "payment_failed retry_scheduled";
    private const string Ended = "payment_failed retries_exhausted dunning_ended";

    private static readonly Dictionary<string, PreapprovalEvent[]> Known = new()
    {
        ["requested"] = [],
        ["unknown"] = [Unknown(March)],
        ["stopped"] = [Stopped(March, "closing", Noon)],
        ["pending"] = [Pending(March)],
        ["failed"] = [Failed(March), RetryOf(MarchAgain, At(3, 2))],
        ["charged"] = [Charged(March)],
    };

    private static readonly Dictionary<string, ChargeResult> Answers = new()
    {
        ["pending"] = Confirmed(PaymentStatus.Pending),
        ["failed"] = Confirmed(PaymentStatus.Failed, "119"),
        ["charged"] = Confirmed(PaymentStatus.Charged),
        ["unrecognised"] = Confirmed(PaymentStatus.Unrecognised),
        ["refused"] = new ChargeResult.Refused("118", Text("Amount invalid")),
        ["duplicate"] = new ChargeResult.Duplicate(),
        ["not found"] = new ChargeResult.NotFound(),
        ["unknown"] = new ChargeResult.Unknown("http_502"),
    };

    [Theory]
    [InlineData("pending", "payment_pending", "payment_pending", "payment_pending", Nothing, Nothing, Nothing)]
    [InlineData("failed", Retried, Retried, Retried, Retried, Nothing, Nothing)]
    [InlineData(
        "charged", "payment_charged", "payment_charged", "payment_charged", "payment_charged",
        "payment_charged retries_exhausted", Nothing)]
    [InlineData(
        "unrecognised", "payment_outcome_unknown", "payment_outcome_unknown", Nothing, Nothing, Nothing, Nothing)]
    [InlineData("refused", Ended, Ended, Nothing, Nothing, Nothing, Nothing)]
    [InlineData("duplicate", "payment_outcome_unknown", "payment_outcome_unknown", Nothing, Nothing, Nothing, Nothing)]
    [InlineData("not found", "payment_outcome_unknown", "payment_outcome_unknown", Nothing, Nothing, Nothing, Nothing)]
    [InlineData("unknown", "payment_outcome_unknown", "payment_outcome_unknown", Nothing, Nothing, Nothing, Nothing)]
    public void it_tells_only_what_is_higher_than_what_we_know(
        string answer, string requested, string unknown, string stopped, string pending, string failed, string charged)
    {
        string[] expected = [requested, unknown, stopped, pending, failed, charged];

        Assert.All(Known.Zip(expected), it =>
            Given([.. Open, Sent(March)], it.First.Value)
                .Is(it.Second, state => Names(RecordOutcome(state, Answer(March, Answers[answer]), LookUps, Noon))));
    }

    [Theory]
    [InlineData("pending")]
    [InlineData("failed")]
    [InlineData("charged")]
    public void the_same_update_again_writes_nothing(string answer) =>
        Assert.All(Known.Values, known =>
            Given([.. Open, Sent(March)], known)
                .Is(Nothing, state =>
                {
                    var once = RecordOutcome(state, Answer(March, Answers[answer]), LookUps, Noon)
                        .Aggregate(state, Preapproval.Fold);
                    return Names(RecordOutcome(once, Notification(March, Answers[answer]), LookUps, Noon));
                }));

    [Fact]
    public void a_success_carries_what_the_events_need() =>
        Given(Open, Sent(March))
            .When(it => RecordOutcome(it, Answer(March, Confirmed(PaymentStatus.Charged)), LookUps, Noon))
            .Then(new PaymentCharged(
                Id, March, Price, Price, new GatewayPayment(7001, "20260301120000", 2, "Charged", null, null),
                ChargeOrigin.Scheduled, 2, LearntFrom.Answer, Noon));

    [Theory]
    [InlineData(LearntFrom.Answer)]
    [InlineData(LearntFrom.Notification)]
    [InlineData(LearntFrom.LookUp)]
    public void how_we_learnt_it_is_kept(LearntFrom from) =>
        Given(Open, Sent(March), Unknown(March))
            .When(it => RecordOutcome(
                it, Answer(March, Confirmed(PaymentStatus.Charged)) with { From = from }, LookUps, Noon))
            .Then(Charged(March, from));

    [Fact]
    public void what_the_gateway_captured_is_kept_where_it_differs()
    {
        var partly = (ChargeResult.Confirmed)Confirmed(PaymentStatus.Charged);
        partly = new(partly.Value with
        {
            Gateway = partly.Value.Gateway with { StatusId = 35 },
            CapturedAmount = new Money(2000, "BRL")
        });

        Given(Open, Sent(March))
            .When(it => RecordOutcome(it, Answer(March, partly), LookUps, Noon))
            .Then(Charged(March) with { CapturedAmount = new Money(2000, "BRL"), Gateway = partly.Value.Gateway });
    }

    [Fact]
    public void a_charge_that_we_never_asked_for_is_not_ours() =>
        Given(Open, Sent(March))
            .When(it => RecordOutcome(it, Notification(April, Confirmed(PaymentStatus.Charged)), LookUps, Noon))
            .ThenNothing();

    [Fact]
    public void money_taken_after_the_close_is_still_recorded()
    {
        Given(Open, Sent(March), CloseRequested())
            .When(it => RecordOutcome(it, Answer(March, Confirmed(PaymentStatus.Charged)), LookUps, Noon))
            .Then(Charged(March));

        Given(
            Open, Sent(March), CloseRequested(), Stopped(March, "closing", Noon),
            Closed(ClosedBy.Merchant, LearntFrom.Answer))
            .When(it => RecordOutcome(it, Notification(March, Confirmed(PaymentStatus.Charged)), LookUps, Noon))
            .Then(Charged(March, LearntFrom.Notification));
    }

    [Fact]
    public void a_failure_after_the_close_gets_no_retry() =>
        Given(Open, Sent(March), Closed(ClosedBy.Customer, LearntFrom.Notification))
            .When(it => RecordOutcome(it, Answer(March, Confirmed(PaymentStatus.Failed, "119")), LookUps, Noon))
            .Then(Failed(March), NoMore(March, "not_open"));

    private static string Names(IEnumerable<PreapprovalEvent> events) =>
        string.Join(' ', events.Select(e => AsStored(e).Split(' ')[0]));
}
