namespace Billing.Api.Tests.Crashing;

/// <summary>A paused process that continues must not charge the customer twice.</summary>
[Keeps(Promise.NeverChargedTwice)]
public class pausing_at_a_point(PausedNodes nodes) : IClassFixture<PausedNodes>
{
    public static TheoryData<string> Points => [.. PausedNodes.Points];

    [Theory]
    [MemberData(nameof(Points))]
    public void another_node_settles_what_the_paused_one_holds(string point) =>
        Assert.All(nodes.At(point), charge => Assert.Equal(["charged"], charge.Before));

    [Theory]
    [MemberData(nameof(Points))]
    public void the_customer_pays_once_also_when_it_goes_on(string point) =>
        Assert.All(
            nodes.At(point), charge => Assert.Equal(("charged", 1), (Assert.Single(charge.After), charge.Captured)));

    [Theory]
    [InlineData("charge:checking")]
    [InlineData("charge:answered")]
    [InlineData("sweep:decided")]
    [InlineData("sweep:committing")]
    public void a_process_that_wakes_before_the_last_check_sends_nothing(string point) =>
        Assert.All(nodes.At(point), charge => Assert.Equal(0, charge.SentOnWaking));

    [Fact]
    public void what_the_gateway_has_answered_is_sent_once_in_all() =>
        Assert.All(nodes.At("charge:answered"), charge => Assert.Equal(1, charge.Received));

    [Theory]
    [InlineData("sweep:decided")]
    [InlineData("sweep:committing")]
    public void a_decision_that_was_not_committed_is_made_once_by_another_node(string point) =>
        Assert.All(nodes.At(point), charge =>
        {
            Assert.Single(charge.Story, "charge_requested");
            Assert.Single(charge.Story, "payment_charged");
            Assert.Equal(1, charge.Received);
        });
}
