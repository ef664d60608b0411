using System.Collections.Frozen;
using System.Globalization;
using Billing.Domain;
using Billing.Gateway.Wire;

namespace Billing.Gateway.Translation;

/// <summary>Converts between ISO 4217 minor units and the integers on the wire: the only place that does.</summary>
/// <remarks>
/// GlobalPay counts every currency with two implied decimals and names no exception (docs/globalpay.md), so 4990 won
/// are 499000 on the wire.
/// Where that is wrong, <c>Gateway:Exponent:KRW</c> = 0 says how many decimals the wire implies for that currency.
/// </remarks>
public sealed class WireMoney
{
    private const int ImpliedDecimals = 2;
    private const long MostOnTheWire = 999_999_999_999;
    private static readonly Int128[] PowersOfTen = [1, 10, 100, 1_000, 10_000];

    private readonly FrozenDictionary<string, int> _overrides;

    /// <param name="overrides">Currency to the decimals that the wire implies for it, 0 to 4.</param>
    /// <exception cref="ArgumentException">A currency is unknown or a number is out of range.</exception>
    public WireMoney(IReadOnlyDictionary<string, int> overrides)
    {
        foreach (var (currency, exponent) in overrides)
        {
            if (Iso4217.ExponentOf(currency) is null || exponent is < 0 or > 4)
            {
                throw new ArgumentException(
                    $"{currency} with {exponent.ToString(CultureInfo.InvariantCulture)} decimals: "
                    + "expected a currency of ISO 4217 and 0 to 4.",
                    nameof(overrides));
            }
        }

        _overrides = overrides.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Two implied decimals for all.</summary>
    public static WireMoney Default { get; } = new(FrozenDictionary<string, int>.Empty);

    /// <summary>The integer for an amount of zero or more.</summary>
    /// <exception cref="RuleViolation">100: currency unknown. 118: negative, over 12 digits, or not exact.</exception>
    public long ToWire(Money amount) =>
        Scale(amount.Minor, WireExponentOf(amount.Currency) - IsoExponentOf(amount.Currency)) is { } wire
            && wire >= 0 && wire <= MostOnTheWire
            ? (long)wire
            : throw Unrepresentable(amount.Currency);

    /// <summary>As <see cref="ToWire"/>, and refuses zero.</summary>
    /// <exception cref="RuleViolation">100 or 118.</exception>
    public long ChargeToWire(Money amount) => amount.Minor > 0 ? ToWire(amount) : throw NotPositive();

    /// <summary>The amount for an integer of zero or more and at most 12 digits.</summary>
    /// <exception cref="RuleViolation">
    /// 100: currency unknown. 118: negative, more than 12 digits, or not a whole number of minor units.
    /// </exception>
    public Money FromWire(long wire, string currency) =>
        wire is >= 0 and <= MostOnTheWire
            && Scale(wire, IsoExponentOf(currency) - WireExponentOf(currency)) is { } minor
            ? new Money((long)minor, currency)
            : throw Unrepresentable(currency);

    /// <summary>As <see cref="FromWire"/>, and refuses zero.</summary>
    /// <exception cref="RuleViolation">100 or 118.</exception>
    public Money ChargeFromWire(long wire, string currency) =>
        wire > 0 ? FromWire(wire, currency) : throw NotPositive();

    /// <summary>Null when amount or currency is missing or invalid; never throws.</summary>
    internal Money? Read(Digits? amount, string? currency)
    {
        if (amount?.Value is not { } wire || currency is null || Iso4217.ExponentOf(currency) is not { } iso)
        {
            return null;
        }

        return Scale(wire, iso - WireExponentOf(currency)) is { } minor ? new Money((long)minor, currency) : null;
    }

    private int WireExponentOf(string currency) => _overrides.GetValueOrDefault(currency, ImpliedDecimals);

    private static int IsoExponentOf(string currency) =>
        Iso4217.ExponentOf(currency) ?? throw new RuleViolation(
            "100", "Currency is invalid: use a three-letter code of ISO 4217.");

    private static Int128? Scale(long value, int powerOfTen)
    {
        var factor = PowersOfTen[Math.Abs(powerOfTen)];
        return powerOfTen >= 0 ? value * factor : value % factor == 0 ? value / factor : null;
    }

    private static RuleViolation Unrepresentable(string currency) =>
        new(
            "118",
            "Amount invalid: it must be at most 12 digits on the gateway's wire and a whole number of minor units of "
            + $"{currency} there and here.");

    private static RuleViolation NotPositive() => new("118", "Amount invalid: it must be more than zero.");
}
