using Billing.Domain.Gateway;
using Billing.Gateway;

namespace Billing.Api.Hosting.Outbound;

/// <summary>Asked before a call that was not sent is sent again. An open circuit breaker is tried with a read, so that an outage writes no events.</summary>
public sealed class ResendGate(OutboundGate gate, IGatewayAvailability breaker, IPaymentGateway gateway)
{
    /// <summary>True when a call may go now; takes one permit.</summary>
    public async Task<bool> TryEnterAsync(string site, CancellationToken ct) =>
        breaker.RetryAfter(site) is null
        && (!breaker.AllowsOneCallOnly(site) || await gateway.ListMandatesAsync(site, 1, ct) is not null)
        && await gate.TryEnterAsync(site, ct);
}
