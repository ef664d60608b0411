using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Billing.Api.Notifications;
using Billing.Api.Tests.Specs;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Notifying;

/// <summary>Notifications written by hand and posted with the gateway's key.</summary>
internal static class Notified
{
    public static JsonObject Mandate(int id, string merchantPreapprovalId, int status) => new()
    {
        ["Preapproval"] = new JsonObject
        {
            ["ID"] = id, ["MethodID"] = 46, ["SiteID"] = 30201, ["MerchantPreapprovalID"] = merchantPreapprovalId,
            ["Customer"] =
                new JsonObject { ["Email"] = "jdoe@example.com", ["FirstName"] = "John", ["LastName"] = "Doe" },
            ["Status"] = new JsonObject { ["ID"] = status, ["Info"] = null, ["Reasons"] = null },
        },
    };

    public static JsonObject Mandate(Subscriber subscriber, int status) =>
        Mandate(subscriber.GatewayId, subscriber.MerchantPreapprovalId, status);

    /// <param name="hundredths">As on the wire.</param>
    public static JsonObject Payment(string merchantTransactionId, int status, int? id =
        null, long hundredths = 100, int? preapprovalId = null, string at = "20260101000000") => new()
        {
            ["Payment"] = new JsonObject
            {
                ["ID"] = id, ["MerchantTransactionID"] = merchantTransactionId, ["Amount"] = $"{hundredths}",
                ["Currency"] = "BRL", ["MethodID"] = 46, ["NotificationDateTime"] = at,
                ["Customer"] = new JsonObject { ["Email"] = "jdoe@example.com" }, ["PreapprovalID"] = preapprovalId,
                ["Status"] = new JsonObject { ["ID"] = status, ["Info"] = null, ["Reasons"] = null },
            },
        };

    /// <summary>Posts it, and returns the row that it became once it was read.</summary>
    public static async Task<Guid> NotifyAsync(this World world, JsonNode body)
    {
        var (mark, before) = ($"{Guid.NewGuid():N}", await world.NotificationIdsAsync());
        using var request =
            new HttpRequestMessage(HttpMethod.Post, "v1/notifications") { Content = JsonContent.Create(body) };
        request.Headers.Add("X-Test", mark);
        using var answer = await world.Gateway.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True((answer.StatusCode, text) == (HttpStatusCode.NoContent, ""), $"{answer.StatusCode} {text}");
        var added = (await world.NotificationIdsAsync()).Except(before).ToArray();
        var id = added is [var one] ? one : Assert.Single(await world.WithHeaderAsync(added, mark));
        await world.UntilIdle();

        return id;
    }

    public static async Task<Guid[]> NotificationIdsAsync(this World world) =>
        await world.QueryAsync<Guid[]>("select array_agg(id) from notifications where tenant_id = '30201'") ?? [];

    /// <summary>Those whose sealed headers contain a text.</summary>
    public static async Task<Guid[]> WithHeaderAsync(this World world, IEnumerable<Guid> notifications, string mark)
    {
        var (bodies, found) = (world.Services.GetRequiredService<NotificationBodies>(), new List<Guid>());

        foreach (var id in notifications)
        {
            if (await bodies.FindAsync("30201", id, default) is { } content
                && content.Headers.Contains(mark, StringComparison.Ordinal))
            {
                found.Add(id);
            }
        }

        return [.. found];
    }

    /// <summary>status, or status: reason.</summary>
    public static async Task<string> FateAsync(this World world, Guid notification) =>
        (await world.QueryAsync<string>(
            "select concat_ws(': ', status, reason) from notifications where id = $1", notification))!;

    /// <summary>How many events of this name the subscriber's story has.</summary>
    public static async Task<int> TimesAsync(this Subscriber subscriber, string @event) =>
        (await subscriber.Story()).Count(name => name == @event);
}
