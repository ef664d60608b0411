using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Streams;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Gateway;

namespace Billing.Api.Hosting.Outbound;

/// <summary>Decides that a call which was not sent is sent again; the same for every operation.</summary>
public sealed class ResendDecisions(
    OutboundGate gate, IGatewayAvailability breaker, IPaymentGateway gateway, PreapprovalDecisions decisions,
    BusinessClock clock, TimeProvider realTime, LookUpPolicy lookUps)
{
    private static readonly EventSource Source = new("resolver");

    /// <param name="call">The call as it was read; nothing is decided when it has changed since.</param>
    /// <returns>
    /// The decision, and the window in which its intent may be sent; null when the gateway cannot be called now.
    /// </returns>
    public async Task<(Decided Decided, SendWindow Window)?> DecideAsync(
        string site, Guid id, string key, OutboundCall call, CancellationToken ct)
    {
        if (!await TryEnterAsync(site, ct))
        {
            return null;
        }

        var window = SendWindow.Open(realTime);
        var decided = await decisions.DecideAsync(
            site, id, Source,
            now => now!.IsAsSeen(call.Operation, key, call)
                ? PreapprovalDecider.SendAgain(
                    now!, call.Operation, key, clock.GetUtcNow(), window.Start, lookUps)
                : [],
            "send_again");

        return (decided, window);
    }

    // Takes one permit. An open circuit breaker is tried with a read, so that an outage writes no events.
    private async Task<bool> TryEnterAsync(string site, CancellationToken ct) =>
        breaker.RetryAfter(site) is null
        && (!breaker.AllowsOneCallOnly(site) || await gateway.ListMandatesAsync(site, 1, ct) is not null)
        && await gate.TryEnterAsync(site, ct);
}
