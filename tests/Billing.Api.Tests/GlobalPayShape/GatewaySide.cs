using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.GlobalPayShape;

/// <summary>The gateway's own API, called as a merchant calls it.</summary>
internal static class GatewaySide
{
    /// <summary>Creates a preapproval past our service, as another program with the site's key does.</summary>
    /// <returns>The gateway's id.</returns>
    public static async Task<int> CreateAtGatewayAsync(this World world, JsonObject request)
    {
        using var gateway = new HttpClient { BaseAddress = world.Sandbox.Address };
        gateway.DefaultRequestHeaders.Authorization = world.Gateway.DefaultRequestHeaders.Authorization;
        var reply = await gateway.PostBodyAsync("v1/preapprovals", request);
        Assert.True(reply.Status == HttpStatusCode.Created, reply.Text);

        return (int)reply.Preapproval["ID"]!;
    }

    public static async Task<int> MadeAtGatewayAsync(this World world, string merchantPreapprovalId)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get, new Uri(world.Sandbox.Address, "v1/preapprovals?limit=1000"));
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String("30201:gateway-key-30201"u8));
        using var answer = await world.Sandbox.Http.SendAsync(request);

        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["Preapprovals"]!.AsArray()
            .Count(row => (string)row!["MerchantPreapprovalID"]! == merchantPreapprovalId);
    }
}
