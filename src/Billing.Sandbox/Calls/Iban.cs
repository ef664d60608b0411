using System.Text.RegularExpressions;

namespace Billing.Sandbox.Calls;

/// <summary>Checks an IBAN: the gateway's pattern (docs/globalpay.md section 6.4) and ISO 13616 check digits.</summary>
internal static partial class Iban
{
    public static bool IsRight(string text) => Pattern().IsMatch(text) && Remainder(text) == 1;

    private static int Remainder(string iban) =>
        (iban[4..] + iban[..4]).ToUpperInvariant().Aggregate(0, (rest, c) => char.IsAsciiDigit(c)
            ? ((rest * 10) + (c - '0')) % 97
            : ((rest * 100) + (c - 'A' + 10)) % 97);

    [GeneratedRegex(@"\A[a-zA-Z]{2}[0-9]{2}[a-zA-Z0-9]{4}[0-9]{7}[a-zA-Z0-9]{0,16}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
