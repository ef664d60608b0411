using System.Text;
using System.Text.Json;

namespace Billing.Sandbox.Calls;

/// <summary>What a call is answered with.</summary>
/// <param name="Says">The same in a few words, for the ledger: "201 Success", "400 20".</param>
internal sealed record Answer(int Status, byte[] Body, string Says)
{
    private const string Json = "application/json; charset=utf-8";

    public string ContentType { get; init; } = Json;

    /// <summary>Ends when the notification that has to arrive before this answer leaves is acknowledged.</summary>
    public Task? After { get; init; }

    public int? RetryAfterSeconds { get; init; }

    /// <summary>The generic error body of the gateway's platform (docs/globalpay.md section 1).</summary>
    public static Answer Message(int status, string message) =>
        new(status, JsonSerializer.SerializeToUtf8Bytes(new { Message = message }), $"{status} {message}");

    public static Answer Html() =>
        new(
            StatusCodes.Status200OK,
            Encoding.UTF8.GetBytes("<html><body><h1>Service is being maintained</h1></body></html>"),
            "200 text/html")
        {
            ContentType = "text/html; charset=utf-8",
        };

    /// <summary>The same answer, cut off in the middle.</summary>
    public Answer Garbled() => this with { Body = Body[..(Body.Length / 2)], Says = Says + ", garbled" };

    public async Task WriteAsync(HttpContext http)
    {
        http.Response.StatusCode = Status;
        http.Response.ContentType = ContentType;
        http.Response.ContentLength = Body.Length;
        if (RetryAfterSeconds is { } seconds)
        {
            http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        await http.Response.Body.WriteAsync(Body, http.RequestAborted);
    }
}
