using System.Text.Json.Nodes;

namespace Billing.Api.Tests.Specs;

public static class JsonEdits
{
    /// <summary>Puts other JSON at a path like Preapproval.Customer.Email; null leaves the key out.</summary>
    public static JsonObject With(this JsonObject body, string path, string? json)
    {
        var keys = path.Split('.');
        var parent = keys[..^1].Aggregate((JsonNode)body, (node, key) => node[key]!).AsObject();
        parent.Remove(keys[^1]);

        if (json is not null)
        {
            parent[keys[^1]] = JsonNode.Parse(json);
        }

        return body;
    }
}
