using System.Text;
using System.Text.Json;

namespace Billing.Api.Notifying;

/// <summary>The headers of a notification as they are kept: by names in lower case, credentials cut out.</summary>
public static class NotificationHeaders
{
    public const string CutOut = "(cut out)";
    private const int MostHeaders = 50;
    private const int LongestValue = 500;

    // A name that says so much may carry what nobody must read in a table.
    private static readonly string[] Telling = ["auth", "cookie", "key", "token", "secret", "password", "credential", "signature"];

    /// <returns>A JSON object.</returns>
    /// <param name="request">The notification.</param>
    /// <param name="source">The address that it came from; null: not known.</param>
    public static string Of(HttpRequest request, System.Net.IPAddress? source)
    {
        using var stream = new MemoryStream(512);

        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("source", source?.ToString());

            foreach (var (name, values) in request.Headers.Where(header => !header.Key.StartsWith(':')).Take(MostHeaders))
            {
                json.WriteString(name.ToLowerInvariant(), IsTelling(name) ? CutOut : Short(values.ToString()));
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static bool IsTelling(string name) => Array.Exists(Telling, word => name.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static string Short(string value) => value.Length <= LongestValue ? value : value[..LongestValue];
}
