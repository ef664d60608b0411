using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Billing.Sandbox;

/// <summary>One authenticated request of the GlobalPay surface.</summary>
/// <param name="Id">The {id} of the path; null when the path has none, or when it is no id.</param>
/// <param name="Origin">Scheme and host that the caller used.</param>
/// <param name="Fingerprint">Method, path and body, to tell a repeat from another request under the same RequestId.</param>
internal sealed record Call(Site Site, int? Id, Fields Body, IQueryCollection Query, string Origin, string? RequestId, string Fingerprint)
{
    /// <summary>Null when the body is not JSON.</summary>
    public static async Task<Call?> ReadAsync(HttpContext http, Site site)
    {
        var request = http.Request;
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, http.RequestAborted);
        var bytes = buffer.ToArray();
        var requestId = HttpMethods.IsGet(request.Method) ? null : request.Headers["RequestId"].ToString() is { Length: > 0 } id ? id : null;
        try
        {
            return new Call(
                site,
                int.TryParse(request.RouteValues["id"] as string, NumberStyles.None, CultureInfo.InvariantCulture, out var path) ? path : null,
                bytes.Length == 0 ? default : new Fields(JsonSerializer.Deserialize<JsonElement>(bytes)),
                request.Query,
                $"{request.Scheme}://{request.Host}",
                requestId,
                requestId is null ? "" : $"{request.Method} {request.Path.Value?.TrimEnd('/')} {Convert.ToHexString(SHA256.HashData(bytes))}");
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A query parameter; names are case-insensitive, empty means not given.</summary>
    public string? Asked(string name) => Query.TryGetValue(name, out var value) && value.ToString() is { Length: > 0 } text ? text : null;

    public int? AskedNumber(string name) => int.TryParse(Asked(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
