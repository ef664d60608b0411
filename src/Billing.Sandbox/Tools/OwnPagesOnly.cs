using Billing.Sandbox.Settings;

namespace Billing.Sandbox.Tools;

/// <summary>
/// Keeps other sites' pages from the tools: any page in a browser on this machine can reach loopback.
/// </summary>
/// <remarks>Programs send neither Sec-Fetch-Site nor Origin. The host is checked against DNS rebinding.</remarks>
internal sealed class OwnPagesOnly(IConfiguration configuration, SandboxSettings settings) : IEndpointFilter
{
    private readonly bool mayBeRemote = ListenAddresses.MayBeRemote(configuration);
    private readonly string? publicHost =
        Uri.TryCreate(settings.PublicAddress, UriKind.Absolute, out var address) ? address.Host : null;

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        if (!IsOurName(request.Host.Host))
        {
            return Refused(
                $"The sandbox is not called {request.Host.Host}. Use 127.0.0.1, or set Sandbox__PublicAddress.");
        }

        return HttpMethods.IsGet(request.Method) || IsOwn(request)
            ? next(context)
            : Refused("Only the sandbox's own pages, and programs, may do this.");
    }

    private bool IsOurName(string host) =>
        mayBeRemote || ListenAddresses.IsLoopbackName(host.Trim('[', ']'))
        || string.Equals(host, publicHost, StringComparison.OrdinalIgnoreCase);

    // Behind a proxy the scheme may differ, so that of Origin only host and port are compared.
    private static bool IsOwn(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site)
        {
            return site is "same-origin" or "none";
        }

        return request.Headers.Origin.ToString() is not { Length: > 0 } origin
            || (Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority == request.Host.Value);
    }

    private static ValueTask<object?> Refused(string message) =>
        new(Results.Json(new { Message = message }, statusCode: StatusCodes.Status403Forbidden));
}
