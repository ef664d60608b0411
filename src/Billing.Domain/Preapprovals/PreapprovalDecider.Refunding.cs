using Billing.Domain.Gateway;

namespace Billing.Domain.Preapprovals;

/// <summary>A refund as it is wanted.</summary>
/// <param name="Reference">Its MerchantTransactionID.</param>
/// <param name="Cause">snake_case: storefront, period_paid_twice.</param>
public sealed record RefundWish(
    string Reference, Money Amount, string Cause, Sealed<string>? Description = null,
    Sealed<RefundPersonal>? Personal = null,
    IReadOnlyList<string>? PersonalParts = null, int? StatedSiteId = null);

public static partial class PreapprovalDecider
{
    public const string ByStorefront = "storefront";
    public const string ByPeriodPaidTwice = "period_paid_twice";

    /// <summary>
    /// Decides to pay back some or all of a charge, in any status of the preapproval. What is requested, unknown or
    /// pending counts as taken.
    /// </summary>
    /// <returns>Nothing when this reference is already one of this charge's: a repeat is harmless.</returns>
    /// <exception cref="RuleViolation">
    /// 17: not a payment that can be refunded. 118: more than is left. 18: the person was forgotten. 20: the reference
    /// is another
    /// charge's. Or merchant_transaction_id_reserved.
    /// </exception>
    public static PreapprovalEvent[] RequestRefund(
        Preapproval state, string merchantTransactionId, RefundWish wish, DateTimeOffset now,
        DateTimeOffset windowStart)
    {
        if (ChargeOfRefund(state, wish.Reference) is { } owner)
        {
            return owner == merchantTransactionId
                ? []
                : throw new RuleViolation(
                    "20", "MerchantTransactionID is duplicated: a refund of another payment has it.");
        }

        if (wish.Cause != ByPeriodPaidTwice && ChargeId.IsDerivedRefundForm(wish.Reference))
        {
            throw new RuleViolation(
                "merchant_transaction_id_reserved",
                "Validation failed: MerchantTransactionID has the form that is kept for "
                + "refunds of our own. Choose another one.");
        }

        if (Held(state, merchantTransactionId) is not { State: MoneyState.Charged, Gateway.PaymentId: not null } charge)
        {
            throw new RuleViolation("17", "Payment is invalid: only one that succeeded can be refunded.");
        }

        if (charge.Standing is not (PaymentStatus.Charged or PaymentStatus.PartiallyRefunded
            or PaymentStatus.DisputeWon))
        {
            throw new RuleViolation(
                "17",
                "Payment is invalid: it was refunded in full, disputed, reversed or charged "
                + "back, so that nothing can be refunded.");
        }

        if (wish.Amount.Currency != charge.Paid.Currency || wish.Amount.Minor <= 0)
        {
            throw new RuleViolation(
                "118", "Amount invalid: it must be more than zero and in the currency of the payment.");
        }

        if (wish.Amount.Minor > charge.RefundableMinor)
        {
            throw new RuleViolation(
                "118",
                "Amount invalid: it is more than what is left of the payment, less the "
                + "refunds that are made or under way.");
        }

        if (state.IsForgotten && wish.PersonalParts is { Count: > 0 })
        {
            throw new RuleViolation(
                "18",
                "Refund is invalid: this customer was forgotten, so that personal details of a refund cannot be kept. "
                + "Ask without them, if the method needs none, or pay back outside.");
        }

        var parts = wish.PersonalParts is { Count: > 0 } given ? given : null;

        return
        [
            new RefundRequested(
                state.Id, charge.Id, wish.Reference, wish.Amount, wish.Cause, wish.Description, wish.Personal, parts,
                wish.StatedSiteId,
                windowStart, now),
        ];
    }

    /// <summary>Of a period that was paid twice, the payment that came to light last goes back in full.</summary>
    /// <returns>
    /// Nothing where the other one went back already, or one was found at the gateway: its refunds may be unknown here.
    /// </returns>
    public static PreapprovalEvent[] RefundPaidTwice(
        Preapproval state, string merchantTransactionId, DateTimeOffset now, DateTimeOffset windowStart)
    {
        var reference = ChargeId.RefundReferenceOf(merchantTransactionId);

        if (Held(state, merchantTransactionId)
            is not { Gateway.PaymentId: not null, Standing: PaymentStatus.Charged, RefundableMinor: > 0 } charge
            || charge.RefundableMinor != charge.PaidMinor || ChargeOfRefund(state, reference) is not null
            || IsPaidBackElsewhere(state, charge))
        {
            return [];
        }

        return RequestRefund(
            state, merchantTransactionId, new RefundWish(reference, charge.Paid, ByPeriodPaidTwice), now, windowStart);
    }

    private static bool IsPaidBackElsewhere(Preapproval state, Charge charge)
    {
        var twins = charge.Id.Period is { } period
            ? state.AttemptsAt(period)
                .Where(other => other.Id != charge.Id && other.State is MoneyState.Charged).ToList()
            : [];

        return (twins.Count > 0 && twins.All(twin => twin.NetMinor == 0))
            || twins.Append(charge).Any(one => one.Origin is ChargeOrigin.FoundAtGateway);
    }

    // MerchantTransactionID of the charge that a refund of ours belongs to; null when there is no such refund.
    private static string? ChargeOfRefund(Preapproval state, string reference) =>
        state.RefundReferences.TryGetValue(reference, out var id) ? id
        : state.HoldsAll ? null
        : throw new NeedsFullHistoryException($"every refund, so whether {reference} is one");

    private static (Charge Charge, Refund Refund)? HeldRefund(Preapproval state, string reference) =>
        ChargeOfRefund(state, reference) is { } id && Held(state, id) is { } charge
            ? (charge, charge.Refunds[reference])
            : null;
}
