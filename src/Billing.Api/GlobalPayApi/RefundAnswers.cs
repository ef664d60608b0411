using System.Globalization;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;

namespace Billing.Api.GlobalPayApi;

/// <summary>Our refunds as GlobalPay shows its own (docs/globalpay.md section 10).</summary>
public static class RefundAnswers
{
    private const int Open = 1;
    private const int Success = 2;
    private const int Failed = 4;

    public static IResult Say(string siteId, int paymentId, Refund refund, WireMoney money, int status) =>
        GlobalPayCall.Say(
            new RefundEnvelope
            {
                Refund = RefundWriter.Write(
                    Facts(siteId, paymentId, refund) with { Personal = refund.Personal?.Value }, money),
            },
            GlobalPayJson.Answers.RefundEnvelope, status);

    /// <summary>Newest first, limited detail: those that the gateway has, and those with an unknown outcome.</summary>
    public static IResult Say(string siteId, int paymentId, IEnumerable<Refund> refunds, WireMoney money) =>
        GlobalPayCall.Say(
            new RefundList
            {
                Refunds =
                [
                    .. refunds.Where(IsShown).OrderByDescending(refund => refund.RequestedAt)
                        .Select(refund => RefundWriter.Write(Facts(siteId, paymentId, refund), money)),
                ],
            },
            GlobalPayJson.Answers.RefundList, StatusCodes.Status200OK);

    public static IResult Say(IEnumerable<RefundType> types) => GlobalPayCall.Say(
        new RefundTypeList { RefundTypes = [.. types.Select(RefundWriter.Write)] },
        GlobalPayJson.Answers.RefundTypeList, StatusCodes.Status200OK);

    // Refused before it became a refund: there is nothing to show but why, and that was answered.
    private static bool IsShown(Refund refund) => refund.State is not RefundState.Failed || refund.RefundId is not null;

    // A result that is not known is shown as open: anything else would invite a new id and a second refund.
    private static RefundFacts Facts(string siteId, int paymentId, Refund refund) => new(
        int.Parse(siteId, CultureInfo.InvariantCulture), refund.RefundId, refund.Reference, paymentId, refund.Amount,
        refund.Description?.Value, refund.Gateway?.TypeId, refund.Gateway?.Created,
        refund.State switch { RefundState.Refunded => Success, RefundState.Failed => Failed, _ => Open },
        refund.State is RefundState.Failed ? refund.FailureCode : null, refund.FailureText?.Value);
}
