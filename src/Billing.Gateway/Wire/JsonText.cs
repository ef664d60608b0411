using System.Text.Json;
using System.Text.Unicode;

namespace Billing.Gateway.Wire;

/// <summary>Finds JSON that cannot be stored: PostgreSQL's jsonb refuses U+0000 and lone surrogates.</summary>
public static class JsonText
{
    /// <summary>Objects and arrays within each other.</summary>
    public const int MostDepth = 32;

    /// <summary>Why the body is refused, as a sentence without any of its content; null when it is valid.</summary>
    public static string? Fault(ReadOnlySpan<byte> body)
    {
        if (!Utf8.IsValid(body))
        {
            return "The body is not valid UTF-8.";
        }

        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MostDepth });
        try
        {
            while (reader.Read())
            {
                if (IsUnstorable(ref reader))
                {
                    return "The body holds the character U+0000.";
                }
            }

            return null;
        }
        catch (JsonException)
        {
            return $"The body is not valid JSON of at most {MostDepth} levels.";
        }
        catch (InvalidOperationException)
        {
            // What GetString throws for a surrogate without its other half.
            return "The body holds half a surrogate pair.";
        }
    }

    // Only an escape can hold either: a bare control character is not JSON, a bare surrogate not UTF-8.
    private static bool IsUnstorable(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped
            && reader.GetString()!.Contains('\0', StringComparison.Ordinal);
}
