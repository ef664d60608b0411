using Billing.Api.Hosting.Streams;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;

namespace Billing.Api.GlobalPayApi;

/// <summary>Our preapprovals as GlobalPay shows its own: rebuilt from its answers.</summary>
public static class PreapprovalAnswers
{
    /// <summary>One in full.</summary>
    /// <param name="state">Unsealed, and known to the gateway.</param>
    /// <param name="showRedirect">
    /// True for the answers to POST and PATCH. Others show RedirectURL until the customer approves.
    /// </param>
    public static WirePreapproval Full(Preapproval state, bool showRedirect = false) => PreapprovalWriter.Write(
        Stated(state),
        state.Terms,
        Shown(state, showRedirect),
        ScheduleOf(state));

    /// <summary>What the gateway states. If it stated no status, ours: official clients cannot read null.</summary>
    public static GatewayMandate Stated(Preapproval state) => state.Gateway! with
    {
        StatusId = state.Gateway.StatusId ?? PreapprovalStatuses.NumberOf(state.Status),
    };

    /// <summary>The answer with its ETag.</summary>
    public static IResult Say(HttpContext http, Preapproval state, int status, bool showRedirect = false)
    {
        IfMatch.ShowETag(http.Response, state.Version);

        return GlobalPayCall.Say(
            new PreapprovalEnvelope { Preapproval = Full(state, showRedirect) },
            GlobalPayJson.Answers.PreapprovalEnvelope, status);
    }

    /// <summary>As the gateway shows it: RedirectURL until the opening, no mandate reference once closed.</summary>
    public static MandatePersonal? Shown(Preapproval state, bool showRedirect = false) => state.Personal is { } personal
        ? personal with
        {
            RedirectUrl = showRedirect || state.Status is PreapprovalStatus.Pending ? personal.RedirectUrl : null,
            MandateReference = state.Status is PreapprovalStatus.Closed ? null : personal.MandateReference,
        }
        : null;

    // FirstDueOn is the day that all due dates are counted from: sent back in a PATCH, the 31st stays the 31st.
    private static WireSchedule? ScheduleOf(Preapproval state) => state switch
    {
        { Schedule: { } s } => new WireSchedule
        {
            AmountMinor = s.Amount.Minor, Currency = s.Amount.Currency, Every = s.Every, Unit = s.Unit.ToWire(),
            FirstDueOn = s.AnchorOn > s.EndsOn ? null : $"{s.AnchorOn:yyyy-MM-dd}",
            TimeZone = s.TimeZone, EndsOn = s.EndsOn is { } ends ? $"{ends:yyyy-MM-dd}" : null, Periods = s.Periods,
            PeriodsLeft = state.PeriodsLeft, CatchUp = s.CatchUp.ToWire(),
            AfterRetries = s.AfterRetries.ToWire(), Revision = s.Revision,
        },
        { AskedSchedule: { } asked } => new WireSchedule
        {
            AmountMinor = asked.AmountMinor, Currency = asked.Currency, Every = asked.Every, Unit = asked.Unit.ToWire(),
            FirstDueOn = asked.FirstDueOn is { } first ? $"{first:yyyy-MM-dd}" : null, TimeZone = asked.TimeZone,
            EndsOn = asked.EndsOn is { } end ? $"{end:yyyy-MM-dd}" : null, Periods = asked.Periods,
            PeriodsLeft = asked.Periods, CatchUp = asked.CatchUp?.ToWire(),
            AfterRetries = asked.AfterRetries?.ToWire(),
        },
        _ => null,
    };
}
