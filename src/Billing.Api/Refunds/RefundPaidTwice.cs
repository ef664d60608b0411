using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Outbound;
using Billing.Api.Hosting.Streams;
using Billing.Domain.Preapprovals;

namespace Billing.Api.Refunds;

/// <summary>Refunds the later payment of a period that was paid twice, if Charging__RefundPaidTwice says so.</summary>
public sealed record RefundPaidTwice(string Site, Guid PreapprovalId, string MerchantTransactionId);

public static class RefundPaidTwiceHandler
{
    public static async Task Handle(
        RefundPaidTwice command, PreapprovalDecisions decisions, RefundCalls refunds, OutboundGate gate,
        BusinessClock clock, TimeProvider realTime, ChargingOptions options, CancellationToken ct)
    {
        if (options.RefundPaidTwice is OnOff.Off)
        {
            return;
        }

        if (!await gate.EnterAsync(command.Site, ct))
        {
            throw new TimeoutException("The gateway cannot be called now.");
        }

        var window = SendWindow.Open(realTime);
        var decided = await decisions.DecideAsync(
            command.Site, command.PreapprovalId, new EventSource("refund_paid_twice"),
            state => PreapprovalDecider.RefundPaidTwice(
                state!, command.MerchantTransactionId, clock.GetUtcNow(), window.Start));

        foreach (var refund in decided.Events.OfType<RefundRequested>())
        {
            await refunds.SendAsync(command.Site, command.PreapprovalId, refund.RefundReference, window);
        }
    }
}
