using System.Diagnostics;
using Billing.Api.Hosting.Sites;
using Billing.Gateway.Wire;
using Microsoft.AspNetCore.Diagnostics;

namespace Billing.Api.Hosting;

/// <summary>
/// Answers that no endpoint gives, in the manner of the path: errors that none caught, and paths, methods and content
/// types that there are not.
/// </summary>
/// <remarks>The log has the trace of an error, under the request's id; the caller gets none of it.</remarks>
internal sealed partial class Failures(ILogger<Failures> log) : IExceptionHandler
{
    private const int RetryAfterSeconds = 5;
    private const string Notifications = "/v1/notifications";
    private static readonly string[] OurPaths =
    [
        "/v1/subscriptions", "/v1/feed", "/v1/reports", "/v1/price-changes", "/v1/imports", "/v1/attention",
        "/v1/dead-letters",
    ];

    /// <summary>The id under which a request is in the log; every answer names it.</summary>
    public static string RequestIdOf(HttpContext http) =>
        Activity.Current?.TraceId.ToString() ?? http.TraceIdentifier;

    /// <summary>Whether an answer says that the error is ours: its trace is logged, and metrics name it.</summary>
    public static bool IsOurError(int status) =>
        status is StatusCodes.Status500InternalServerError or StatusCodes.Status503ServiceUnavailable;

    /// <summary>After an error that is no refusal.</summary>
    public async ValueTask<bool> TryHandleAsync(HttpContext http, Exception error, CancellationToken ct)
    {
        await SayErrorAsync(http, error);

        if (IsOurError(http.Response.StatusCode))
        {
            Failed(log, RequestIdOf(http));
        }

        return true;
    }

    /// <summary>After a status without a body.</summary>
    public static Task SayStatusAsync(StatusCodeContext context)
    {
        var (http, status) = (context.HttpContext, context.HttpContext.Response.StatusCode);

        return status is StatusCodes.Status429TooManyRequests ? SayTooManyAsync(http)
            : status is StatusCodes.Status401Unauthorized ? SayUnauthorizedAsync(http)
            : IsGlobalPay(http.Request) && LoginOf(http) is { Site: null } login ? SayStrangerAsync(http, login)
            : status switch
            {
                StatusCodes.Status404NotFound => SayAsync(
                    http, status, "not_found",
                    $"No HTTP resource was found that matches the request URI '{http.Request.Path}'."),
                StatusCodes.Status405MethodNotAllowed => SayAsync(
                    http, status, "method_not_allowed",
                    $"The requested resource does not support http method '{http.Request.Method}'."),
                StatusCodes.Status415UnsupportedMediaType => SayAsync(
                    http, status, "content_type_unsupported", "Send the body with Content-Type: application/json."),
                _ => SayAsync(http, status, "refused", $"The request was refused with status {status}."),
            };
    }

    private static Task SayErrorAsync(HttpContext http, Exception error)
    {
        if (error is BadHttpRequestException malformed)
        {
            return SayAsync(
                http, malformed.StatusCode, "request_malformed",
                "The request cannot be read: a number, a date or an id in its address is not one, "
                + "or its body ended early.");
        }

        if (DatabaseErrors.IsTransient(error))
        {
            http.Response.Headers.RetryAfter = $"{RetryAfterSeconds}";

            return SayAsync(
                http, StatusCodes.Status503ServiceUnavailable, "database_unavailable",
                "The database does not answer. Repeat the same request, with the same ids: "
                + "what was stored is not stored twice.");
        }

        return SayAsync(
            http, StatusCodes.Status500InternalServerError, "internal_error",
            $"An error has occurred. It is in our log under the id {RequestIdOf(http)}; please try again.");
    }

    // As the gateway does: a stranger learns nothing of what there is.
    private static async Task SayStrangerAsync(HttpContext http, Login login)
    {
        http.Response.Headers.Allow = default;

        if (login.RetryAfter is { } wait)
        {
            await Logins.TooMany(http, wait).ExecuteAsync(http);
            await SayTooManyAsync(http);
        }
        else
        {
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"billing\"";
            await SayUnauthorizedAsync(http);
        }
    }

    private static Task SayUnauthorizedAsync(HttpContext http) => IsGlobalPay(http.Request)
        ? SayAsync(
            http, StatusCodes.Status401Unauthorized, "unauthorized", "Authorization has been denied for this request.")
        : Problems.Say(
            StatusCodes.Status401Unauthorized, "unauthorized", "Show SiteID and API key by Basic authentication.")
            .ExecuteAsync(http);

    private static Task SayTooManyAsync(HttpContext http) => SayAsync(
        http, StatusCodes.Status429TooManyRequests, "too_many_failed_logins",
        "Too many logins from this address have failed for this site. Wait as long as Retry-After says, then log in "
        + "with the right key.");

    private static Task SayAsync(HttpContext http, int status, string code, string sentence) =>
        (IsGlobalPay(http.Request)
            ? Results.Json(new MessageBody(sentence), GlobalPayJson.Answers.MessageBody, statusCode: status)
            : Problems.Say(status, code, sentence, RequestIdOf(http))).ExecuteAsync(http);

    // A storefront written for GlobalPay may call more of its paths under /v1 than are served here.
    private static bool IsGlobalPay(HttpRequest request) => IsUnder(request, "/v1") && !IsOurs(request);

    /// <summary>Whether the path is one of our own, and not one of the gateway's shape.</summary>
    public static bool IsOurs(HttpRequest request) =>
        OurPaths.Any(path => IsUnder(request, path))
        || (IsUnder(request, Notifications) && !IsNotification(request))
        || (IsUnder(request, "/v1/payments")
            && request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries) is [_, _, _, var last]
            && last.Equals("explain", StringComparison.OrdinalIgnoreCase));

    private static bool IsNotification(HttpRequest request) =>
        IsUnder(request, Notifications) && HttpMethods.IsPost(request.Method);

    private static bool IsUnder(HttpRequest request, string path) =>
        request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase);

    private static Login LoginOf(HttpContext http) => http.RequestServices.GetRequiredService<Logins>()
        .Check(http, IsNotification(http.Request) ? SiteKey.Gateway : SiteKey.Storefront);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Request {RequestId} ended with an error; its trace is beside this line.")]
    private static partial void Failed(ILogger log, string requestId);
}
