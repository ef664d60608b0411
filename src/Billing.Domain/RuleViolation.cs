namespace Billing.Domain;

/// <summary>
/// A request that a rule refuses: final, with a code for machines and a sentence for people that says what to do.
/// </summary>
public sealed class RuleViolation(string code, string message) : Exception(message)
{
    /// <summary>A stable snake_case code, or a GlobalPay return code in digits for the gateway's own rules.</summary>
    public string Code { get; } = code;
}
