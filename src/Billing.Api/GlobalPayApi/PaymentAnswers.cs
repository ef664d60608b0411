using System.Globalization;
using Billing.Api.Charges;
using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;
using PaymentPage = Billing.Api.Charges.PaymentPage;

namespace Billing.Api.GlobalPayApi;

/// <summary>Our charges as GlobalPay shows its payments.</summary>
public static class PaymentAnswers
{
    /// <summary>
    /// One in full. An unknown outcome has no ID and status 7: a 5xx would invite a second debit under a new id.
    /// </summary>
    /// <param name="state">Unsealed.</param>
    public static IResult Say(string siteId, Preapproval state, Charge charge, WireMoney money, int status)
    {
        var facts = new PaymentFacts(
            SiteId(siteId), charge.Id.MerchantTransactionId, charge.ShownAmount, state.Terms.MethodId,
            state.Gateway?.PreapprovalId, charge.Description?.Value, charge.CapturedAmount, charge.FailureText?.Value);

        return GlobalPayCall.Say(
            new PaymentEnvelope { Payment = PaymentWriter.Write(Shown(charge), facts, money) },
            GlobalPayJson.Answers.PaymentEnvelope, status);
    }

    public static IResult Say(string siteId, PaymentPage page, WireMoney money) => GlobalPayCall.Say(
        new PaymentList
        {
            Payments = [.. page.Rows.Select(row => Limited(siteId, row, money))],
            Count = page.Rows.Count,
            TotalPages = (int)((page.Total + page.Filter.PageSize - 1) / page.Filter.PageSize),
            TotalCount = (int)page.Total,
            PageIndex = page.Filter.PageIndex,
            PageSize = page.Filter.PageSize,
        },
        GlobalPayJson.Answers.PaymentList,
        StatusCodes.Status200OK);

    private static WirePayment Limited(string siteId, Payment row, WireMoney money) => PaymentWriter.Limited(
        Shown(row.Charge),
        new PaymentFacts(
            SiteId(siteId), row.Id, row.Charge.ShownAmount, row.MethodId, row.GatewayPreapprovalId, null,
            row.Charge.CapturedAmount),
        money) is var wire ? wire with { Status = wire.Status! with { Reasons = null } } : null!;

    // Several notifications may say what came after the success: the status is what they add up to.
    private static GatewayPayment Shown(Charge charge) =>
        charge is { State: MoneyState.Charged, Standing: not PaymentStatus.Charged }
            && PaymentStatuses.NumberOf(charge.Standing) is { } number
            ? (charge.Gateway ?? new GatewayPayment(null, null, number, null, null, null)) with
            {
                StatusId = number,
                StatusInfo = PaymentStatuses.InfoOf(number)
            }
            : Shown(charge.State, charge.Gateway);

    // A refused charge has no number of the gateway's: it is shown as failed.
    private static GatewayPayment Shown(MoneyState state, GatewayPayment? gateway) => (state, gateway) switch
    {
        (MoneyState.Requested or MoneyState.Unknown, _) =>
            new(null, gateway?.Created, PaymentStatuses.PendingOnProvider, null, null, gateway?.NotifiedAt),
        (_, { StatusId: not null }) => gateway,
        (_, null) => new(null, null, PaymentStatuses.NumberOf(state), null, null, null),
        _ => gateway with { StatusId = PaymentStatuses.NumberOf(state) },
    };

    private static int? SiteId(string siteId) => int.Parse(siteId, CultureInfo.InvariantCulture);
}
