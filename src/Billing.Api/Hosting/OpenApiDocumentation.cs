using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Billing.Api.Hosting;

/// <summary>Adds what routes do not say: who may call, and how a write is repeated without harm.</summary>
internal static class OpenApiDocumentation
{
    private const string Basic = "Basic";

    /// <summary>Read by the storefront, written by the gateway.</summary>
    private const string Notifications = "/v1/notifications";
    private static readonly string[] GlobalPayShaped = ["/v1/preapprovals", "/v1/payments"];
    private static readonly string[] OfStorefronts =
    [
        .. GlobalPayShaped, "/v1/subscriptions", "/v1/feed", "/v1/reports", "/v1/price-changes", "/v1/imports",
        "/v1/attention", "/v1/dead-letters", Notifications,
    ];

    public static Task Complete(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken ct)
    {
        document.AddComponent<IOpenApiSecurityScheme>(
            Basic,
            new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http, Scheme = "basic", Description = "SiteID and the storefront's API key."
            });

        foreach (var (path, item) in document.Paths.Where(route => StartsWith(route.Key, OfStorefronts)))
        {
            foreach (var (method, operation) in (item.Operations ?? [])
                .Where(one => one.Key == HttpMethod.Get || !path.StartsWith(Notifications, StringComparison.Ordinal)))
            {
                operation.Security =
                    [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Basic, document)] = [] }];

                if (method != HttpMethod.Get && StartsWith(path, GlobalPayShaped))
                {
                    (operation.Parameters ??= []).Add(RequestId());
                }

                if (operation.Responses?.ContainsKey("412") is true)
                {
                    (operation.Parameters ??= []).Add(IfMatch());
                }
            }
        }

        return Task.CompletedTask;
    }

    private static OpenApiParameter RequestId() => new()
    {
        Name = "RequestId",
        In = ParameterLocation.Header,
        Description = "1 to 100 printable ASCII characters, new for each new request: the same one with the same body "
            + "meets the same answer and is done once.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 100 },
    };

    private static OpenApiParameter IfMatch() => new()
    {
        Name = "If-Match",
        In = ParameterLocation.Header,
        Description = "The ETag of the preapproval or subscription as it was read: where it has changed since, nothing "
            + "is done and the answer is 412.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    private static bool StartsWith(string path, string[] prefixes) =>
        prefixes.Any(prefix => path.StartsWith(prefix, StringComparison.Ordinal));
}
