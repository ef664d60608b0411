using System.Text.Json.Serialization;
using Billing.Api.Hosting.Streams;
using Billing.Domain;
using Microsoft.AspNetCore.Mvc;

namespace Billing.Api.Hosting;

/// <summary>Errors of our own paths: problem+json with a code for machines and a sentence for people.</summary>
public static class Problems
{
    public static async Task<IResult> GuardAsync(Func<Task<IResult>> call)
    {
        try
        {
            return await call();
        }
        catch (RuleViolation violation)
        {
            return Say(
                violation.Code is IfMatch.Code
                    ? StatusCodes.Status412PreconditionFailed
                    : StatusCodes.Status422UnprocessableEntity,
                violation.Code, violation.Message);
        }
        catch (NotFoundException)
        {
            return Say(StatusCodes.Status404NotFound, "not_found", "There is no such subscription on this site.");
        }
        catch (PayloadTooLargeException)
        {
            return Say(StatusCodes.Status413PayloadTooLarge, "body_too_large", "The body is larger than 64 KB.");
        }
        catch (GatewayUnavailableException)
        {
            return Say(
                StatusCodes.Status504GatewayTimeout, "gateway_timeout",
                "The gateway cannot be called now. Nothing was recorded; repeat the request.");
        }
        catch (Exception e) when (DatabaseErrors.IsConflict(e))
        {
            return Say(
                StatusCodes.Status412PreconditionFailed, "conflict",
                "This subscription was changed at the same moment. Read it again and repeat.");
        }
    }

    public static IResult Denied() =>
        Say(StatusCodes.Status401Unauthorized, "unauthorized", "Show SiteID and API key by Basic authentication.");

    /// <param name="code">For machines.</param>
    /// <param name="detail">A sentence for people.</param>
    /// <param name="requestId">Under which the log has more; null where there is no more.</param>
    public static IResult Say(int status, string code, string detail, string? requestId = null)
    {
        var problem = new ProblemDetails
        {
            Status = status, Title = code, Detail = detail, Extensions = { ["code"] = code },
        };

        if (requestId is not null)
        {
            problem.Extensions["requestId"] = requestId;
        }

        return Results.Json(problem, ProblemJsonContext.Default.ProblemDetails, "application/problem+json", status);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ProblemDetails))]
[JsonSerializable(typeof(string))]
internal sealed partial class ProblemJsonContext : JsonSerializerContext;
