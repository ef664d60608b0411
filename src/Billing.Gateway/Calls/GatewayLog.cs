using Microsoft.Extensions.Logging;

namespace Billing.Gateway.Calls;

/// <summary>What may be said of a call: never a body, a key, a query or a person.</summary>
internal static partial class GatewayLog
{
    [LoggerMessage(1, LogLevel.Debug, "{Method} {Path} for site {SiteId}: {StatusCode} in {ElapsedMilliseconds} ms")]
    public static partial void Answered(this ILogger logger, string method, string path, string siteId, int statusCode, long elapsedMilliseconds);

    [LoggerMessage(2, LogLevel.Warning, "{Method} {Path} for site {SiteId}: no answer, {Symptom} after {ElapsedMilliseconds} ms")]
    public static partial void Unanswered(this ILogger logger, string method, string path, string siteId, string symptom, long elapsedMilliseconds);

    [LoggerMessage(3, LogLevel.Warning, "{Call} for site {SiteId} is of unknown outcome: {Symptom}")]
    public static partial void Undecided(this ILogger logger, string call, string siteId, string symptom);
}
