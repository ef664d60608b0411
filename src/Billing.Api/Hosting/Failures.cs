using Billing.Gateway.Wire;
using Microsoft.AspNetCore.Diagnostics;

namespace Billing.Api.Hosting;

/// <summary>The answer to what no endpoint caught, in the manner of the path. The log has the trace; the caller gets none of it.</summary>
internal static class Failures
{
    private const string Ours = "An error has occurred. It is in our log; please try again.";
    private const string Theirs = "The request cannot be read: a number, a date or an id in its address is not one, or its body ended early.";

    public static Task SayAsync(HttpContext http)
    {
        var malformed = http.Features.Get<IExceptionHandlerFeature>()?.Error as BadHttpRequestException;
        var status = malformed?.StatusCode ?? StatusCodes.Status500InternalServerError;
        var (code, sentence) = malformed is null ? ("internal_error", Ours) : ("request_malformed", Theirs);

        return http.Request.Path.StartsWithSegments("/v1/subscriptions", StringComparison.Ordinal) || (http.Request.Path.StartsWithSegments("/v1/notifications", StringComparison.Ordinal) && HttpMethods.IsGet(http.Request.Method))
            ? Problems.Say(status, code, sentence).ExecuteAsync(http)
            : Results.Json(new MessageBody(sentence), GlobalPayJson.Answers.MessageBody, statusCode: status).ExecuteAsync(http);
    }
}
