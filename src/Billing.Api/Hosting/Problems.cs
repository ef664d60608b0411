using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;

namespace Billing.Api.Hosting;

/// <summary>Errors of our own paths: problem+json with a code for machines and a sentence for people.</summary>
public static class Problems
{
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
