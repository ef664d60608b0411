using Billing.Domain;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using Billing.Gateway.Requests;

namespace Billing.Api.GlobalPayApi;

/// <summary>Whether a request repeats an earlier one, and whether a change fits its preapproval.</summary>
internal static class PreapprovalRepeats
{
    /// <summary>True once the create is settled apart from its request, which then gets no answer.</summary>
    public static bool IsLostToItsStorefront(object data) => data is
        MandateOutcomeUnknown { Operation: MandateOperation.Create }
        or MandateCallNotSent { Operation: MandateOperation.Create }
        or MandateCallResent { Operation: MandateOperation.Create };

    public static bool IsSame(PreapprovalRequested first, PreapprovalRequest asked, ScheduleTerms? schedule) =>
        first.Terms == asked.Terms && first.Personal == asked.Personal && first.Schedule == schedule
        && first.StatedSiteId == asked.SiteId;

    public static bool IsSame(Unsettled running, PreapprovalRequest asked, ScheduleTerms? schedule) =>
        running.Terms == asked.Terms && running.Personal == asked.Personal && running.Schedule == schedule;

    /// <summary>The state that a change may be applied to.</summary>
    /// <exception cref="RuleViolation">104, 111: the change names another id or method.</exception>
    public static Preapproval Fitting(Preapproval state, PreapprovalRequest asked)
    {
        if (state.Terms.MerchantPreapprovalId != asked.Terms.MerchantPreapprovalId)
        {
            throw new RuleViolation(
                "104",
                "Merchant preapproval ID is invalid: it is another one's. Send the one that "
                + "this preapproval was created with.");
        }

        return state.Terms.MethodId == asked.Terms.MethodId
            ? state
            : throw new RuleViolation("111", "Method ID is invalid for preapproval: it cannot be changed.");
    }
}
