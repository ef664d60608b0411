using Billing.Domain;
using Billing.Domain.Gateway;

namespace Billing.Gateway.Tests.Calls;

public class when_no_permit_is_free
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(3);
    private static readonly RefundOrder Refund = new(A.Site, 3009284, "refund-1", new Money(500, "BRL"));

    private readonly Permits _permits = new();
    private readonly StubGateway _stub;

    public when_no_permit_is_free() => _stub = new StubGateway { RateLimit = _permits }.Answers(500);

    [Fact]
    public async Task no_read_is_sent_and_the_answer_says_how_long_to_wait()
    {
        var gateway = _stub.Open();

        Assert.Equal(new ChargeResult.NotSent("no_permit", Wait), await gateway.FindChargeAsync(A.Charge, default));
        Assert.Equal(new RefundResult.NotSent("no_permit", Wait), await gateway.FindRefundAsync(Refund, default));
        Assert.Equal(new MandateResult.NotSent("no_permit", Wait), await gateway.ReadMandateAsync(A.Site, 1, default));
        Assert.Equal(
            new MandateResult.NotSent("no_permit", Wait), await gateway.FindMandateAsync(A.Site, "a", 50, default));
        Assert.Null(await gateway.ListMandatesAsync(A.Site, 50, default));
        Assert.Null(await gateway.ListPaymentsAsync(A.Site, default, default, 1, default));
        Assert.Null(await gateway.ListRefundsAsync(A.Site, 1, default));
        Assert.Null(await gateway.ReadRefundTypesAsync(A.Site, 1, default));
        Assert.Empty(_stub.Calls);
    }

    [Fact]
    public async Task a_write_is_sent_because_its_caller_has_a_permit()
    {
        var gateway = _stub.Open();

        await gateway.RegisterAsync(A.Site, A.Mandate, default);
        await gateway.ChangeMandateAsync(A.Site, 4217, A.Mandate, default);
        await gateway.CloseMandateAsync(A.Site, 4217, default);
        await gateway.ChargeAsync(A.Charge, default);
        await gateway.RefundAsync(Refund, default);

        Assert.Equal(["POST", "PATCH", "DELETE", "POST", "POST"], _stub.Calls.Select(seen => seen.Method));
        Assert.Equal(0, _permits.Asked);
    }

    [Fact]
    public async Task each_further_try_of_a_read_needs_a_permit_of_its_own()
    {
        _permits.Free = 2;

        Assert.Equal(
            new MandateResult.NotSent("no_permit", Wait), await _stub.Open().ReadMandateAsync(A.Site, 1, default));
        Assert.Equal((2, 3), (_stub.Calls.Count, _permits.Asked));
    }

    private sealed class Permits : IRateLimit
    {
        public int Free { get; set; }

        public int Asked { get; private set; }

        public ValueTask<TimeSpan?> AcquireAsync(string siteId, CancellationToken ct) =>
            new(Asked++ < Free ? null : Wait);
    }
}
