using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Billing.Gateway.Wire;

namespace Billing.Gateway.Calls;

/// <summary>The reply from the network, not yet interpreted.</summary>
/// <param name="StatusCode">0 without a reply.</param>
/// <param name="Symptom">Why there is no reply, in snake_case; null when there is one.</param>
internal sealed record Reply(int StatusCode, ReadOnlyMemory<byte> Body, string? Symptom)
{
    /// <summary>How long the gateway asked us to wait, however long that is.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>Not null: no byte of the request was sent; it may be sent after this time.</summary>
    public TimeSpan? NotSentWait { get; private init; }

    public static Reply Answered(int statusCode, byte[] body, TimeSpan? retryAfter) =>
        new(statusCode, body, null) { RetryAfter = retryAfter };

    public static Reply Lost(string symptom) => new(0, default, symptom);

    public static Reply NotSent(string symptom, TimeSpan wait) => new(0, default, symptom) { NotSentWait = wait };

    /// <summary>
    /// The gateway answered the call, also with a refusal. Everything else counts as a failure for the breaker.
    /// </summary>
    public bool IsServed => !IsTransient || Symptom == TooLarge;

    /// <summary>The symptom of a read for which no permit was free.</summary>
    public const string NoPermit = "no_permit";

    /// <summary>The symptom of an answer that was not read to its end.</summary>
    public const string TooLarge = "answer_too_large";

    public bool IsSuccess => StatusCode is >= 200 and < 300;

    /// <summary>
    /// A 4xx that may carry a decision about what was asked. Trouble with our key, our rate of calls or the path to the
    /// gateway decides nothing.
    /// </summary>
    public bool MayRefuse => StatusCode is >= 400 and < 500 and not (401 or 403 or 407 or 408 or 429);

    /// <summary>True when asking again may help.</summary>
    public bool IsTransient => Symptom is not null || StatusCode is 408 or 429 or >= 500;

    /// <summary>What to call it when it decides nothing.</summary>
    public string SymptomOr(string otherwise) =>
        Symptom ?? (IsSuccess ? otherwise : "http_" + StatusCode.ToString(CultureInfo.InvariantCulture));

    /// <summary>Null for what is not JSON of that shape, or holds text that could not be stored.</summary>
    public T? Read<T>(JsonTypeInfo<T> type)
        where T : class
    {
        if (Symptom is not null || JsonText.Fault(Body.Span) is not null)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(Body.Span, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
