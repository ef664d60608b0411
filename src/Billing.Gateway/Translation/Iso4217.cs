using System.Collections.Frozen;

namespace Billing.Gateway.Translation;

/// <summary>How many decimals each currency has (ISO 4217).</summary>
public static class Iso4217
{
    private const string Two =
        """
        AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD
        CDF CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP
        GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD
        MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR
        PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP
        TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG ZWL
        """;

    private static readonly FrozenDictionary<string, int> Exponents =
        Of(0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF")
            .Concat(Of(2, Two))
            .Concat(Of(3, "BHD IQD JOD KWD LYD OMR TND"))
            .Concat(Of(4, "CLF UYW"))
            .ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Every currency that we know, in no order.</summary>
    public static IReadOnlyCollection<string> Currencies => Exponents.Keys;

    /// <returns>0 to 4; null for a currency that we do not know.</returns>
    public static int? ExponentOf(string currency) =>
        Exponents.TryGetValue(currency, out var exponent) ? exponent : null;

    private static IEnumerable<KeyValuePair<string, int>> Of(int exponent, string codes) =>
        codes.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Select(code => KeyValuePair.Create(code, exponent));
}
