using Billing.Domain.Gateway;
using Billing.Domain.Profiles;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

public static partial class PreapprovalDecider
{
    /// <summary>The code of a create, change or close that failed by a decision of an operator.</summary>
    public const string SetByOperator = "set_by_operator";

    private static readonly string NotDone = "It was not done at the gateway, as an operator has decided.";

    /// <summary>A named person settles a create, change or close that the gateway gives no answer about.</summary>
    /// <param name="asked">What a change asks for of the person, opened; null where it is not known any more.</param>
    /// <param name="shown">What the gateway has, read by its id: what a create has made there.</param>
    /// <param name="differences">In what it shows otherwise than was asked for; kept as drift.</param>
    /// <exception cref="RuleViolation">
    /// mandate_settled: nothing waits for a decision. mandate_not_owned: the gateway is still being asked.
    /// gateway_id_missing: a create that is done has an id at the gateway. gateway_id_wrong: it is another one's.
    /// </exception>
    public static PreapprovalEvent[] SetMandate(
        Preapproval state, MandateOutcome outcome, MandatePersonal? asked, MandateSnapshot? shown, string by,
        Sealed<string>? why, Sealed<string>? evidence, RetryPolicy retries, SiteCalendar site, DateTimeOffset now,
        IReadOnlyList<Difference>? differences = null)
    {
        if (state.Unsettled is not { } unsettled)
        {
            throw new RuleViolation(
                "mandate_settled", "No create, change or close of this preapproval waits for a decision.");
        }

        if (unsettled.Call.Owner is null)
        {
            throw new RuleViolation(
                "mandate_not_owned",
                "The gateway is still being asked what became of it. An operator decides once that has ended.");
        }

        return
        [
            new MandateSetByOperator(state.Id, unsettled.Operation, outcome, by, why, evidence, now),
            .. Settled(state, unsettled, outcome, asked, shown, retries, site, now, differences ?? []),
        ];
    }

    private static PreapprovalEvent[] Settled(
        Preapproval state, Unsettled unsettled, MandateOutcome outcome, MandatePersonal? asked, MandateSnapshot? shown,
        RetryPolicy retries, SiteCalendar site, DateTimeOffset now, IReadOnlyList<Difference> differences) =>
        (unsettled.Operation, outcome) switch
        {
            (MandateOperation.Create, MandateOutcome.Done) =>
                RecordMandate(state, OfThis(state, shown), differences, LearntFrom.Operator, site, now),
            (MandateOperation.Create, _) => [new PreapprovalRefused(state.Id, SetByOperator, NotDone, now)],
            (MandateOperation.Change, MandateOutcome.Done) =>
            [
                new PreapprovalChanged(
                    state.Id, state.Gateway!, unsettled.Terms!, asked, LearntFrom.Operator, now),
                .. SuspensionEnded(state, unsettled.AskedAt, now),
                .. NextSchedule(state, unsettled.Schedule, site, now),
            ],
            (MandateOperation.Change, _) => [new ChangeFailed(state.Id, SetByOperator, NotDone, now)],

            // The gateway has stated no status: ours is shown.
            (_, MandateOutcome.Done) =>
                Closed(state, state.Gateway! with { StatusId = null, StatusInfo = null }, LearntFrom.Operator, now),
            _ =>
            [
                new CloseFailed(state.Id, SetByOperator, NotDone, now),
                .. Unattended(state, Closing, now),
                .. TakenUpAgain(state, retries, now),
            ],
        };

    private static MandateSnapshot OfThis(Preapproval state, MandateSnapshot? shown) => shown switch
    {
        null => throw new RuleViolation(
            "gateway_id_missing", "A create that is done has an id at the gateway. Name it with --gateway-id."),
        _ when shown.Terms.MerchantPreapprovalId != state.Terms.MerchantPreapprovalId => throw new RuleViolation(
            "gateway_id_wrong", "The gateway's preapproval of that id has another MerchantPreapprovalID."),
        _ => shown,
    };
}
