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
            Enumerable.Range(1, days.Length + 1).Select(attempt => policy.DelayAfter(attempt, "119")));
    }

    [Theory]
    [InlineData("119", DeclineClass.ForNow)]
    [InlineData("121", DeclineClass.ForNow)]
    [InlineData("125", DeclineClass.ForNow)]
    [InlineData("12", DeclineClass.ForGood)]
    [InlineData("13", DeclineClass.ForGood)]
    [InlineData("123", DeclineClass.ForGood)]
    [InlineData("124", DeclineClass.ForGood)]
    [InlineData("1", DeclineClass.Validation)]
    [InlineData("2", DeclineClass.Validation)]
    [InlineData("20", DeclineClass.Validation)]
    [InlineData("100", DeclineClass.Validation)]
    [InlineData("118", DeclineClass.Validation)]
    [InlineData("112", DeclineClass.ForNow)]
    [InlineData("129", DeclineClass.ForNow)]
    [InlineData("AM04", DeclineClass.ForNow)]
    [InlineData("", DeclineClass.ForNow)]
    [InlineData(null, DeclineClass.ForNow)]
    public void its_code_tells_whether_another_attempt_makes_sense(string? code, DeclineClass expected)
    {
        Assert.Equal(expected, RetryPolicy.Classify(code));
        Assert.Equal(expected is DeclineClass.ForNow, MethodProfiles.BuiltIn.Of(46).Retries.DelayAfter(1, code) is not null);
    }

    [Fact]
    public void attempts_are_bounded_whatever_the_gateway_answers() => Prop
        .ForAll(
            Arb.From(from method in Methods from codes in Gen.ArrayOf(Gen.Choose(-1, 140), 50) select (method, codes)),
            it =>
            {
                var policy = MethodProfiles.BuiltIn.Of(it.method).Retries;
                var attempts = 1;
                while (attempts <= it.codes.Length && policy.DelayAfter(attempts, it.codes[attempts - 1].ToString()) is { } delay)
                {
                    Assert.True(delay >= TimeSpan.FromDays(1));
                    attempts++;
                }

                Assert.InRange(attempts, 1, policy.MaxAttempts);
                Assert.InRange(policy.MaxAttempts, 1, 4);
                Assert.Null(policy.DelayAfter(0, null));
            })
        .QuickCheckThrowOnFailure();
}
