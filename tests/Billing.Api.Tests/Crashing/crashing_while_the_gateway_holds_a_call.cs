using Billing.Api.Tests.Charging;

namespace Billing.Api.Tests.Crashing;

/// <summary>kill -9 from outside in the middle of every kind of call.</summary>
[Keeps(Promise.NeverChargedTwice, Promise.UnknownIsAState)]
public class crashing_while_the_gateway_holds_a_call(HeldCalls held) : IClassFixture<HeldCalls>
{
    [Fact]
    public async Task a_charge_that_was_done_is_found_and_not_sent_again()
    {
        Assert.Equal(["charged"], held.Statuses.Charged);
        Assert.Equal(1, await held.Charged.Received(held.Charged.ChargeId("300110")));
    }

    [Fact]
    public async Task a_charge_that_is_done_after_the_crash_is_not_sent_again_either()
    {
        Assert.Equal(["charged"], held.Statuses.ChargedLate);
        Assert.Equal(1, await held.ChargedLate.Received(held.ChargedLate.ChargeId("300110")));
    }

    [Fact]
    public void a_create_is_found_by_the_merchants_id() => Assert.Equal(
        ["preapproval_requested", "mandate_outcome_unknown", "preapproval_registered"], Distinct(held.Stories.Created));

    [Fact]
    public void a_change_is_found_by_what_the_gateway_shows() =>
        Assert.Single(held.Stories.Changed, "preapproval_changed");

    [Fact]
    public void a_close_is_found_by_what_the_gateway_shows() =>
        Assert.Single(held.Stories.Closed, "preapproval_closed");

    // The process that takes over may find it at once.
    private static IEnumerable<string> Distinct(string[] story) =>
        story is [var first, var last] ? [first, "mandate_outcome_unknown", last] : story.Distinct();
}
