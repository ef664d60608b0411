using Billing.Domain.Profiles;
using FsCheck;
using FsCheck.Fluent;

namespace Billing.Domain.Tests.Profiles;

public class when_a_failed_charge_is_retried
{
    private static readonly Gen<int> Methods = Gen.Elements(46, 58, 84, 1134, 1135, 1136, 1143, 1144, 1145, 4711);

    [Theory]
    [InlineData(46, new[] { 1, 3, 7 })]
    [InlineData(58, new[] { 2, 5 })]
    [InlineData(84, new[] { 7 })]
    [InlineData(4711, new[] { 7 })]
    public void the_waits_are_those_of_its_method(int methodId, int[] days)
    {
        var policy = MethodProfiles.BuiltIn.Of(methodId).Retries;

        Assert.Equal(
            [.. days.Select(day => (TimeSpan?)TimeSpan.FromDays(day)), null],
            Enumerable.Range(1, days.Length + 1).Select(attempt => policy.DelayAfter(attempt, policy.ClassOf("119"))));
    }

    [Theory]
    [InlineData("119", OutcomeClass.DeclinedForNow)]
    [InlineData("121", OutcomeClass.DeclinedForNow)]
    [InlineData("125", OutcomeClass.DeclinedForNow)]
    [InlineData("12", OutcomeClass.DeclinedForGood)]
    [InlineData("13", OutcomeClass.DeclinedForGood)]
    [InlineData("123", OutcomeClass.DeclinedForGood)]
    [InlineData("124", OutcomeClass.DeclinedForGood)]
    [InlineData("1", OutcomeClass.RefusedByValidation)]
    [InlineData("2", OutcomeClass.RefusedByValidation)]
    [InlineData("20", OutcomeClass.RefusedByValidation)]
    [InlineData("100", OutcomeClass.RefusedByValidation)]
    [InlineData("118", OutcomeClass.RefusedByValidation)]
    [InlineData("112", OutcomeClass.DeclinedForNow)]
    [InlineData("129", OutcomeClass.DeclinedForNow)]
    [InlineData("AM04", OutcomeClass.DeclinedForNow)]
    [InlineData("", OutcomeClass.DeclinedForNow)]
    [InlineData(null, OutcomeClass.DeclinedForNow)]
    public void its_code_tells_whether_another_attempt_makes_sense(string? code, OutcomeClass expected)
    {
        Assert.Equal(expected, Outcomes.OfFailedPayment(code));
        Assert.Equal(
            expected is OutcomeClass.DeclinedForNow,
            MethodProfiles.BuiltIn.Of(46).Retries.DelayAfter(1, Outcomes.OfFailedPayment(code)) is not null);
    }

    [Theory]
    [InlineData("119", OutcomeClass.DeclinedForNow)]
    [InlineData("12", OutcomeClass.DeclinedForGood)]
    [InlineData("118", OutcomeClass.RefusedByValidation)]
    [InlineData("14", OutcomeClass.Unknown)]
    [InlineData("129", OutcomeClass.RefusedByValidation)]
    [InlineData(null, OutcomeClass.RefusedByValidation)]
    public void a_charge_that_never_became_a_payment_is_retried_only_where_the_code_says_that_it_may_help(
        string? code, OutcomeClass expected)
    {
        Assert.Equal(expected, Outcomes.OfRefusedCharge(code));
        Assert.Equal(
            expected is OutcomeClass.DeclinedForNow,
            MethodProfiles.BuiltIn.Of(46).Retries.DelayAfter(1, expected) is not null);
    }

    [Theory]
    [InlineData("AM04", OutcomeClass.DeclinedForNow)]
    [InlineData("ac04", OutcomeClass.DeclinedForGood)]
    [InlineData("MD07", OutcomeClass.DeclinedForGood)]
    [InlineData("ZZ99", OutcomeClass.DeclinedForNow)]
    [InlineData("12", OutcomeClass.DeclinedForGood)]
    public void a_banks_own_reason_goes_before_the_table(string code, OutcomeClass expected) =>
        Assert.Equal(expected, MethodProfiles.BuiltIn.Of(84).Retries.ClassOf(code));

    [Fact]
    public void attempts_are_bounded_whatever_the_gateway_answers() => Prop
        .ForAll(
            Arb.From(from method in Methods from codes in Gen.ArrayOf(Gen.Choose(-1, 140), 50) select (method, codes)),
            it =>
            {
                var policy = MethodProfiles.BuiltIn.Of(it.method).Retries;
                var attempts = 1;
                while (attempts <= it.codes.Length
                    && policy.DelayAfter(attempts, policy.ClassOf(it.codes[attempts - 1].ToString())) is { } delay)
                {
                    Assert.True(delay >= TimeSpan.FromDays(1));
                    attempts++;
                }

                Assert.InRange(attempts, 1, policy.MaxAttempts);
                Assert.InRange(policy.MaxAttempts, 1, 4);
                Assert.Null(policy.DelayAfter(0, OutcomeClass.DeclinedForNow));
            })
        .QuickCheckThrowOnFailure();
}
