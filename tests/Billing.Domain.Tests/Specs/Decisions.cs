using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Profiles;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Tests.Specs;

/// <summary>Decisions that may write an intent, with the examples' send window.</summary>
internal static class Decisions
{
    public static PreapprovalEvent[] Request(
        Preapproval? state, Guid id, MandateTerms terms, MandatePersonal personal, ScheduleTerms? schedule, int? site,
        DateTimeOffset now) =>
        PreapprovalDecider.Request(state, id, terms, personal, schedule, site, now, A.Window);

    public static PreapprovalEvent[] RecordCreate(
        Preapproval state, MandateResult answer, LearntFrom from, LookUpPolicy lookUps, SiteCalendar site,
        DateTimeOffset now) =>
        PreapprovalDecider.RecordCreate(state, A.Update(answer, from), lookUps, site, now, A.Window);

    public static PreapprovalEvent[] RequestChange(
        Preapproval state, MandateTerms terms, MandatePersonal personal, ScheduleTerms? schedule, int? site,
        DateTimeOffset now) =>
        PreapprovalDecider.RequestChange(state, terms, personal, schedule, site, now, A.Window);

    public static PreapprovalEvent[] RecordChange(
        Preapproval state, MandateResult answer, bool? applied, LearntFrom from, LookUpPolicy lookUps,
        SiteCalendar site, DateTimeOffset now) =>
        PreapprovalDecider.RecordChange(state, A.Update(answer, from), applied, lookUps, site, now, A.Window);

    public static PreapprovalEvent[] RequestClose(Preapproval state, DateTimeOffset now) =>
        PreapprovalDecider.RequestClose(state, now, A.Window);

    public static PreapprovalEvent[] RecordClose(
        Preapproval state, MandateResult answer, LearntFrom from, LookUpPolicy lookUps, DateTimeOffset now) =>
        PreapprovalDecider.RecordClose(state, A.Update(answer, from), lookUps, now, A.Window);

    /// <summary>A first attempt as the sweep decides it, a retry as it is requested after its look-ups.</summary>
    public static PreapprovalEvent[] ChargeDue(
        Preapproval state, Period period, int attempt, DateTimeOffset now,
        MethodProfiles? profiles = null) => attempt == 1
            ? PreapprovalDecider.ChargeDue(state, now, A.Window, profiles)
            : PreapprovalDecider.RequestRetry(state, period, attempt, now, A.Window, profiles);

    public static PreapprovalEvent[] ChargeNow(
        Preapproval state, string id, Money amount, string? description, string? executionDate, int? site,
        DateTimeOffset now) =>
        PreapprovalDecider.ChargeNow(state, id, amount, A.Text(description), executionDate, site, now, A.Window);

    public static PreapprovalEvent[] RecordOutcome(
        Preapproval state, ChargeUpdate update, LookUpPolicy lookUps, DateTimeOffset now) =>
        PreapprovalDecider.RecordOutcome(state, update, lookUps, now, A.Window);

    public static PreapprovalEvent[] SetOutcome(
        Preapproval state, string id, MoneyState outcome, string by, string why, string evidence, DateTimeOffset now) =>
        PreapprovalDecider.SetOutcome(state, id, outcome, by, A.Text(why), A.Text(evidence), now);

    public static PreapprovalEvent[] RequestRefund(Preapproval state, string id, RefundWish wish, DateTimeOffset now) =>
        PreapprovalDecider.RequestRefund(state, id, wish, now, A.Window);

    public static PreapprovalEvent[] RefundPaidTwice(Preapproval state, string id, DateTimeOffset now) =>
        PreapprovalDecider.RefundPaidTwice(state, id, now, A.Window);

    public static PreapprovalEvent[] SetRefund(
        Preapproval state, string reference, RefundState outcome, string by, string why, string evidence,
        DateTimeOffset now) =>
        PreapprovalDecider.SetRefund(state, reference, outcome, by, A.Text(why), A.Text(evidence), now);
}
