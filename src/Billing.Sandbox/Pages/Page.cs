using System.Security.Cryptography;
using System.Text;

namespace Billing.Sandbox.Pages;

/// <summary>A whole page: no script, no address but its own, and the headers that keep it so.</summary>
/// <param name="style">Which of the embedded style sheets.</param>
/// <param name="formTargets">Where a form may lead, redirects after it included.</param>
internal sealed class Page(
    string title, Html body, string style, int status = StatusCodes.Status200OK,
    string formTargets = "'self'") : IResult
{
    private static readonly Dictionary<string, (string Css, string Hash)> Styles =
        new[] { "landing", "console" }.ToDictionary(name => name, Read);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var (css, hash) = Styles[style];
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.ContentSecurityPolicy = $"default-src 'none'; style-src '{hash}'; img-src data:; form-action "
            + $"{formTargets}; base-uri 'none'; frame-ancestors 'none'";
        response.Headers.XContentTypeOptions = "nosniff";

        // With no-store a browser that goes back to an answer of POST shows an error instead.
        response.Headers.CacheControl = HttpMethods.IsGet(httpContext.Request.Method) ? "no-store" : "no-cache";

        // Not no-referrer: a form would then be sent with Origin null, which looks like another site's.
        response.Headers["Referrer-Policy"] = "same-origin";
        Html page = $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{title}</title>
            <link rel="icon" href="data:,">
            <style>
            """;
        return response.WriteAsync(
            $"{page}{css}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n", httpContext.RequestAborted);
    }

    private static (string Css, string Hash) Read(string name)
    {
        using var resource = typeof(Page).Assembly.GetManifestResourceStream($"Billing.Sandbox.Pages.{name}.css")!;
        using var reader = new StreamReader(resource);
        var css = reader.ReadToEnd();
        return (css, $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(css)))}");
    }
}
