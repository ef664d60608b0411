using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.GlobalPayShape;

/// <summary>What the gateway has of us, asked as a merchant asks it.</summary>
internal static class GatewaySide
{
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
