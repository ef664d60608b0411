using Billing.Api.Hosting.Outbound;
using Billing.Gateway;

namespace Billing.Api.Tests.Charging;

public class when_calls_are_counted
{
    private const int Free = 8;

    private readonly StandingClock clock = new();
    private readonly CallsUnderWay calls;

    public when_calls_are_counted() => calls = new CallsUnderWay(
        new ChargingOptions { MaxInFlight = Free }, new GatewayOptions(), clock);

    [Fact]
    public void a_page_that_is_released_twice_gives_back_no_more_than_it_had()
    {
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        Assert.Equal(5, calls.Reserve(first, 5));
        Assert.Equal(3, calls.Reserve(second, 5));

        calls.Release(first, 5);
        calls.Release(first, 5);

        Assert.Equal(5, calls.Reserve(Guid.NewGuid(), 100));
        Assert.Equal(0, calls.Reserve(Guid.NewGuid(), 1));
    }

    [Fact]
    public void a_page_whose_message_was_lost_gives_back_its_calls_once_none_can_be_under_way()
    {
        Assert.Equal(Free, calls.Reserve(Guid.NewGuid(), 100));
        Assert.Equal(0, calls.Reserve(Guid.NewGuid(), 100));

        clock.Now += TimeSpan.FromMinutes(2);

        Assert.Equal(Free, calls.Reserve(Guid.NewGuid(), 100));
    }

    [Fact]
    public async Task a_stop_waits_for_reserved_calls_and_lets_none_begin()
    {
        var page = Guid.NewGuid();
        calls.Reserve(page, 2);

        var stop = calls.StopAsync();

        Assert.False(stop.IsCompleted);
        Assert.False(calls.TryBegin());
        calls.Release(page, 2);
        await stop;
    }

    private sealed class StandingClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2030, 1, 10, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
