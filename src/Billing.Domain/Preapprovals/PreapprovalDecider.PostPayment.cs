using Billing.Domain.Gateway;

namespace Billing.Domain.Preapprovals;

public static partial class PreapprovalDecider
{
    private const string Prefix = "payments.";
    private const string Suffix = ".partially_refunded";

    /// <summary>
    /// The gateway names a dispute. Each dispute is reported once, and each thing that became of it is a fact that
    /// holds once.
    /// </summary>
    public static PreapprovalEvent[] RecordDispute(
        Preapproval state, string merchantTransactionId, DisputeSnapshot dispute, LearntFrom from, DateTimeOffset now)
    {
        if (Held(state, merchantTransactionId) is not { } charge)
        {
            return [];
        }

        var known = charge.Disputes.GetValueOrDefault(dispute.DisputeId);
        PreapprovalEvent[] reported = known?.Claimed is null && dispute.Claimed is { } claimed
            ? [new DisputeReported(state.Id, charge.Id, dispute.DisputeId, claimed, from, now)]
            : [];

        PreapprovalEvent[] fact = dispute.Status switch
        {
            PaymentStatus.Disputed when known is not { WasOpened: true } =>
            [
                Disputed(state, charge, null, null, dispute.DisputeId, from, now)
            ],
            PaymentStatus.DisputeWon when known is not { IsWon: true } =>
            [
                Won(state, charge, null, null, dispute.DisputeId, from, now)
            ],
            PaymentStatus.DisputeLost when known is not { IsLost: true } =>
            [
                Lost(state, charge, null, null, dispute.DisputeId, from, now)
            ],
            _ => [],
        };

        return [.. reported, .. fact];
    }

    /// <summary>The field under which a partial refund shows as a difference until a refund explains it.</summary>
    public static string PartiallyRefunded(string merchantTransactionId) => $"{Prefix}{merchantTransactionId}{Suffix}";

    /// <returns>The charge's MerchantTransactionID; null for the field of another difference.</returns>
    public static string? ChargeOfPartialRefund(string field) =>
        field.StartsWith(Prefix, StringComparison.Ordinal) && field.EndsWith(Suffix, StringComparison.Ordinal)
        && field.Length > Prefix.Length + Suffix.Length
            ? field[Prefix.Length..^Suffix.Length]
            : null;

    private static PreapprovalEvent[] PostPaymentEvents(
        Preapproval state, Charge charge, PaymentSnapshot payment, LearntFrom from,
        DateTimeOffset now) => payment.State switch
        {
            PaymentStatus.Reversed when !charge.Has(PostPaymentFact.Reversed) =>
            [
                new PaymentReversed(
                    state.Id, charge.Id, charge.Amount, payment.CapturedAmount, payment.Gateway, charge.Origin,
                    charge.ProfileVersion, from,
                    payment.ReasonText, now),
            ],
            PaymentStatus.Disputed when !charge.Has(PostPaymentFact.Disputed) =>
                [Disputed(state, charge, payment.CapturedAmount, payment.Gateway, null, from, now)],
            PaymentStatus.DisputeWon when !charge.Has(PostPaymentFact.DisputeWon) =>
                [Won(state, charge, payment.CapturedAmount, payment.Gateway, null, from, now)],
            PaymentStatus.DisputeLost when !charge.Has(PostPaymentFact.DisputeLost) =>
                [Lost(state, charge, payment.CapturedAmount, payment.Gateway, null, from, now)],
            PaymentStatus.ChargedBack when !charge.Has(PostPaymentFact.ChargedBack) =>
            [
                new PaymentChargedBack(
                    state.Id, charge.Id, charge.Amount, payment.CapturedAmount, payment.Gateway, charge.Origin,
                    charge.ProfileVersion, from,
                    now),
            ],

            // What named refunds explain in full is known already; the rest is written without a name.
            PaymentStatus.Refunded when !charge.Has(PostPaymentFact.Refunded)
                && Unexplained(charge, payment) is { Minor: > 0 } rest =>
            [
                new PaymentRefunded(
                    state.Id, charge.Id, charge.Amount, payment.CapturedAmount, payment.Gateway, charge.Origin,
                    charge.ProfileVersion, from,
                    null, rest, now),
            ],

            // How much is not said here: the refund's own update says it, and is asked for. Until then it is a
            // difference that shows.
            PaymentStatus.PartiallyRefunded when charge.NamedRefundsMinor == 0
                && !charge.Has(PostPaymentFact.Refunded) =>
                Drifted(
                    state, [new Difference(PartiallyRefunded(charge.Id.MerchantTransactionId), "false", "true")], from,
                    now),
            _ => [],
        };

    private static Money Unexplained(Charge charge, PaymentSnapshot payment)
    {
        var paid = charge.CapturedAmount ?? payment.CapturedAmount ?? payment.Amount ?? charge.Amount;
        return paid with { Minor = paid.Minor - charge.NamedRefundsMinor };
    }

    private static PaymentDisputed Disputed(
        Preapproval state, Charge charge, Money? captured, GatewayPayment? gateway, int? disputeId, LearntFrom from,
        DateTimeOffset now) =>
        new(
            state.Id, charge.Id, charge.Amount, captured, gateway, charge.Origin, charge.ProfileVersion, from,
            disputeId, now);

    private static DisputeWon Won(
        Preapproval state, Charge charge, Money? captured, GatewayPayment? gateway, int? disputeId, LearntFrom from,
        DateTimeOffset now) =>
        new(
            state.Id, charge.Id, charge.Amount, captured, gateway, charge.Origin, charge.ProfileVersion, from,
            disputeId, now);

    private static DisputeLost Lost(
        Preapproval state, Charge charge, Money? captured, GatewayPayment? gateway, int? disputeId, LearntFrom from,
        DateTimeOffset now) =>
        new(
            state.Id, charge.Id, charge.Amount, captured, gateway, charge.Origin, charge.ProfileVersion, from,
            disputeId, now);
}
