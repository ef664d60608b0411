using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Billing.Sandbox.Calls;

namespace Billing.Sandbox.Misbehaving;

/// <summary>Repeatable chance: depends on the seed and the call's contents, never on time or on other calls.</summary>
internal static partial class Chance
{
    /// <param name="percent">0: never, 100: always.</param>
    /// <param name="seed">The rule's.</param>
    /// <param name="place">
    /// The rule's position in the list, so that two rules with one rate choose different calls.
    /// </param>
    /// <param name="about">What the call is about, see <see cref="About"/>.</param>
    /// <param name="occurrence">The how manieth call about that it is.</param>
    public static bool Falls(double percent, int seed, int place, string about, int occurrence)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{seed}|{place}|{about}|{occurrence}");
        var drawn = BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        return drawn / (ulong.MaxValue + 1.0) * 100 < percent;
    }

    /// <summary>
    /// Names the call by the merchant's ids; the preapproval's replaces an id with 32 random hexadecimal digits.
    /// </summary>
    public static string About(OperationName operation, Subject subject) =>
        $"{operation}|{subject.MerchantPreapprovalId}|"
        + $"{(subject.MerchantTransactionId is { } id ? RandomId().Replace(id, "*") : "")}";

    [GeneratedRegex("[0-9a-fA-F]{32}")]
    private static partial Regex RandomId();
}
