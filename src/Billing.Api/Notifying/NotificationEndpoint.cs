using Billing.Api.Sites;
using Billing.Domain.Gateway;
using Billing.Gateway.Notifications;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;

namespace Billing.Api.Notifying;

/// <summary>POST /v1/notifications: the gateway's own key, a durable body, then 204 (GLOBALPAY.md section 11).</summary>
public static class NotificationEndpoint
{
    /// <summary>Bytes; a notification is about 2 KB.</summary>
    public const int MostBytes = 64 * 1024;

    public static async Task<IResult> Handle(HttpContext http, SiteRegister sites, NotificationLog log, WireMoney money, CancellationToken ct)
    {
        if (Authenticate(http, sites) is not { } site)
        {
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"notifications\"";
            return Say(StatusCodes.Status401Unauthorized, "Authorization has been denied for this request: show the site's gateway key.");
        }

        if (await RequestBody.ReadAsync(http.Request, MostBytes, ct) is not { } body)
        {
            return Say(StatusCodes.Status413PayloadTooLarge, "The notification is larger than 64 KB.");
        }

        if (NotificationReader.Read(body, money) is GatewayNews.Unreadable unreadable)
        {
            return Say(StatusCodes.Status400BadRequest, unreadable.Reason);
        }

        await log.KeepAsync(site.Id, body, http.Request.ContentType, ct);

        return Results.NoContent();
    }

    // Only the gateway's key: a storefront must not be able to forge a Success.
    private static Site? Authenticate(HttpContext http, SiteRegister sites)
    {
        var credentials = BasicCredentials.Read(http.Request.Headers.Authorization.ToString());
        var site = credentials is { } shown ? sites.Find(shown.SiteId) : null;

        return site is not null && ConstantTime.AreEqual(credentials!.Value.Key, site.GatewayApiKey) ? site : null;
    }

    private static IResult Say(int status, string message) => Results.Json(new MessageBody(message), GlobalPayJson.Answers.MessageBody, statusCode: status);
}
