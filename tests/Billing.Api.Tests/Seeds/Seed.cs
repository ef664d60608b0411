using System.Text.Json;
using System.Text.Json.Nodes;

namespace Billing.Api.Tests.Seeds;

/// <summary>The JSON examples of the two documents that the product was asked for from, and what it means to look like one.</summary>
public static class Seed
{
    // What the gateway makes up; everything else is told by the request or fixed.
    private static readonly string[] MadeUp = [".ID", ".Created", ".NotificationDateTime", ".RedirectURL", ".Customer.ID", ".BillingAddress.ID"];

    public static string Text(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Seeds", name + ".json"));

    /// <summary>The object inside the root key, changed as the test wants.</summary>
    public static JsonObject Changed(string name, Action<JsonNode> change)
    {
        var json = JsonNode.Parse(Text(name))!.AsObject();
        change(json.First().Value!);

        return json;
    }

    /// <summary>Same keys in the same order, same JSON types, same nulls, and the same values except for made-up ones.</summary>
    public static void AssertLike(string name, string actual) => AssertLikeText(Text(name), actual);

    /// <inheritdoc cref="AssertLike"/>
    public static void AssertLikeText(string expected, string actual) =>
        Assert.Equal(string.Join('\n', Lines(expected, MadeUp)), string.Join('\n', Lines(actual, MadeUp)));

    /// <summary>The same for a list, whose rows' paths are named one by one: ".Payments[0].ID".</summary>
    public static void AssertListed(string name, string actual, params string[] madeUp) =>
        Assert.Equal(string.Join('\n', Lines(Text(name), madeUp)), string.Join('\n', Lines(actual, madeUp)));

    private static IEnumerable<string> Lines(string json, string[] madeUp)
    {
        using var document = JsonDocument.Parse(json);
        return Walk(document.RootElement.Clone(), "", madeUp);
    }

    private static IEnumerable<string> Walk(JsonElement element, string path, string[] madeUp) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p => Walk(p.Value, $"{path}.{p.Name}", madeUp)).Prepend($"{path} object"),
        JsonValueKind.Array => element.EnumerateArray().SelectMany((item, i) => Walk(item, $"{path}[{i}]", madeUp)).Prepend($"{path} array"),
        JsonValueKind.Null => [$"{path} null"],
        JsonValueKind.String => [$"{path} String {(IsMadeUp(path, madeUp) ? "*" : element.GetString())}"],
        _ => [$"{path} {element.ValueKind} {(IsMadeUp(path, madeUp) ? "*" : element.GetRawText())}"],
    };

    // The path without its root key: .Preapproval.Customer.ID is .Customer.ID, while .Preapproval.Status.ID is said, not made up.
    private static bool IsMadeUp(string path, string[] madeUp) => madeUp.Contains(path) || (path.IndexOf('.', 1) is > 0 and var second && madeUp.Contains(path[second..]));
}
