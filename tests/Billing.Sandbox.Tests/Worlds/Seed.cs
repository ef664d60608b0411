using System.Text.Json;

namespace Billing.Sandbox.Tests.Worlds;

/// <summary>The JSON examples of the two seed documents, and what it means to look like one.</summary>
public static class Seed
{
    // What the gateway makes up; everything else is told by the request or fixed.
    private static readonly string[] MadeUp = [".ID", ".Created", ".NotificationDateTime", ".RedirectURL", ".MandateReference", ".Customer.ID", ".BillingAddress.ID"];

    public static string Text(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Seeds", name + ".json"));

    /// <summary>Same keys in the same order, same JSON types, same nulls, and the same values except for made-up ones.</summary>
    public static void AssertLike(string name, string actual) =>
        Assert.Equal(string.Join('\n', Lines(Text(name), MadeUp)), string.Join('\n', Lines(actual, MadeUp)));

    /// <summary>The same for a list of payments, whose rows' ids and times are made up.</summary>
    public static void AssertListed(string name, string actual)
    {
        string[] rows = [.. Enumerable.Range(0, 10).SelectMany(i => new[] { $".Payments[{i}].ID", $".Payments[{i}].Created", $".Payments[{i}].NotificationDateTime" })];
        Assert.Equal(string.Join('\n', Lines(Text(name), rows)), string.Join('\n', Lines(actual, rows)));
    }

    /// <summary>Equal in everything but white space.</summary>
    public static void AssertSame(string name, string actual) =>
        Assert.Equal(string.Join('\n', Lines(Text(name), [])), string.Join('\n', Lines(actual, [])));

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
        _ => [$"{path} {element.ValueKind} {(IsMadeUp(path, madeUp) ? "*" : element.GetRawText())}"],
    };

    // The path without its root key: .Preapproval.Customer.ID is .Customer.ID, while .Preapproval.Status.ID is said, not made up.
    private static bool IsMadeUp(string path, string[] madeUp) => madeUp.Contains(path) || (path.IndexOf('.', 1) is > 0 and var second && madeUp.Contains(path[second..]));
}
