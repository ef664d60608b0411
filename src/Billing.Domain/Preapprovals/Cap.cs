using Billing.Domain.Gateway;
using Billing.Domain.Profiles;

namespace Billing.Domain.Preapprovals;

/// <summary>The maximum that the customer approved: of each charge, or of the sum of all (PayWithMyBank).</summary>
/// <remarks>
/// It counts in hundredths and may name no currency: it is compared in currencies of two decimals, and never across
/// currencies; everything else is left to the gateway. [?] Whether what is refunded may be charged again: we say no.
/// </remarks>
public static class Cap
{
    /// <summary>
    /// True when one more charge of that amount would go over the maximum. What is not certain to have failed counts as
    /// taken.
    /// </summary>
    internal static bool IsExceededBy(Money amount, Preapproval state, MethodProfile profile) => profile.Cap switch
    {
        CapRule.Aggregate => IsAboveWhatIsLeft(amount, state),
        CapRule.PerCharge => IsAbove(amount, state.Terms),
        _ => false,
    };

    /// <summary>Whether one charge alone is more than the maximum.</summary>
    internal static bool IsAbove(Money amount, MandateTerms terms) =>
        MaximumOf(terms, amount.Currency) is { } maximum && amount.Minor > maximum;

    /// <summary>Whether a charge is more than all earlier ones have left of the maximum.</summary>
    internal static bool IsAboveWhatIsLeft(Money amount, Preapproval state) =>
        MaximumOf(state.Terms, amount.Currency) is { } maximum
        && TakenOf(state, amount.Currency) + amount.Minor > maximum;

    /// <summary>The maximum in minor units of that currency; null where it bounds no charge in it.</summary>
    public static long? MaximumOf(MandateTerms terms, string currency) =>
        terms.MaximumAmountHundredths is > 0 and var maximum
        && (terms.Currency ?? currency) == currency
        && Money.DecimalsOf(currency) == 2
            ? maximum
            : null;

    /// <summary>The sum of all charges in that currency that have not failed, in minor units.</summary>
    public static long TakenOf(Preapproval state, string currency) => state.SettledTotals.GetValueOrDefault(currency)
        + state.Charges.Values
            .Where(charge =>
                !charge.IsPartial && charge.Amount.Currency == currency && Preapproval.CountsTowardsCap(charge))
            .Sum(charge => charge.Amount.Minor);
}
