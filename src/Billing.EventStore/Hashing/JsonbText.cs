using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Billing.EventStore;

/// <summary>Writes JSON exactly as PostgreSQL prints the jsonb it makes of it, so that a hash over <c>data::text</c> is known before the insert.</summary>
internal static class JsonbText
{
    /// <param name="json">One JSON value, UTF-8.</param>
    /// <exception cref="ArgumentException">The text holds what jsonb refuses; names the top-level property.</exception>
    internal static byte[] Of(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            throw StorableText.Refused(property: null);
        }

        var writer = JsonbWriter.Rent();
        var reader = new Utf8JsonReader(json);
        reader.Read();
        try
        {
            writer.Write(ref reader);
            return writer.Written.ToArray();
        }
        catch (ArgumentException error) when (error.ParamName is null && writer.TopLevelProperty is { Length: > 0 } property)
        {
            throw new ArgumentException($"{property}{error.Message["The value".Length..]}", property, error.InnerException);
        }
    }
}
