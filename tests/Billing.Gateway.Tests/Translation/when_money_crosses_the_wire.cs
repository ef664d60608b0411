using Billing.Domain;
using Billing.Gateway.Translation;
using FsCheck;
using FsCheck.Fluent;

namespace Billing.Gateway.Tests.Translation;

public class when_money_crosses_the_wire
{
    private static readonly string[] Currencies = [.. Iso4217.Currencies.Order(StringComparer.Ordinal)];

    [Theory]
    [InlineData("BRL", 4_990, 4_990)]
    [InlineData("KRW", 4_990, 499_000)]
    [InlineData("JPY", 1, 100)]
    [InlineData("KWD", 1_230, 123)]
    [InlineData("CLF", 12_300, 123)]
    public void everything_has_two_implied_decimals(string currency, long minor, long wire)
    {
        Assert.Equal(wire, WireMoney.Default.ToWire(new Money(minor, currency)));
        Assert.Equal(new Money(minor, currency), WireMoney.Default.FromWire(wire, currency));
    }

    [Theory]
    [InlineData("KRW", 0, 4_990, 4_990)]
    [InlineData("KWD", 3, 1_234, 1_234)]
    [InlineData("KRW", 4, 1, 10_000)]
    [InlineData("BRL", 0, 4_900, 49)]
    public void unless_a_setting_says_otherwise(string currency, int exponent, long minor, long wire)
    {
        var money = new WireMoney(new Dictionary<string, int> { [currency] = exponent });

        Assert.Equal(wire, money.ToWire(new Money(minor, currency)));
        Assert.Equal(new Money(minor, currency), money.FromWire(wire, currency));
        Assert.Equal(990, money.ToWire(new Money(990, "EUR")));
    }

    [Fact]
    public void what_has_an_exact_form_is_read_back_as_it_was_and_all_else_is_refused() =>
        Prop.ForAll(Arb.From(Amounts()), Arb.From(Gen.Choose(0, 4)), (amount, exponent) =>
        {
            var money = new WireMoney(new Dictionary<string, int> { [amount.Currency] = exponent });
            var exact = amount.Minor * Power(exponent) / Power(Iso4217.ExponentOf(amount.Currency)!.Value);

            return exact >= 1 && exact <= 999_999_999_999 && exact == decimal.Truncate(exact)
                ? money.ChargeToWire(amount) == exact && money.ChargeFromWire((long)exact, amount.Currency) == amount
                : Refuses(() => money.ChargeToWire(amount));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void what_is_a_whole_amount_is_sent_back_as_it_was_and_all_else_is_refused() =>
        Prop.ForAll(Arb.From(Amounts()), read =>
        {
            var (wire, currency) = (read.Minor, read.Currency);
            var exact = wire * Power(Iso4217.ExponentOf(currency)!.Value) / Power(2);

            return wire is > 0 and <= 999_999_999_999 && exact == decimal.Truncate(exact)
                ? WireMoney.Default.ChargeFromWire(wire, currency) == new Money((long)exact, currency)
                    && WireMoney.Default.ChargeToWire(new Money((long)exact, currency)) == wire
                : Refuses(() => WireMoney.Default.ChargeFromWire(wire, currency));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("KWD", 1_234)]
    [InlineData("BRL", 0)]
    [InlineData("BRL", -1)]
    [InlineData("BRL", 1_000_000_000_000)]
    [InlineData("KRW", 10_000_000_000)]
    [InlineData("KRW", long.MaxValue)]
    public void an_amount_that_has_no_exact_form_is_refused(string currency, long minor) =>
        Assert.Equal(
            "118", Assert.Throws<RuleViolation>(() => WireMoney.Default.ChargeToWire(new Money(minor, currency))).Code);

    [Theory]
    [InlineData("KRW", 499_050)]
    [InlineData("BRL", 0)]
    [InlineData("BRL", -100)]
    [InlineData("BRL", 1_000_000_000_000)]
    public void an_integer_that_is_no_whole_amount_is_refused(string currency, long wire) =>
        Assert.Equal("118", Assert.Throws<RuleViolation>(() => WireMoney.Default.ChargeFromWire(wire, currency)).Code);

    [Theory]
    [InlineData("XXX")]
    [InlineData("brl")]
    [InlineData("")]
    public void an_unknown_currency_is_refused(string currency)
    {
        Assert.Equal("100", Assert.Throws<RuleViolation>(() => WireMoney.Default.ToWire(new Money(1, currency))).Code);
        Assert.Equal("100", Assert.Throws<RuleViolation>(() => WireMoney.Default.FromWire(1, currency)).Code);
    }

    [Fact]
    public void nothing_may_have_been_captured() => Assert.Equal(0, WireMoney.Default.ToWire(new Money(0, "KRW")));

    [Theory]
    [InlineData("XXX", 0)]
    [InlineData("KRW", 5)]
    [InlineData("KRW", -1)]
    public void a_senseless_override_is_refused(string currency, int exponent) =>
        Assert.Throws<ArgumentException>(() => new WireMoney(new Dictionary<string, int> { [currency] = exponent }));

    // Around every edge: small ones, round ones, and those with too many digits.
    private static Gen<Money> Amounts() =>
        from currency in Gen.Elements(Currencies)
        from digits in Gen.Choose(0, 13)
        from seed in Gen.Choose(-9, 999_999_999)
        from round in Gen.Elements(1L, 10L, 100L, 10_000L)
        select new Money(seed % (long)Math.Pow(10, digits) * round, currency);

    private static decimal Power(int exponent) => (decimal)Math.Pow(10, exponent);

    private static bool Refuses(Action convert) => Assert.Throws<RuleViolation>(convert).Code == "118";

    private static bool Refuses<T>(Func<T> convert) => Refuses(() => { convert(); });
}
