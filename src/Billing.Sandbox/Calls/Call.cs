using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Billing.Sandbox.Settings;

namespace Billing.Sandbox.Calls;

/// <summary>One authenticated request of the GlobalPay surface.</summary>
/// <param name="Id">The {id} of the path; null when the path has none, or when it is no id.</param>
/// <param name="Path">What the path names besides, see <see cref="Segment"/>.</param>
/// <param name="Origin">Scheme and host that the caller used.</param>
/// <param name="Fingerprint">
/// Method, path, query and body: distinguishes a repeat from another request with its RequestId.
/// </param>
internal sealed record Call(
    Site Site, int? Id, RouteValueDictionary Path, Fields Body, IQueryCollection Query, string Origin,
    string? RequestId, string Fingerprint)
{
    private object? request;

    /// <summary>The body as its operation reads it. Read once per call, asked for by each of its steps.</summary>
    public T Once<T>(Func<Call, T> read)
        where T : class => (T)(request ??= read(this));

    /// <summary>Null when the body is not JSON.</summary>
    public static async Task<Call?> ReadAsync(HttpContext http, Site site)
    {
        var request = http.Request;
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, http.RequestAborted);
        var bytes = buffer.ToArray();
        var requestId = HttpMethods.IsGet(request.Method) ? null
            : request.Headers["RequestId"].ToString() is { Length: > 0 } id ? id
            : null;
        try
        {
            return new Call(
                site,
                Number(request.RouteValues["id"] as string),
                request.RouteValues,
                bytes.Length == 0 ? default : new Fields(JsonSerializer.Deserialize<JsonElement>(bytes)),
                request.Query,
                $"{request.Scheme}://{request.Host}",
                requestId,
                requestId is null
                    ? ""
                    : $"{request.Method} {request.Path.Value?.TrimEnd('/')}{request.QueryString} "
                        + $"{Convert.ToHexString(SHA256.HashData(bytes))}");
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A query parameter; names are case-insensitive, empty means not given.</summary>
    public string? Asked(string name) =>
        Query.TryGetValue(name, out var value) && value.ToString() is { Length: > 0 } text ? text : null;

    public int? AskedNumber(string name) => Number(Asked(name));

    /// <summary>Hundredths, which an Int32 may not hold.</summary>
    public long? AskedAmount(string name) =>
        long.TryParse(Asked(name), NumberStyles.None, CultureInfo.InvariantCulture, out var amount) ? amount : null;

    /// <summary>A named part of the path as it was written; null when this call's path has none of that name.</summary>
    public string? Segment(string name) => Path[name] as string;

    public int? SegmentNumber(string name) => Number(Segment(name));

    private static int? Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
