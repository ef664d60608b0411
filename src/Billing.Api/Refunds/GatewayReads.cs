using Billing.Domain.Gateway;

namespace Billing.Api.Refunds;

/// <summary>The gateway reads of message handlers. Concrete, because generated code constructs it.</summary>
public sealed class GatewayReads(IPaymentGateway gateway)
{
    public Task<ChargeResult> FindChargeAsync(ChargeOrder order, CancellationToken ct) =>
        gateway.FindChargeAsync(order, ct);

    public Task<IReadOnlyList<RefundSnapshot>?> ListRefundsAsync(string site, int paymentId, CancellationToken ct) =>
        gateway.ListRefundsAsync(site, paymentId, ct);
}
