using System.Text.Json;

namespace Billing.Sandbox.Notifying;

/// <summary>/sandbox/notifications: what was sent, what came of it, and a way to send it again.</summary>
internal static class NotificationEndpoints
{
    public static void MapNotifications(this IEndpointRouteBuilder tools)
    {
        tools.MapGet("/notifications", (Notifications notifications, Lock gate) =>
        {
            lock (gate)
            {
                return Results.Json(new { Notifications = notifications.All.Select(Shown).ToArray() });
            }
        });
        tools.MapPost("/notifications/{id:int}/resend", (int id, Notifications notifications, Lock gate) =>
        {
            lock (gate)
            {
                if (notifications.Find(id) is not { } notification)
                {
                    return Results.NotFound();
                }

                notifications.Resend(notification);
                return Results.Json(Shown(notification), statusCode: StatusCodes.Status202Accepted);
            }
        });
    }

    private static object Shown(Notification n) => new
    {
        n.Id,
        n.SiteId,
        n.Kind,
        n.ObjectId,
        n.MerchantId,
        n.StatusId,
        n.Created,
        n.State,
        n.Due,
        n.IsForged,
        Attempts = n.Attempts.ToArray(),
        Body = JsonSerializer.Deserialize<JsonElement>(n.Body),
    };
}
