using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Billing.Demo;

/// <summary>Something that had to hold did not, and the story cannot go on.</summary>
internal sealed class BrokenPromiseException(string message) : Exception(message);

/// <summary>One answer over HTTP.</summary>
internal sealed record Reply(HttpStatusCode Status, string Body)
{
    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Body);

    /// <summary>The return codes of a refusal in GlobalPay's envelope.</summary>
    public IEnumerable<string> Codes(string envelope) =>
        Json.GetProperty(envelope).GetProperty(nameof(Status)).GetProperty("Reasons").EnumerateArray()
            .Select(reason => reason.GetProperty("Code").ToString());
}

/// <summary>HTTP as a storefront, a customer's browser and a tester would speak it.</summary>
internal static class Calls
{
    private const int ShownOfBody = 400;

    // What follows a redirect is the caller's business, and nothing here is far enough away for a proxy.
    public static HttpClient ClientOf(Uri address) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false })
        {
            BaseAddress = address,
            Timeout = TimeSpan.FromSeconds(30),
        };

    public static AuthenticationHeaderValue Basic(string site, string key) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{site}:{key}")));

    /// <summary>Sends and returns whatever is answered.</summary>
    /// <exception cref="BrokenPromiseException">Nothing is answered.</exception>
    public static async Task<Reply> SendAsync(
        this HttpClient http, HttpMethod method, string path, JsonNode? body = null,
        AuthenticationHeaderValue? credentials = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = credentials;

        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        try
        {
            using var response = await http.SendAsync(request);

            return new Reply(response.StatusCode, await response.Content.ReadAsStringAsync());
        }
        catch (HttpRequestException e)
        {
            throw new BrokenPromiseException($"{http.BaseAddress} does not answer {method} {path}: {e.Message}");
        }
        catch (TaskCanceledException)
        {
            throw new BrokenPromiseException(
                $"{http.BaseAddress} did not answer {method} {path} within {http.Timeout.TotalSeconds:0} seconds.");
        }
    }

    /// <summary>Insists on one status.</summary>
    /// <exception cref="BrokenPromiseException">It is another one; the sentence quotes the answer.</exception>
    public static async Task<Reply> Expect(this Task<Reply> call, HttpStatusCode expected, string what)
    {
        var reply = await call;

        return reply.Status == expected
            ? reply
            : throw new BrokenPromiseException($"{what} was answered {(int)reply.Status} instead of {(int)expected}: "
                + $"{(reply.Body.Length > ShownOfBody ? reply.Body[..ShownOfBody] : reply.Body)}");
    }
}
