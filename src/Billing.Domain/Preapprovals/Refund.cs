namespace Billing.Domain.Preapprovals;

/// <summary>What a decision needs to know of one refund.</summary>
/// <param name="Key">The reference of one that we asked for; else # and the gateway's Refund.ID.</param>
/// <param name="Reference">The MerchantTransactionID; null where the gateway shows none.</param>
public sealed record Refund(string Key, string? Reference, Money Amount, RefundState State, DateTimeOffset RequestedAt)
{
    /// <summary>Asked for by us; else made at the gateway's dashboard or by another client.</summary>
    public bool IsOurs { get; init; }

    public string? Cause { get; init; }

    public string? Description { get; init; }

    /// <summary>Null wherever the stream was read without unsealing, and once the person is forgotten.</summary>
    public RefundPersonal? Personal { get; init; }

    public IReadOnlyList<string> PersonalParts { get; init; } = [];

    public int? RefundId { get; init; }

    public GatewayRefund? Gateway { get; init; }

    public LearntFrom? LearntFrom { get; init; }

    public string? Symptom { get; init; }

    public int LookUps { get; init; }

    /// <summary>Business time.</summary>
    public DateTimeOffset? UnknownSince { get; init; }

    /// <summary>Database clock.</summary>
    public DateTimeOffset? ClaimedAt { get; init; }

    public DateTimeOffset? NextLookUpAt { get; init; }

    public string? Owner { get; init; }

    public int Resent { get; init; }

    /// <summary>Set by an operator.</summary>
    public bool Provisional { get; init; }

    public string? FailureCode { get; init; }

    public string? FailureText { get; init; }

    public DateTimeOffset? SettledAt { get; init; }

    /// <summary>How often we sent it, or are about to; 0 when it is not ours.</summary>
    public int Sends => IsOurs ? Resent + 1 : 0;

    public bool IsUnsettled => State is RefundState.Requested or RefundState.Unknown;

    /// <summary>What it takes of the charge: all of it until it is known to have failed.</summary>
    public long TakenMinor => State is RefundState.Failed ? 0 : Amount.Minor;

    internal Refund Sent(DateTimeOffset at) => this with
    {
        State = RefundState.Requested, RequestedAt = at, Resent = Resent + 1, LookUps = 0, UnknownSince = null, ClaimedAt = null, NextLookUpAt = null, Symptom = null,
    };

    internal Refund Settled(RefundState state, DateTimeOffset at) =>
        this with { State = state, SettledAt = at, Symptom = null, NextLookUpAt = null, Owner = null, Provisional = false };
}

/// <summary>A claim on a charge.</summary>
/// <param name="Claimed">Null where the gateway did not say how much.</param>
public sealed record Dispute(int Id, Money? Claimed = null, bool WasOpened = false, bool IsWon = false, bool IsLost = false)
{
    public bool IsOpen => !IsWon && !IsLost;
}
