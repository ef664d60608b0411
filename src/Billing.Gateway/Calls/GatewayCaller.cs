using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
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
/// <remarks>A read is tried up to three times within the time-out. A write is sent once, whatever happens.</remarks>
internal sealed class GatewayCaller(HttpClient http, GatewayOptions options, ISiteKeys keys, ILogger<GatewayCaller> logger)
{
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
        var pipeline = call.Method == HttpMethod.Get ? _untilAnswered : _once;
        var started = Stopwatch.GetTimestamp();
        Reply reply;

        try
        {
            reply = await pipeline.ExecuteAsync(token => SendOnceAsync(call, credentials, token), ct);
        }
        catch (TimeoutRejectedException)
        {
            reply = Reply.Lost("timeout");
        }

        var elapsed = (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        if (reply.Symptom is { } symptom)
        {
            logger.Unanswered(call.Method.Method, call.Template, call.SiteId, symptom, elapsed);
        }
        else
        {
            logger.Answered(call.Method.Method, call.Template, call.SiteId, reply.StatusCode, elapsed);
        }

        return reply;
    }

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
            return Reply.Answered((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(ct));
        }
        catch (HttpRequestException lost)
        {
            return Reply.Lost(SymptomOf(lost.HttpRequestError));
        }
        catch (IOException)
        {
            return Reply.Lost("connection_lost");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Reply.Lost("connect_timeout");
        }
    }

    private static string SymptomOf(HttpRequestError error) => error switch
    {
        HttpRequestError.NameResolutionError => "name_not_resolved",
        HttpRequestError.ConnectionError => "not_connected",
        HttpRequestError.SecureConnectionError => "tls_failed",
        HttpRequestError.ConfigurationLimitExceeded => "answer_too_large",
        _ => "connection_lost",
    };
}
