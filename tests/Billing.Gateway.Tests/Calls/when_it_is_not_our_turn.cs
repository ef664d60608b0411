using Billing.Domain.Gateway;

namespace Billing.Gateway.Tests.Calls;

public class when_it_is_not_our_turn
{
    [Fact]
    public async Task nothing_is_sent_and_the_wait_is_told()
    {
        var stub = new StubGateway { Pace = new Turns(TimeSpan.FromSeconds(3)) }.Answers(500);
        var gateway = stub.Open();

        Assert.Equal(new ChargeAnswer.NotSent("paced", TimeSpan.FromSeconds(3)), await gateway.ChargeAsync(A.Charge, default));
        Assert.Equal(new MandateAnswer.NotSent("paced", TimeSpan.FromSeconds(3)), await gateway.ReadMandateAsync(A.Site, 1, default));
        Assert.Empty(stub.Calls);
    }

    [Fact]
    public async Task each_further_try_of_a_read_needs_a_turn_of_its_own()
    {
        var turns = new Turns(null, null, TimeSpan.FromSeconds(3));
        var stub = new StubGateway { Pace = turns }.Answers(500);

        Assert.IsType<MandateAnswer.NotSent>(await stub.Open().ReadMandateAsync(A.Site, 1, default));
        Assert.Equal(2, stub.Calls.Count);
    }

    // In that order; the last one for ever.
    private sealed class Turns(params TimeSpan?[] waits) : IGatewayPace
    {
        private int asked;

        public ValueTask<TimeSpan?> TakeAsync(string siteId, CancellationToken ct) => new(waits[Math.Min(asked++, waits.Length - 1)]);
    }
}
