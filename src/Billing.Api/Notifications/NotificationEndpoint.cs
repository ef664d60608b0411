using Billing.Api.Hosting;
using Billing.Api.Hosting.Sites;
using Billing.Domain.Gateway;
using Billing.Gateway.Notifications;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;

namespace Billing.Api.Notifications;

/// <summary>POST /v1/notifications: the gateway's own key, a readable body, a commit, then 204.</summary>
public static class NotificationEndpoint
{
    /// <summary>Bytes; a notification is about 2 KB.</summary>
    public const int MostBytes = 64 * 1024;

    private const int RetryAfterSeconds = 1;

    public static async Task<IResult> Handle(
        HttpContext http, Logins logins, NotificationSources sources, NotificationIntake intake, WireMoney money,
        CancellationToken ct)
    {
        if (!sources.Admit(http))
        {
            return Say(StatusCodes.Status403Forbidden, "Notifications are not accepted from this address.");
        }

        // Only the gateway's key: a storefront must not be able to forge a success.
        var login = logins.Check(http, SiteKey.Gateway);

        if (login.RetryAfter is { } wait)
        {
            return Logins.TooMany(http, wait);
        }

        if (login.Site is not { } site)
        {
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"notifications\"";
            return Say(
                StatusCodes.Status401Unauthorized,
                "Authorization has been denied for this request: show the site's gateway key.");
        }

        if (intake.IsFull)
        {
            return Busy(http);
        }

        if (await RequestBody.ReadAsync(http.Request, MostBytes, ct) is not { } body)
        {
            return Say(StatusCodes.Status413PayloadTooLarge, "The notification is larger than 64 KB.");
        }

        var text = NotificationText.Utf8Of(body, http.Request.ContentType);

        if (NotificationReader.Read(text, money) is GatewayUpdate.Unreadable unreadable)
        {
            return Say(StatusCodes.Status400BadRequest, unreadable.Reason);
        }

        return await intake.KeepAsync(site.Id, body, NotificationHeaders.Of(http.Request, sources.AddressOf(http)))
            ? Results.NoContent()
            : Busy(http);
    }

    private static IResult Busy(HttpContext http)
    {
        http.Response.Headers.RetryAfter = $"{RetryAfterSeconds}";
        return Say(
            StatusCodes.Status503ServiceUnavailable, "Too many notifications wait to be stored: send this one again.");
    }

    private static IResult Say(int status, string message) =>
        Results.Json(new MessageBody(message), GlobalPayJson.Answers.MessageBody, statusCode: status);
}
