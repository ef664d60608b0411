using Billing.Api.Refunds;

namespace Billing.Api.Payments;

/// <summary>A charge as its merchant sees it. Amounts in minor units of the currency.</summary>
/// <param name="Status">requested, unknown, stopped, pending, failed or charged.</param>
/// <param name="TakenBackMinor">What a reversal or a chargeback took back.</param>
/// <param name="NetMinor">What the merchant has kept: captured, less refunded and taken back; 0 before the success.</param>
/// <param name="Afterwards">What came after a success: partially_refunded, refunded, disputed, dispute_won, dispute_lost, reversed, charged_back.</param>
/// <param name="Refunds">Each refund that has a name, oldest first, failed ones too.</param>
/// <param name="Symptom">Why it is unknown, stopped, or set by an operator.</param>
/// <param name="Code">The gateway's return code of a failure.</param>
public sealed record PaymentView(
    string MerchantTransactionId, int? GatewayPaymentId, DateOnly? DueOn, int Attempt, string Origin, long AmountMinor, string Currency, long? CapturedMinor, long RefundedMinor, long TakenBackMinor, long NetMinor,
    string Status, IReadOnlyList<string> Afterwards, string? Symptom, string? Code, int? GatewayStatusId, string? LearntFrom, int LookUps, DateTimeOffset? NextLookUpAt, string? Owner,
    DateTimeOffset RequestedAt, DateTimeOffset? SettledAt, IReadOnlyList<RefundView> Refunds)
{
    /// <param name="refunds">Of this payment.</param>
    public static PaymentView Of(PaymentRow row, IEnumerable<RefundView> refunds) => new(
        row.MerchantTransactionId, row.Gateway.PaymentId, row.DueOn, row.Attempt, row.Origin, row.Amount.Minor, row.Amount.Currency, row.CapturedAmount?.Minor, row.Refunded.Minor, row.TakenBack.Minor, row.NetMinor,
        row.State.ToString().ToLowerInvariant(), row.Afterwards.Split(',', StringSplitOptions.RemoveEmptyEntries), row.Symptom, row.Gateway.Code, row.Gateway.StatusId, row.LearntFrom,
        row.LookUps, row.NextLookUpAt, row.Owner, row.RequestedAt, row.SettledAt, [.. refunds]);
}

public sealed record PaymentViews(IReadOnlyList<PaymentView> Payments);
