using System.Globalization;

namespace Billing.Domain;

/// <summary>An amount in ISO 4217 minor units: 4990 BRL is 49.90 reais, 4990 KRW is 4990 won.</summary>
/// <param name="Minor">Minor units of the currency; its own number of decimals, never the gateway's hundredths.</param>
/// <param name="Currency">ISO 4217 alphabetic code, three upper-case letters.</param>
public readonly record struct Money(long Minor, string Currency)
{
    private static readonly Dictionary<string, int> OtherThanTwo = new()
    {
        ["BIF"] = 0, ["CLP"] = 0, ["DJF"] = 0, ["GNF"] = 0, ["ISK"] = 0, ["JPY"] = 0, ["KMF"] = 0, ["KRW"] = 0,
        ["PYG"] = 0, ["RWF"] = 0, ["UGX"] = 0, ["UYI"] = 0, ["VND"] = 0, ["VUV"] = 0, ["XAF"] = 0, ["XOF"] = 0,
        ["XPF"] = 0, ["BHD"] = 3, ["IQD"] = 3, ["JOD"] = 3, ["KWD"] = 3, ["LYD"] = 3, ["OMR"] = 3, ["TND"] = 3,
        ["CLF"] = 4, ["UYW"] = 4,
    };

    /// <summary>How many decimals a currency has by ISO 4217; 2 for a code that is not known here.</summary>
    public static int DecimalsOf(string currency) => OtherThanTwo.GetValueOrDefault(currency, 2);

    /// <returns>As people write it: BRL 49.90, KRW 4990.</returns>
    public override string ToString()
    {
        var decimals = DecimalsOf(Currency);

        var amount = Minor / (decimal)Math.Pow(10, decimals);

        return $"{Currency} {amount.ToString($"F{decimals}", CultureInfo.InvariantCulture)}";
    }
}
