using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Billing.Gateway.Breaking;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Billing.Gateway.Calls;

/// <summary>One call on the gateway.</summary>
/// <param name="Template">The path without ids, for logs.</param>
/// <param name="Body">Null for none.</param>
internal sealed record Call(string SiteId, HttpMethod Method, string Template, string PathAndQuery, byte[]? Body = null, string? RequestId = null);

/// <summary>Carries calls to the gateway and replies back. The network never throws here; it becomes a reply with a symptom.</summary>
/// <remarks>A read is tried up to three times within the time-out. A write is sent once, whatever happens. While the site's breaker is open, or it is not its turn, nothing is sent.</remarks>
internal sealed class GatewayCaller(HttpClient http, GatewayOptions options, ISiteKeys keys, Breakers breakers, IGatewayPace pace, ILogger<GatewayCaller> logger)
{
    // After a connection that did not come about, with the breaker still closed.
    private static readonly TimeSpan ShortWait = TimeSpan.FromSeconds(1);

    private readonly ResiliencePipeline<Reply> _once = new ResiliencePipelineBuilder<Reply>().AddTimeout(options.Timeout).Build();

    private readonly ResiliencePipeline<Reply> _untilAnswered = new ResiliencePipelineBuilder<Reply>()
        .AddTimeout(options.Timeout)
        .AddRetry(new RetryStrategyOptions<Reply>
        {
            ShouldHandle = attempt => ValueTask.FromResult(attempt.Outcome.Result?.IsTransient == true),
            MaxRetryAttempts = 2,
            Delay = TimeSpan.FromMilliseconds(100),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
        })
        .Build();

    /// <exception cref="OperationCanceledException">The caller's token, and nothing else.</exception>
    /// <exception cref="KeyNotFoundException">The site is not configured.</exception>
    public async Task<Reply> SendAsync(Call call, CancellationToken ct)
    {
        var credentials = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{call.SiteId}:{keys.GatewayKeyOf(call.SiteId)}")));

        // Before the breaker: whoever tries an ailing gateway must not wait for a turn while all others wait for the result.
        if (await pace.TakeAsync(call.SiteId, ct) is { } turn)
        {
            return Reply.NeverLeft(Reply.Paced, turn);
        }

        var breaker = breakers.Of(call.SiteId);

        if (breaker.Enter() is not { } isProbe)
        {
            logger.Kept(call.Method.Method, call.Template, call.SiteId);
            return Reply.NeverLeft("breaker_open", AtLeastShort(breaker.Wait));
        }

        var started = Stopwatch.GetTimestamp();
        var reply = await CarryAsync(call, credentials, ct);
        Note(call, reply, (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        Judge(breaker, call.SiteId, reply, isProbe);

        return reply.NeverLeftWait is null ? reply : Reply.NeverLeft(reply.Symptom!, AtLeastShort(breaker.Wait));
    }

    private async Task<Reply> CarryAsync(Call call, AuthenticationHeaderValue credentials, CancellationToken ct)
    {
        var pipeline = call.Method == HttpMethod.Get ? _untilAnswered : _once;
        var isAgain = false;

        try
        {
            return await pipeline.ExecuteAsync(NextTryAsync, ct);
        }
        catch (TimeoutRejectedException)
        {
            return Reply.Lost("timeout");
        }

        // Each further try of a read is a call of its own.
        async ValueTask<Reply> NextTryAsync(CancellationToken token)
        {
            if (isAgain && await pace.TakeAsync(call.SiteId, token) is { } turn)
            {
                return Reply.NeverLeft(Reply.Paced, turn);
            }

            isAgain = true;

            return await SendOnceAsync(call, credentials, token);
        }
    }

    private void Note(Call call, Reply reply, long elapsed)
    {
        if (reply.Symptom is { } symptom)
        {
            logger.Unanswered(call.Method.Method, call.Template, call.SiteId, symptom, elapsed);
        }
        else
        {
            logger.Answered(call.Method.Method, call.Template, call.SiteId, reply.StatusCode, elapsed);
        }
    }

    private void Judge(Breaker breaker, string siteId, Reply reply, bool isProbe)
    {
        if (reply.IsServed)
        {
            if (breaker.Served(isProbe))
            {
                logger.BreakerClosed(siteId);
            }
        }
        else if (breaker.Failed(reply.SymptomOr(""), isProbe, reply.RetryAfter) is { } wait)
        {
            logger.BreakerOpen(siteId, reply.SymptomOr(""), wait.TotalSeconds);
        }
    }

    private static TimeSpan AtLeastShort(TimeSpan wait) => wait > ShortWait ? wait : ShortWait;

    private async ValueTask<Reply> SendOnceAsync(Call call, AuthenticationHeaderValue credentials, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(call.Method, call.PathAndQuery) { Headers = { Authorization = credentials } };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (call.RequestId is not null)
        {
            request.Headers.Add("RequestId", call.RequestId);
        }

        if (call.Method != HttpMethod.Get)
        {
            // An empty body rather than none for DELETE: with a body the connection pool never re-sends by itself on a connection that went stale.
            request.Content = new ByteArrayContent(call.Body ?? []);
            request.Content.Headers.ContentType = call.Body is null ? null : new MediaTypeHeaderValue("application/json", "utf-8");
        }

        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, ct);
            return Reply.Answered((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(ct), RetryAfterOf(response.Headers));
        }
        catch (HttpRequestException lost)
        {
            return lost.HttpRequestError switch
            {
                // No connection, no handshake: not a byte of the request was written. What has a body is never sent twice by the pool, so there was no earlier try either.
                HttpRequestError.NameResolutionError => Reply.NeverLeft("name_not_resolved", ShortWait),
                HttpRequestError.ConnectionError => Reply.NeverLeft("not_connected", ShortWait),
                HttpRequestError.SecureConnectionError => Reply.NeverLeft("tls_failed", ShortWait),
                HttpRequestError.ConfigurationLimitExceeded => Reply.Lost(Reply.TooLarge),
                _ => Reply.Lost("connection_lost"),
            };
        }
        catch (IOException)
        {
            return Reply.Lost("connection_lost");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // Only opening a connection has a time-out of its own.
            return Reply.NeverLeft("connect_timeout", ShortWait);
        }
    }

    // A date is taken against the sender's own clock: ours may be another.
    private static TimeSpan? RetryAfterOf(HttpResponseHeaders headers) =>
        (headers.RetryAfter?.Delta ?? (headers.RetryAfter?.Date - headers.Date)) is { } wait && wait > TimeSpan.Zero ? wait : null;
}
