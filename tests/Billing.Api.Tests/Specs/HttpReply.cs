using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Billing.Api.Tests.Specs;

/// <summary>An HTTP reply; its text is kept for comparison byte by byte.</summary>
public sealed record HttpReply(
    HttpStatusCode Status, string Text, string? ContentType, bool Challenges, string? ETag = null)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    public JsonNode Preapproval => Json[nameof(Preapproval)]!;

    public JsonNode Payment => Json[nameof(Payment)]!;

    /// <summary>The only reason of a refusal in the gateway's envelope.</summary>
    public string? Code =>
        (string?)Assert.Single(Json.AsObject().First().Value![nameof(Status)]!["Reasons"]!.AsArray())![nameof(Code)];

    public void AssertRefused(HttpStatusCode status, string envelope, string code)
    {
        Assert.True(Status == status, $"{(int)Status} {Text}");
        Assert.Equal("application/json; charset=utf-8", ContentType);
        Assert.Equal(envelope, Assert.Single(Json.AsObject()).Key);
        Assert.Equal(code, Code);
        Assert.NotEmpty((string)Json[envelope]![nameof(Status)]!["Reasons"]![0]!["Info"]!);
    }
}

public static class Asking
{
    /// <param name="body">JsonNode, text, bytes or HttpContent; null for none.</param>
    public static async Task<HttpReply> AskAsync(
        this HttpClient client, HttpMethod method, string path, object? body = null, string? requestId = null,
        string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = ContentOf(body) };

        if (requestId is not null)
        {
            request.Headers.Add("RequestId", requestId);
        }

        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        using var answer = await client.SendAsync(request);

        return new HttpReply(
            answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Content.Headers.ContentType?.ToString(),
            answer.Headers.WwwAuthenticate.Count > 0, answer.Headers.ETag?.ToString());
    }

    public static Task<HttpReply> PostBodyAsync(
        this HttpClient client, string path, object? body, string? requestId = null) =>
        client.AskAsync(HttpMethod.Post, path, body, requestId);

    public static Task<HttpReply> ReadAsync(this HttpClient client, string path) =>
        client.AskAsync(HttpMethod.Get, path);

    private static HttpContent? ContentOf(object? body) => body switch
    {
        null => null,
        HttpContent content => content,
        byte[] bytes => new ByteArrayContent(bytes) { Headers = { ContentType = new("application/json", "utf-8") } },
        JsonNode json => new StringContent(json.ToJsonString(), Encoding.UTF8, "application/json"),
        var text => new StringContent((string)text, Encoding.UTF8, "application/json"),
    };
}
