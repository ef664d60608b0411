using Billing.Domain;

namespace Billing.Api.Hosting;

/// <summary>
/// Reads the parameters of a call that moves money or dates. A key that the call does not know was sent to limit it:
/// ignoring the key would do more than was asked for.
/// </summary>
internal static class CallParameters
{
    private const int MostBytes = 64 * 1024;
    private const string TakesNone = "this call takes no parameters.";

    /// <summary>The body of a call that takes its parameters there, and none in the query.</summary>
    /// <param name="example">Such a body, for the sentence.</param>
    /// <exception cref="RuleViolation">unknown_key: names the first key of the query.</exception>
    /// <exception cref="PayloadTooLargeException">The body is larger than 64 KB.</exception>
    public static Task<byte[]> BodyAsync(HttpRequest request, string example, CancellationToken ct) =>
        ReadAsync(request, $"send it in the body, as {example}.", ct);

    /// <summary>Checks a call that takes no parameters: the query is empty, and the body is empty or {}.</summary>
    /// <exception cref="RuleViolation">unknown_key: names the first key; body_invalid: no JSON object.</exception>
    /// <exception cref="PayloadTooLargeException">The body is larger than 64 KB.</exception>
    public static async Task NoneAsync(HttpRequest request, CancellationToken ct)
    {
        var body = await ReadAsync(request, TakesNone, ct);

        if (body.Length > 0)
        {
            var invalid = new RuleViolation("body_invalid", "The body must be empty or {}: " + TakesNone);
            KnownKeys.CheckNone(JsonBody.Keys(body, invalid), "the body", TakesNone);
        }
    }

    private static async Task<byte[]> ReadAsync(HttpRequest request, string instead, CancellationToken ct)
    {
        KnownKeys.CheckNone(request.Query.Keys, "the query", instead);

        return await RequestBody.ReadAsync(request, MostBytes, ct) ?? throw new PayloadTooLargeException();
    }
}
