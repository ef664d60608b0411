using System.Text;
using System.Text.Json.Nodes;

namespace Billing.Gateway.Tests.Requests;

/// <summary>A good body with some of its fields replaced.</summary>
public static class Change
{
    public static byte[] Of(string change, string original)
    {
        var body = JsonNode.Parse(original)!.AsObject();
        var inner = body.Single().Value!.AsObject();
        foreach (var (key, value) in JsonNode.Parse(change)!.AsObject())
        {
            inner[key] = value?.DeepClone();
        }

        return Encoding.UTF8.GetBytes(body.ToJsonString());
    }
}
