using Billing.Api.Tests.Auditing;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Operating;

[Collection(OperatedWorld.Name)]
public class when_rebuilding_a_view(OneWorld shared)
{
    [Theory]
    [InlineData("subscriptions")]
    [InlineData("payment_history")]
    public async Task its_rows_come_back_from_the_events(string view)
    {
        await Subscriber.Open(shared.World, Subscriber.Schedule());
        var before = await shared.World.Books.RowsAsync(view);
        await shared.World.Books.DoAsync($"delete from {view}");

        (await shared.World.Billing("rebuild", view)).Ended(0).With($"rebuild {view}: ");

        Assert.Equal(before, await shared.World.Books.RowsAsync(view));
    }

    [Fact]
    public async Task an_unknown_one_is_answered_with_those_that_exist() =>
        (await shared.World.Billing("rebuild", "reservations")).Ended(1).With("'reservations'").With("'subscriptions'").With("'payment_history'");
}
