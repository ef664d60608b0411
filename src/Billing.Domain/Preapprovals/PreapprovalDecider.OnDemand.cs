using Billing.Domain.Profiles;

namespace Billing.Domain.Preapprovals;

public static partial class PreapprovalDecider
{
    /// <summary>The storefront charges by itself, outside the schedule.</summary>
    /// <returns>Nothing when this MerchantTransactionID is already one of ours: a repeat is harmless.</returns>
    /// <exception cref="RuleViolation">
    /// preapproval_not_open. currency_invalid: the method does not take it. amount_over_cap: more than the customer
    /// approved. mandate_lapsed: not used for too long.
    /// merchant_transaction_id_reserved: an id of the form that only we derive. amount_invalid: not an amount that can
    /// be charged.
    /// </exception>
    public static PreapprovalEvent[] ChargeNow(
        Preapproval state, string merchantTransactionId, Money amount, Sealed<string>? description,
        string? executionDate,
        int? statedSiteId, DateTimeOffset now, DateTimeOffset windowStart, MethodProfiles? profiles = null)
    {
        if (ChargeId.IsDerivedForm(merchantTransactionId))
        {
            throw new RuleViolation(
                "merchant_transaction_id_reserved",
                "Validation failed: MerchantTransactionID has the form that is kept for scheduled charges. "
                + "Choose another one.");
        }

        if (state.Charges.ContainsKey(merchantTransactionId) || state.StateOnLine(merchantTransactionId) is not null)
        {
            return [];
        }

        if (state.HasForgottenCharges)
        {
            throw new NeedsFullHistoryException("every MerchantTransactionID");
        }

        if (amount.Minor <= 0)
        {
            throw new RuleViolation("amount_invalid", "Amount invalid: it must be more than zero.");
        }

        if (state.Status is not PreapprovalStatus.Open)
        {
            throw new RuleViolation("preapproval_not_open", "Preapproval is invalid: only an open one can be charged.");
        }

        var profile = ProfileOf(state, profiles);

        if (!profile.Takes(amount.Currency))
        {
            throw new RuleViolation(
                "currency_invalid", $"Currency is invalid: this method does not take {amount.Currency}.");
        }

        MandateLimits.CheckCharge(state, amount, profile, now);

        return
        [
            new ChargeRequested(
                state.Id, ChargeId
                    .OnDemand(merchantTransactionId), amount, ChargeOrigin.OnDemand, profile.Version, null, null,
                description, executionDate, statedSiteId, windowStart, now)
            {
                GatewayPreapprovalId = state.Gateway!.PreapprovalId,
                MethodId = state.Terms.MethodId,
            },
        ];
    }
}
