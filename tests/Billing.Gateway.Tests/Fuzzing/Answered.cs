using System.Globalization;
using System.Text.Json;

namespace Billing.Gateway.Tests.Fuzzing;

/// <summary>One answer as a second, simpler reader sees it: every result must be stated in it literally.</summary>
public sealed record Answered(int Status, byte[] Body)
{
    private static readonly JsonDocumentOptions AsWeRead = new() { MaxDepth = 32 };

    public bool IsSuccess => Status is >= 200 and < 300;

    public bool MayRefuse => Status is >= 400 and < 500 and not (401 or 403 or 407 or 408 or 429);

    /// <summary>The object under a root key; null when there is none, or no JSON at all.</summary>
    public JsonElement? Under(string root) =>
        Root is { } whole && whole.TryGetProperty(root, out var part) && part.ValueKind == JsonValueKind.Object
            ? part
            : null;

    /// <summary>The objects of a list; null when there is no list, or another thing in it.</summary>
    public IReadOnlyList<JsonElement>? Rows(string root) =>
        Root is { } whole && whole.TryGetProperty(root, out var list) && list.ValueKind == JsonValueKind.Array
            && list.EnumerateArray().ToList() is var rows
        && rows.All(row => row.ValueKind == JsonValueKind.Object)
            ? rows
            : null;

    public long? Number(string name) => Root is { } whole ? NumberOf(whole, name) : null;

    public static string? TextOf(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) ? TextOf(value) : null;

    public static long? NumberOf(JsonElement of, string name) =>
        long.TryParse(TextOf(of, name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <summary>Codes of Status.Reasons, in order.</summary>
    public static IReadOnlyList<string?> CodesOf(JsonElement of) =>
        of.TryGetProperty(nameof(Status), out var status) && status.ValueKind == JsonValueKind.Object
            && status.TryGetProperty("Reasons", out var reasons) && reasons.ValueKind == JsonValueKind.Array
            ?
            [
                .. reasons.EnumerateArray().Where(reason => reason.ValueKind == JsonValueKind.Object)
                .Select(reason => TextOf(reason, "Code"))
            ]
            : [];

    public static long? StatusOf(JsonElement of) =>
        of.TryGetProperty(nameof(Status), out var status) && status.ValueKind == JsonValueKind.Object
            ? NumberOf(status, "ID")
            : null;

    /// <summary>Not stated, or stated as expected.</summary>
    public static bool IsUnsaidOr(JsonElement of, string name, string expected) =>
        TextOf(of, name) is null or "" or "0" or ['-', ..] || TextOf(of, name) == expected;

    private JsonElement? Root
    {
        get
        {
            try
            {
                var whole = JsonDocument.Parse(Body, AsWeRead).RootElement;
                return whole.ValueKind == JsonValueKind.Object ? whole : null;
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }

    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.Null => null,
        _ => $"<{value.ValueKind}>",
    };
}
