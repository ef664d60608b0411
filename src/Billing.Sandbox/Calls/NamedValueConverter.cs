using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Billing.Sandbox.Calls;

/// <summary>Reads an enum by its snake_case name; a name that is not known is answered with those that are.</summary>
internal sealed class NamedValueConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    public static IReadOnlyDictionary<string, T> Known { get; } = Enum.GetValues<T>()
        .ToDictionary(NameOf, StringComparer.Ordinal);

    private static readonly Dictionary<T, string> Names = Known.ToDictionary(known => known.Value, known => known.Key);

    public static string Name(T value) => Names[value];

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var name = reader.TokenType == JsonTokenType.String
            ? reader.GetString()
            : JsonElement.ParseValue(ref reader).GetRawText();
        return name is not null && Known.TryGetValue(name, out var value)
            ? value
            : throw new JsonException($"{name} is not known here. Known are: {string.Join(", ", Known.Keys)}.");
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Names[value]);

    private static string NameOf(T value) =>
        typeof(T).GetField(value.ToString())!.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name
        ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
