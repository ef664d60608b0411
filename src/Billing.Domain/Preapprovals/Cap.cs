using Billing.Domain.Profiles;

namespace Billing.Domain.Preapprovals;

/// <summary>The bound that the customer approved, if the method bounds the sum of charges (PayWithMyBank).</summary>
/// <remarks>
/// The bound counts in hundredths and may name no currency: it is compared in currencies of two decimals, and never
/// across
/// currencies; everything else is left to the gateway. [?] Whether what is refunded may be charged again: we say no.
/// </remarks>
internal static class Cap
{
    /// <summary>
    /// True when one more charge of that amount would go over the bound. What is not certain to have failed counts as
    /// taken.
    /// </summary>
    public static bool IsExceededBy(Money amount, Preapproval state, MethodProfile profile) =>
        profile.Cap is CapRule.Aggregate
        && state.Terms.MaximumAmountHundredths is > 0 and var bound
        && (state.Terms.Currency ?? amount.Currency) == amount.Currency
        && Money.DecimalsOf(amount.Currency) == 2
        && Taken(state, amount.Currency) + amount.Minor > bound;

    private static long Taken(Preapproval state, string currency) => state.SettledTotals.GetValueOrDefault(currency)
        + state.Charges.Values
            .Where(charge =>
                !charge.IsPartial && charge.Amount.Currency == currency && Preapproval.CountsTowardsCap(charge))
            .Sum(charge => charge.Amount.Minor);
}
