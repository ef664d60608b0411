namespace Billing.Api.Payments;

/// <summary>A charge as its merchant sees it. Amounts in minor units of the currency.</summary>
/// <param name="Status">requested, unknown, stopped, pending, failed or charged.</param>
/// <param name="Afterwards">What came after a success: reversed, disputed, dispute_won, dispute_lost, charged_back, refunded.</param>
/// <param name="Symptom">Why it is unknown, stopped, or set by an operator.</param>
/// <param name="Code">The gateway's return code of a failure.</param>
public sealed record PaymentView(
    string MerchantTransactionId, int? GatewayPaymentId, DateOnly? DueOn, int Attempt, string Origin, long AmountMinor, string Currency, long? CapturedMinor, long RefundedMinor,
    string Status, IReadOnlyList<string> Afterwards, string? Symptom, string? Code, int? GatewayStatusId, string? LearntFrom, int LookUps, DateTimeOffset? NextLookUpAt, string? Owner,
    DateTimeOffset RequestedAt, DateTimeOffset? SettledAt)
{
    public static PaymentView Of(PaymentRow row) => new(
        row.MerchantTransactionId, row.Gateway.PaymentId, row.DueOn, row.Attempt, row.Origin, row.Amount.Minor, row.Amount.Currency, row.CapturedAmount?.Minor, row.Refunded.Minor,
        row.State.ToString().ToLowerInvariant(), row.Afterwards.Split(',', StringSplitOptions.RemoveEmptyEntries), row.Symptom, row.Gateway.Code, row.Gateway.StatusId, row.LearntFrom,
        row.LookUps, row.NextLookUpAt, row.Owner, row.RequestedAt, row.SettledAt);
}

public sealed record PaymentViews(IReadOnlyList<PaymentView> Payments);
