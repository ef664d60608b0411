using Billing.Sandbox.Calls;

namespace Billing.Sandbox.Pipeline;

/// <summary>
/// Any other call under /v1: 401 first, then 404 with the platform's generic body, which the PHP client reads.
/// </summary>
internal static class UnknownCall
{
    public static Task AnswerAsync(HttpContext http, Credentials credentials)
    {
        if (credentials.Check(http.Request.Headers.Authorization) is null)
        {
            return Credentials.DenyAsync(http);
        }

        return Answer.Message(
            StatusCodes.Status404NotFound,
            $"No HTTP resource was found that matches the request URI '{http.Request.Path}'.")
            .WriteAsync(http);
    }
}
