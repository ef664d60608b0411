using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Billing.Domain;
using Billing.Gateway.Wire;

namespace Billing.Gateway.Requests;

/// <summary>Turns a storefront's bytes into a wire type, or into a refusal that names the field.</summary>
internal static class RequestBody
{
    public static T Read<T>(ReadOnlyMemory<byte> body, JsonTypeInfo<T> type)
        where T : class
    {
        if (JsonText.Fault(body.Span) is { } fault)
        {
            throw new RuleViolation(FieldRules.ValidationFailed, fault);
        }

        try
        {
            return JsonSerializer.Deserialize(body.Span, type)
                ?? throw new RuleViolation(FieldRules.ValidationFailed, "The body must be a JSON object.");
        }
        catch (JsonException wrong)
        {
            throw new RuleViolation(CodeOf(wrong.Path), $"{FieldOf(wrong.Path)} has the wrong type or is said twice.");
        }
    }

    /// <summary>Null for what <see cref="Read"/> refuses.</summary>
    public static T? TryRead<T>(ReadOnlyMemory<byte> body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return Read(body, type);
        }
        catch (RuleViolation)
        {
            return null;
        }
    }

    private static string CodeOf(string? path) => path switch
    {
        "$.Preapproval.MethodID" or "$.Payment.MethodID" => "5",
        "$.Preapproval.MethodOptionID" => "10",
        "$.Preapproval.PreapprovedMaximumAmount" or "$.Payment.Amount" or "$.Refund.Amount" => "118",
        "$.Payment.PreapprovalID" => "12",
        _ => FieldRules.ValidationFailed,
    };

    // The path may end in a key that the sender chose; only known keys are repeated.
    private static string FieldOf(string? path) =>
        path is { Length: > 2 and <= 80 }
            && path.All(c => char.IsAsciiLetterOrDigit(c) || c is '$' or '.' or '[' or ']')
            ? path[2..]
            : "The body";
}
