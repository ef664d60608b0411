using Billing.Api.Hosting.Streams;
using Billing.Domain;
using Microsoft.AspNetCore.Diagnostics;

namespace Billing.Api.Hosting;

/// <summary>Answers for the endpoints of our own paths that refuse a request by an exception: problem+json.</summary>
/// <remarks>The endpoints of the gateway's shape catch theirs: each kind of call has an envelope of its own.</remarks>
internal sealed class Refusals : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext http, Exception error, CancellationToken ct)
    {
        if (!Failures.IsOurs(http.Request) || AnswerOf(error) is not { } answer)
        {
            return false;
        }

        await answer.ExecuteAsync(http);

        return true;
    }

    private static IResult? AnswerOf(Exception error) => error switch
    {
        RuleViolation violation => Problems.Say(
            violation.Code is IfMatch.Code
                ? StatusCodes.Status412PreconditionFailed
                : StatusCodes.Status422UnprocessableEntity,
            violation.Code, violation.Message),
        NotFoundException => Problems.Say(
            StatusCodes.Status404NotFound, "not_found", "There is no such subscription on this site."),
        PayloadTooLargeException => Problems.Say(
            StatusCodes.Status413PayloadTooLarge, "body_too_large", "The body is larger than 64 KB."),
        GatewayUnavailableException => Problems.Say(
            StatusCodes.Status504GatewayTimeout, "gateway_timeout",
            "The gateway cannot be called now. Nothing was recorded; repeat the request."),
        _ when DatabaseErrors.IsConflict(error) => Problems.Say(
            StatusCodes.Status412PreconditionFailed, "conflict",
            "This subscription was changed at the same moment. Read it again and repeat."),
        _ => null,
    };
}
