using Billing.Domain.Gateway;

namespace Billing.Api.Refunds;

/// <summary>The reads of the gateway that message handlers make. A concrete type, so that Wolverine's generated code can construct handlers.</summary>
public sealed class GatewayReads(IPaymentGateway gateway)
{
    public Task<ChargeResult> FindChargeAsync(ChargeOrder order, CancellationToken ct) => gateway.FindChargeAsync(order, ct);

    public Task<IReadOnlyList<RefundSnapshot>?> ListRefundsAsync(string site, int paymentId, CancellationToken ct) =>
        gateway.ListRefundsAsync(site, paymentId, ct);
}
