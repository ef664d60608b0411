using System.Text.Json.Serialization;

namespace Billing.Domain.Preapprovals;

/// <summary>What may be asked of the gateway.</summary>
public enum OutboundOperation
{
    Create,
    Change,
    Close,
    Charge,
    Refund,
}

/// <summary>What we know of a call that has no final outcome.</summary>
public enum OutboundState
{
    /// <summary>Committed; sent, or about to be sent, or the process died.</summary>
    Requested,

    /// <summary>It may have had its effect or not.</summary>
    Unknown,

    /// <summary>Certainly not sent; due for sending at NextLookUpAt.</summary>
    NotSent,

    /// <summary>The gateway has it and has not decided.</summary>
    Pending,
}

/// <summary>One call to the gateway without a final outcome, for create, change, close, charge and refund.</summary>
/// <param name="RequestedAt">Business time of the last send intent.</param>
/// <param name="WindowStart">
/// Real clock: before the last send intent was committed. Nothing was sent under it earlier.
/// </param>
/// <param name="Sends">How often it was sent, or is about to be: 1 or more; 0 for what we did not ask for.</param>
/// <param name="Symptom">snake_case: why it is unknown or was not sent.</param>
/// <param name="LookUps">
/// How often the gateway has been asked since it became unknown, or since the pending window ended.
/// </param>
/// <param name="UnknownSince">Business time.</param>
/// <param name="NextLookUpAt">
/// Business time of the next look-up, or of the next send of what was not sent; null while requested or owned.
/// </param>
/// <param name="Owner">Who has to decide; null while look-ups go on.</param>
public sealed record OutboundCall(
    OutboundOperation Operation,
    OutboundState State,
    DateTimeOffset RequestedAt,
    DateTimeOffset WindowStart,
    int Sends = 1,
    string? Symptom = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int LookUps = 0,
    DateTimeOffset? UnknownSince = null,
    DateTimeOffset? NextLookUpAt = null,
    string? Owner = null)
{
    internal static OutboundCall Begun(
        OutboundOperation operation, DateTimeOffset requestedAt, DateTimeOffset windowStart) =>
        new(operation, OutboundState.Requested, requestedAt, windowStart);

    /// <summary>A send that did not take place is not counted.</summary>
    internal OutboundCall Again(DateTimeOffset requestedAt, DateTimeOffset windowStart) =>
        Begun(Operation, requestedAt, windowStart) with { Sends = State is OutboundState.NotSent ? Sends : Sends + 1 };

    internal OutboundCall NotSent(string symptom, DateTimeOffset sendAgainAt) =>
        this with { State = OutboundState.NotSent, Symptom = symptom, NextLookUpAt = sendAgainAt };

    internal OutboundCall Unclear(
        string symptom, int lookUps, DateTimeOffset? nextLookUpAt, string? owner, DateTimeOffset at) => this with
        {
            State = State is OutboundState.Pending ? State : OutboundState.Unknown,
            Symptom = symptom,
            LookUps = lookUps,
            NextLookUpAt = nextLookUpAt,
            Owner = owner,
            UnknownSince = UnknownSince ?? at,
        };

    internal OutboundCall Pending(int lookUps, DateTimeOffset? nextLookUpAt, string? owner) => this with
    {
        State = OutboundState.Pending,
        Symptom = null,
        LookUps = lookUps,
        UnknownSince = null,
        NextLookUpAt = nextLookUpAt,
        Owner = owner,
    };
}
