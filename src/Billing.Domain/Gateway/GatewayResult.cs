namespace Billing.Domain.Gateway;

/// <summary>The result of a call to the gateway.</summary>
/// <typeparam name="T">What the gateway shows when it has it: a mandate, a payment or a refund.</typeparam>
public abstract record GatewayResult<T>
{
    /// <summary>The gateway has it, and it is the one that was asked about.</summary>
    public sealed record Confirmed(T Value) : GatewayResult<T>;

    /// <summary>A positive refusal in the gateway's envelope: nothing was changed and no money can move.</summary>
    /// <param name="Code">Status.Reasons[0].Code in digits.</param>
    /// <param name="Text">The gateway's free text; it may name a person.</param>
    public sealed record Refused(string Code, Sealed<string>? Text) : GatewayResult<T>
    {
        public override string ToString() => $"Refused {Code}";
    }

    /// <summary>Codes 20 and 109: the gateway has this merchant id already. Look it up.</summary>
    public sealed record Duplicate : GatewayResult<T>;

    /// <summary>The gateway answered for certain that it does not have it.</summary>
    public sealed record NotFound : GatewayResult<T>;

    /// <summary>It is not known what happened at the gateway.</summary>
    /// <param name="Symptom">timeout, connection_lost, http_502, garbled, mismatch_currency, code_14 …</param>
    public sealed record Unknown(string Symptom) : GatewayResult<T>;

    /// <summary>
    /// The request was never sent: no connection, an open circuit breaker or no permit. Nothing has reached the
    /// gateway.
    /// </summary>
    /// <param name="Symptom">
    /// snake_case: breaker_open, not_connected, name_not_resolved, connect_timeout, tls_failed, no_permit.
    /// </param>
    /// <param name="Wait">How long to wait before it is tried again.</param>
    public sealed record NotSent(string Symptom, TimeSpan Wait) : GatewayResult<T>;
}
