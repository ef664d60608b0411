namespace Billing.Api.Hosting;

/// <summary>Headers that every answer has.</summary>
internal static class ResponseHeaders
{
    public const string RequestId = "X-Request-Id";

    // The documentation's own scripts and styles only. Its page has styles in it.
    private const string PagePolicy =
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

    /// <summary>
    /// The request's id; nosniff and the content security policy; and no-store for everything under /v1, because it may
    /// hold personal data.
    /// </summary>
    public static void UseResponseHeaders(this WebApplication app) => app.Use((http, next) =>
    {
        var requestId = Failures.RequestIdOf(http);
        http.Response.OnStarting(() =>
        {
            var headers = http.Response.Headers;
            headers[RequestId] = requestId;
            headers.XContentTypeOptions = "nosniff";

            if (http.Request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase))
            {
                headers.CacheControl = "no-store";
            }
            else if (http.Request.Path.StartsWithSegments("/docs", StringComparison.OrdinalIgnoreCase))
            {
                headers.ContentSecurityPolicy = PagePolicy;
            }

            return Task.CompletedTask;
        });

        return next(http);
    });
}
