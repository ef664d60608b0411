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
internal sealed record Call(
    string SiteId, HttpMethod Method, string Template, string PathAndQuery, byte[]? Body = null,
    string? RequestId = null);

/// <summary>Sends calls to the gateway. A network failure is a reply with a symptom, never an exception.</summary>
/// <remarks>
/// A read is tried up to three times within the time-out. A write is sent once, and at once: it waits for a connection
/// and for nothing else. While the site's breaker is open, nothing is sent.
/// </remarks>
internal sealed class GatewayCaller(
    IHttpClientFactory clients, GatewayOptions options, ISiteKeys keys, Breakers breakers, IRateLimit rateLimit,
    ILogger<GatewayCaller> logger)
{
    // After a failed connection while the breaker is still closed.
    private static readonly TimeSpan ShortWait = TimeSpan.FromSeconds(1);

    private readonly ResiliencePipeline<Reply> _once = new ResiliencePipelineBuilder<Reply>()
        .AddTimeout(options.Timeout).Build();

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
        var credentials = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{call.SiteId}:{keys.GatewayKeyOf(call.SiteId)}")));

        // The caller acquired the permit of a write before it committed the intent. A read acquires one here, before
        // the breaker: a probe must not wait.
        if (call.Method == HttpMethod.Get && await rateLimit.AcquireAsync(call.SiteId, ct) is { } wait)
        {
            return Reply.NotSent(Reply.NoPermit, wait);
        }

        var breaker = breakers.Of(call.SiteId);

        if (breaker.Enter() is not { } isProbe)
        {
            logger.NotSent(call.Method.Method, call.Template, call.SiteId);
            return Reply.NotSent("breaker_open", AtLeastShort(breaker.Wait));
        }

        var started = Stopwatch.GetTimestamp();
        var reply = await SendWithinTimeoutAsync(call, credentials, ct);
        Log(call, reply, (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        Count(breaker, call.SiteId, reply, isProbe);

        var rest = breaker.Wait;

        return reply.NotSentWait < rest ? Reply.NotSent(reply.Symptom!, rest) : reply;
    }

    private async Task<Reply> SendWithinTimeoutAsync(
        Call call, AuthenticationHeaderValue credentials, CancellationToken ct)
    {
        var pipeline = call.Method == HttpMethod.Get ? _untilAnswered : _once;
        var isAgain = false;

        try
        {
            return await pipeline.ExecuteAsync(TryAsync, ct);
        }
        catch (TimeoutRejectedException)
        {
            return Reply.Lost("timeout");
        }

        // Each further try of a read is a call of its own.
        async ValueTask<Reply> TryAsync(CancellationToken token)
        {
            if (isAgain && await rateLimit.AcquireAsync(call.SiteId, token) is { } wait)
            {
                return Reply.NotSent(Reply.NoPermit, wait);
            }

            isAgain = true;

            return await SendOnceAsync(call, credentials, token);
        }
    }

    private void Log(Call call, Reply reply, long elapsed)
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

    private void Count(Breaker breaker, string siteId, Reply reply, bool isProbe)
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
        using var request = new HttpRequestMessage(call.Method, call.PathAndQuery);
        request.Headers.Authorization = credentials;
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (call.RequestId is not null)
        {
            request.Headers.Add("RequestId", call.RequestId);
        }

        if (call.Method != HttpMethod.Get)
        {
            // DELETE has an empty body: without a body the connection pool would send it again on a stale connection.
            request.Content = new ByteArrayContent(call.Body ?? []);
            request.Content.Headers.ContentType = call.Body is null
                ? null
                : new MediaTypeHeaderValue("application/json", "utf-8");
        }

        try
        {
            using var http = clients.CreateClient(GatewayServices.HttpClientName);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, ct);
            return Reply.Answered(
                (int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(ct),
                RetryAfterOf(response.Headers));
        }
        catch (HttpRequestException lost)
        {
            return lost.HttpRequestError switch
            {
                // No connection, no handshake: no byte of the request was written. The pool never repeats a request
                // with a body, so there was no earlier try either.
                HttpRequestError.NameResolutionError => Reply.NotSent("name_not_resolved", ShortWait),
                HttpRequestError.ConnectionError => Reply.NotSent("not_connected", ShortWait),
                HttpRequestError.SecureConnectionError => Reply.NotSent("tls_failed", ShortWait),
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
            return Reply.NotSent("connect_timeout", ShortWait);
        }
    }

    // A date is compared with the sender's own clock: ours may differ.
    private static TimeSpan? RetryAfterOf(HttpResponseHeaders headers) =>
        (headers.RetryAfter?.Delta ?? (headers.RetryAfter?.Date - headers.Date)) is { } wait && wait > TimeSpan.Zero
            ? wait
            : null;
}
