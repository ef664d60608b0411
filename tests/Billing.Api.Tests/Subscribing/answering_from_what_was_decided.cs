using Billing.Api.Hosting.Streams;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;

namespace Billing.Api.Tests.Subscribing;

/// <summary>What a call answers is folded in memory, unless another writer came between.</summary>
public class answering_from_what_was_decided
{
    private static readonly DateTimeOffset Now = new(2030, 1, 10, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid Id = Guid.Parse("01930000-0000-7000-8000-000000000001");
    private static readonly MandateTerms Terms = new("sub-1", 46, null, "Monthly plan", "BRL", null, 0, null, "BR");

    private static readonly PreapprovalEvent[] Requested = PreapprovalDecider.Request(
        null, Id, Terms, new MandatePersonal(null, null, "https://shop.example/return", null, null, null), null, 30201,
        Now, Now);

    [Fact]
    public void a_new_preapproval_begins_with_its_events_and_its_readable_values()
    {
        var state = new Decided(null, Requested, Version: 1).OpenedAfter(null)!;

        Assert.Equal((Id, 1), (state.Id, state.Version));
        Assert.Equal("https://shop.example/return", state.Unsettled?.Personal?.ReturnUrl?.Value);
    }

    [Fact]
    public void events_that_follow_the_state_are_folded_onto_it()
    {
        var before = new Decided(null, Requested, Version: 1).OpenedAfter(null);
        var after = new Decided(null, [new PreapprovalAbandoned(Id, Now)], Version: 2).OpenedAfter(before)!;

        Assert.Equal((PreapprovalStatus.Abandoned, 2), (after.Status, after.Version));
    }

    [Fact]
    public void events_that_follow_those_of_another_writer_are_not()
    {
        var before = new Decided(null, Requested, Version: 1).OpenedAfter(null);

        Assert.Null(new Decided(null, [new PreapprovalAbandoned(Id, Now)], Version: 3).OpenedAfter(before));
        Assert.Null(new Decided(null, [new PreapprovalAbandoned(Id, Now)], Version: 2).OpenedAfter(null));
    }
}
