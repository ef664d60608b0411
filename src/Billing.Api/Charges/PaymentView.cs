using Billing.Domain.Preapprovals;

namespace Billing.Api.Charges;

/// <summary>A charge as its merchant sees it. Amounts in minor units of the currency.</summary>
/// <param name="Status">requested, unknown, stopped, pending, failed or charged.</param>
/// <param name="CapturedCurrency">
/// Of <c>capturedMinor</c> and of the amounts after it; another one than <c>currency</c> only where the gateway had a
/// payment under this id already.
/// </param>
/// <param name="TakenBackMinor">What a reversal, a chargeback or a lost dispute took back.</param>
/// <param name="NetMinor">What the merchant has kept: captured less refunded and reversed; 0 before success.</param>
/// <param name="Afterwards">
/// The status after a success: partially_refunded, refunded, disputed, dispute_won, dispute_lost, reversed,
/// charged_back.
/// </param>
/// <param name="Refunds">Each refund, oldest first, failed ones too.</param>
/// <param name="Symptom">Why it is unknown, stopped, or set by an operator.</param>
/// <param name="Code">The gateway's return code of a failure.</param>
public sealed record PaymentView(
    string MerchantTransactionId, int? GatewayPaymentId, DateOnly? DueOn, int Attempt, string Origin, long AmountMinor,
    string Currency, long? CapturedMinor, string? CapturedCurrency, long RefundedMinor, long TakenBackMinor,
    long NetMinor, string Status, IReadOnlyList<string> Afterwards, string? Symptom, string? Code, int? GatewayStatusId,
    string? LearntFrom, int LookUps, DateTimeOffset? NextLookUpAt, string? Owner, DateTimeOffset RequestedAt,
    DateTimeOffset? SettledAt, IReadOnlyList<RefundView> Refunds)
{
    public static PaymentView Of(Payment payment)
    {
        var charge = payment.Charge;

        return new(
            payment.Id, payment.GatewayPaymentId, charge.Id.Period?.DueOn, charge.Id.Attempt, Word(charge.Origin),
            charge.Amount.Minor,
            charge.Amount.Currency, charge.CapturedAmount?.Minor, charge.CapturedAmount?.Currency,
            charge.RefundedMinor, charge.TakenBackMinor, charge.NetMinor, payment.Status,
            [.. PostPayment(charge)], charge.Symptom, charge.Code, payment.GatewayStatusId,
            charge.LearntFrom is { } learnt ? Word(learnt) : null, charge.LookUps, charge.NextLookUpAt, charge.Owner,
            charge.RequestedAt, charge.SettledAt,
            [.. charge.Refunds.Values.OrderBy(refund => refund.RequestedAt)
                .Select(refund => RefundView.Of(payment.Id, refund))]);
    }

    internal static string Word(LearntFrom learnt) =>
        learnt is Domain.Preapprovals.LearntFrom.LookUp ? "look_up" : learnt.ToString().ToLowerInvariant();

    private static string Word(ChargeOrigin origin) => origin switch
    {
        ChargeOrigin.OnDemand => "on_demand",
        ChargeOrigin.FoundAtGateway => "found_at_gateway",
        _ => origin.ToString().ToLowerInvariant(),
    };

    private static IEnumerable<string> PostPayment(Charge charge) => new[]
    {
        charge.RefundedMinor == 0 ? null
            : charge.RefundedMinor >= charge.PaidMinor && charge.PaidMinor > 0 ? "refunded"
            : "partially_refunded",
        charge.Has(PostPaymentFact.Disputed) ? "disputed" : null,
        charge.Has(PostPaymentFact.DisputeWon) ? "dispute_won" : null,
        charge.Has(PostPaymentFact.DisputeLost) ? "dispute_lost" : null,
        charge.Has(PostPaymentFact.Reversed) ? "reversed" : null,
        charge.Has(PostPaymentFact.ChargedBack) ? "charged_back" : null,
    }.OfType<string>();
}

/// <summary>A refund as its merchant sees it. Amounts in minor units of the currency.</summary>
/// <param name="Reference">The refund's MerchantTransactionID; null for one made elsewhere that shows none.</param>
/// <param name="Cause">storefront, period_paid_twice, or null: made in the gateway's dashboard or elsewhere.</param>
/// <param name="Status">requested, unknown, pending, failed or refunded.</param>
/// <param name="Symptom">Why it is unknown, or set_by_operator.</param>
/// <param name="Code">The gateway's return code of a failure.</param>
public sealed record RefundView(
    string? Reference, int? GatewayRefundId, string MerchantTransactionId, string? Cause, long AmountMinor,
    string Currency, string Status, string? Symptom, string? Code, int? TypeId, string? LearntFrom, int LookUps,
    DateTimeOffset? NextLookUpAt, string? Owner, DateTimeOffset RequestedAt, DateTimeOffset? SettledAt)
{
    public static RefundView Of(string merchantTransactionId, Refund refund) => new(
        refund.Reference, refund.RefundId, merchantTransactionId, refund.Cause, refund.Amount.Minor,
        refund.Amount.Currency, refund.State.ToString().ToLowerInvariant(),
        refund.Call?.Symptom ?? (refund.Provisional ? "set_by_operator" : null),
        refund.State is RefundState.Failed ? refund.FailureCode : null, refund.Gateway?.TypeId,
        refund.LearntFrom is { } learnt ? PaymentView.Word(learnt) : null, refund.Call?.LookUps ?? 0,
        refund.Call?.NextLookUpAt, refund.Call?.Owner, refund.RequestedAt, refund.SettledAt);
}

/// <param name="Next">Send it as <c>after</c> to get the next page; null on the last.</param>
public sealed record PaymentViews(IReadOnlyList<PaymentView> Payments, string? Next);
