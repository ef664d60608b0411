using System.Text;
using System.Text.Json;

namespace Billing.Api.Notifications;

/// <summary>The headers of a notification as they are stored: names in lower case, credentials removed.</summary>
public static class NotificationHeaders
{
    public const string CutOut = "(cut out)";
    private const int MostHeaders = 50;
    private const int LongestValue = 500;

    // Headers with such names may hold credentials.
    private static readonly string[] Sensitive =
        ["auth", "cookie", "key", "token", "secret", "password", "credential", "signature"];

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

            foreach (var (name, values) in request.Headers.Where(one => !one.Key.StartsWith(':')).Take(MostHeaders))
            {
                json.WriteString(name.ToLowerInvariant(), IsSensitive(name) ? CutOut : Short(values.ToString()));
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static bool IsSensitive(string name) =>
        Array.Exists(Sensitive, word => name.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static string Short(string value) => value.Length <= LongestValue ? value : value[..LongestValue];
}
