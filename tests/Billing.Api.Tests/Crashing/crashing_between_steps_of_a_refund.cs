namespace Billing.Api.Tests.Crashing;

/// <summary>A refund is sent once at most, whatever step its process dies at, and it ends or has an owner.</summary>
[Keeps(Promise.UnknownIsAState)]
public class crashing_between_steps_of_a_refund(RefundsAmongCrashes crashes) : IClassFixture<RefundsAmongCrashes>
{
    private const int SigKill = 128 + 9;

    public static TheoryData<string> Points => [.. RefundsAmongCrashes.Points];

    [Theory]
    [MemberData(nameof(Points))]
    public void the_gateway_receives_it_once_at_most(string point)
    {
        Assert.Equal(SigKill, crashes.At(point).ExitCode);
        Assert.InRange(crashes.At(point).Received, 0, 1);
    }

    [Theory]
    [MemberData(nameof(Points))]
    public void it_is_paid_back_once_or_has_an_owner(string point)
    {
        var crash = crashes.At(point);
        (string, string?, long) expected = crash.Received == 1
            ? ("refunded", null, RefundsAmongCrashes.Hundredths)
            : ("unknown", "operator", 0);

        Assert.Equal(expected, (crash.Status, crash.Owner, crash.WentBack));
    }

    [Fact]
    public void one_that_was_sent_and_not_answered_has_reached_the_gateway() =>
        Assert.Equal(1, crashes.At("refund:sending").Received);

    [Fact]
    public void one_that_was_not_sent_is_sent_by_no_other_node() =>
        Assert.Equal(0, crashes.At("refund:checking").Received);

    [Theory]
    [InlineData("refund:answered")]
    [InlineData("record_refund:committing")]
    [InlineData("record_refund:committed")]
    public void one_that_the_gateway_has_answered_is_found(string point) =>
        Assert.Equal("refunded", crashes.At(point).Status);
}
