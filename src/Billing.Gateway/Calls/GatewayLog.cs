using Microsoft.Extensions.Logging;

namespace Billing.Gateway.Calls;

/// <summary>What may be said of a call: never a body, a key, a query or a person.</summary>
internal static partial class GatewayLog
{
    [LoggerMessage(1, LogLevel.Debug, "{Method} {Path} for site {SiteId}: {StatusCode} in {ElapsedMilliseconds} ms")]
    public static partial void Answered(
        this ILogger logger, string method, string path, string siteId, int statusCode, long elapsedMilliseconds);

    [LoggerMessage(
        2, LogLevel.Warning, "{Method} {Path} for site {SiteId}: no answer, {Symptom} after {ElapsedMilliseconds} ms")]
    public static partial void Unanswered(
        this ILogger logger, string method, string path, string siteId, string symptom, long elapsedMilliseconds);

    [LoggerMessage(3, LogLevel.Warning, "{Call} for site {SiteId} is of unknown outcome: {Symptom}")]
    public static partial void Undecided(this ILogger logger, string call, string siteId, string symptom);

    [LoggerMessage(4, LogLevel.Debug, "{Method} {Path} for site {SiteId}: not sent, the breaker is open")]
    public static partial void NotSent(this ILogger logger, string method, string path, string siteId);

    [LoggerMessage(
        5, LogLevel.Warning,
        "The gateway does not serve site {SiteId} ({Symptom}): the breaker is open, nothing is sent for {Seconds} s")]
    public static partial void BreakerOpen(this ILogger logger, string siteId, string symptom, double seconds);

    [LoggerMessage(6, LogLevel.Warning, "The gateway serves site {SiteId} again: the breaker is closed")]
    public static partial void BreakerClosed(this ILogger logger, string siteId);
}
