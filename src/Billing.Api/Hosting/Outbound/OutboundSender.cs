using System.Text.Json;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;

namespace Billing.Api.Hosting.Outbound;

/// <summary>Makes one call for a committed intent, at most once, in its send window, and records the result.</summary>
public sealed class OutboundSender(SentIntents sent, CallsUnderWay calls, Failpoints failpoints)
{
    /// <param name="key">MerchantTransactionID of a charge, key of a refund, the stream's id for the mandate.</param>
    /// <param name="send">Which send of the call this is, from 1.</param>
    /// <param name="call">Calls the gateway. No cancellation reaches a call that has begun.</param>
    /// <param name="record">
    /// Records the result: <see cref="GatewayResult{T}.NotSent"/> when the window is over or the process is stopping.
    /// </param>
    public async Task SendAsync<T>(
        string site, OutboundOperation operation, string key, int send, SendWindow window,
        Func<Task<GatewayResult<T>>> call, Func<GatewayResult<T>, Task> record)
    {
        var name = operation.ToString().ToLowerInvariant();
        using var tracked = calls.Track();
        using var span = BillingTracing.Start("send", site, operation, key);
        failpoints.Reach($"{name}:checking");

        if (!calls.TryBegin())
        {
            await record(new GatewayResult<T>.NotSent("stopping", TimeSpan.Zero));
            return;
        }

        GatewayResult<T> result;

        try
        {
            switch (sent.TryBegin($"{site}/{name}/{key}/{send}/{window.Start.UtcTicks}", window))
            {
                case Beginning.BegunBefore:
                    return;
                case Beginning.WindowOver:
                    result = new GatewayResult<T>.NotSent("window_over", TimeSpan.Zero);
                    break;
                default:
                    failpoints.Reach($"{name}:sending");
                    result = await call();
                    failpoints.Reach($"{name}:answered");
                    break;
            }
        }
        finally
        {
            calls.End();
        }

        span?.SetTag(
            BillingTracing.Outcome, JsonNamingPolicy.SnakeCaseLower.ConvertName(result.GetType().Name));
        await record(result);
    }
}
