using System.Globalization;

namespace Billing.Demo;

/// <summary>An amount in ISO 4217 minor units, printed in the currency's own decimals.</summary>
internal readonly record struct Money(long Minor, string Currency)
{
    // The won has no minor unit; the other currencies of this story have cents.
    private int Decimals => Currency == "KRW" ? 0 : 2;

    /// <summary>As the gateway counts every currency: two implied decimals.</summary>
    public long Hundredths => Decimals == 0 ? Minor * 100 : Minor;

    public override string ToString() =>
        Decimals == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{Currency} {Minor:N0}")
            : string.Create(CultureInfo.InvariantCulture, $"{Currency} {Minor / 100m:N2}");
}
