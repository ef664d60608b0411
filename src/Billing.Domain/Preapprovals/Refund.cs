using System.Text.Json.Serialization;
using Billing.Domain.Gateway;

namespace Billing.Domain.Preapprovals;

/// <summary>One refund of a charge, folded from its events.</summary>
/// <param name="Key">The reference of one that we asked for; else # and the gateway's Refund.ID.</param>
/// <param name="Reference">The MerchantTransactionID; null where the gateway shows none.</param>
public sealed record Refund(string Key, string? Reference, Money Amount, RefundState State, DateTimeOffset RequestedAt)
{
    /// <summary>Asked for by us; else made at the gateway's dashboard or by another client.</summary>
    public bool IsOurs { get; init; }

    public string? Cause { get; init; }

    /// <summary>The storefront's free text; not in a snapshot.</summary>
    public Sealed<string>? Description { get; init; }

    /// <summary>Not in a snapshot.</summary>
    public Sealed<RefundPersonal>? Personal { get; init; }

    public IReadOnlyList<string>? PersonalParts { get; init; }

    public int? RefundId { get; init; }

    public GatewayRefund? Gateway { get; init; }

    public LearntFrom? LearntFrom { get; init; }

    /// <summary>Null once it is settled, by the gateway or by an operator.</summary>
    public OutboundCall? Call { get; init; }

    /// <summary>How often we sent it, or are about to; 0 when it is not ours.</summary>
    public int Sends { get; init; }

    /// <summary>Set by an operator.</summary>
    public bool Provisional { get; init; }

    public string? FailureCode { get; init; }

    /// <summary>The gateway's free text; not in a snapshot.</summary>
    public Sealed<string>? FailureText { get; init; }

    public DateTimeOffset? SettledAt { get; init; }

    [JsonIgnore]
    public string? Symptom => Call?.Symptom ?? (Provisional ? "set_by_operator" : null);

    [JsonIgnore]
    public int LookUps => Call?.LookUps ?? 0;

    /// <summary>Business time; null while nothing is to be asked.</summary>
    [JsonIgnore]
    public DateTimeOffset? NextLookUpAt => Call?.NextLookUpAt;

    [JsonIgnore]
    public string? Owner => Call?.Owner;

    [JsonIgnore]
    public bool IsUnsettled => State is RefundState.Requested or RefundState.Unknown;

    /// <summary>Certainly not sent, and still wanted.</summary>
    [JsonIgnore]
    public bool IsNotSent => Call?.State is OutboundState.NotSent;

    /// <summary>What it takes of the charge: all of it until it is known to have failed.</summary>
    [JsonIgnore]
    public long TakenMinor => State is RefundState.Failed ? 0 : Amount.Minor;

    internal static Refund Begun(RefundRequested e) => new(
        e.RefundReference, e.RefundReference, e.Amount, RefundState.Requested, e.HappenedAt)
    {
        IsOurs = true,
        Cause = e.Cause,
        Description = e.Description,
        Personal = e.Personal,
        PersonalParts = e.PersonalParts,
        Sends = 1,
        Call = OutboundCall.Begun(OutboundOperation.Refund, e.HappenedAt, e.WindowStart),
    };

    internal Refund Apply(RefundAccepted e)
    {
        var state = State < RefundState.Pending || Provisional ? RefundState.Pending : State;

        return this with
        {
            State = state,
            Provisional = false,
            RefundId = e.RefundId,
            Gateway = e.Gateway,
            LearntFrom = e.LearntFrom,
            Call = state is RefundState.Pending ? CallOrNew.Pending(e.LookUps, e.NextLookUpAt, e.Owner) : null,
            SettledAt = state is RefundState.Pending ? null : SettledAt,
        };
    }

    internal Refund Apply(RefundOutcomeUnknown e) => this with
    {
        State = State is RefundState.Requested ? RefundState.Unknown : State,
        LearntFrom = e.LearntFrom,
        Call = CallOrNew.Unclear(e.Symptom, e.LookUps, e.NextLookUpAt, e.Owner, e.HappenedAt),
    };

    internal Refund Apply(RefundNotSent e) => this with { Call = CallOrNew.NotSent(e.Symptom, e.SendAgainAt) };

    internal Refund Apply(RefundResent e)
    {
        var call = CallOrNew.Again(e.HappenedAt, e.WindowStart);

        return this with { State = RefundState.Requested, Call = call, Sends = call.Sends };
    }

    internal Refund Apply(RefundFailed e) => Settled(RefundState.Failed, e.HappenedAt) with
    {
        RefundId = e.RefundId ?? RefundId,
        Gateway = e.Gateway ?? Gateway,
        LearntFrom = e.LearntFrom,
        FailureCode = e.Code,
        FailureText = e.ReasonText,
    };

    internal Refund Apply(RefundSetByOperator e) => Settled(e.State, e.HappenedAt) with
    {
        Provisional = true,
        LearntFrom = Preapprovals.LearntFrom.Operator,
    };

    internal Refund Apply(PaymentRefunded e, int refundId) => Settled(RefundState.Refunded, e.HappenedAt) with
    {
        RefundId = refundId,
        Amount = e.Refunded,
        LearntFrom = e.LearntFrom,
    };

    private OutboundCall CallOrNew =>
        Call ?? OutboundCall.Begun(OutboundOperation.Refund, RequestedAt, RequestedAt) with { Sends = Sends };

    private Refund Settled(RefundState state, DateTimeOffset at) =>
        this with { State = state, SettledAt = at, Call = null, Provisional = false };
}

/// <summary>A claim on a charge.</summary>
/// <param name="Claimed">Null where the gateway did not say how much.</param>
public sealed record Dispute(
    int Id, Money? Claimed = null, bool WasOpened = false, bool IsWon = false, bool IsLost = false)
{
    [JsonIgnore]
    public bool IsOpen => !IsWon && !IsLost;
}
