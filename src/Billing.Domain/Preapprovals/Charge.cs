using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Billing.Domain.Gateway;

namespace Billing.Domain.Preapprovals;

/// <summary>One attempt to collect, folded from its events.</summary>
public sealed partial record Charge(
    ChargeId Id, Money Amount, ChargeOrigin Origin, int ProfileVersion, MoneyState State, DateTimeOffset RequestedAt)
{
    public GatewayPayment? Gateway { get; init; }

    public Money? CapturedAmount { get; init; }

    /// <summary>Null once it is settled, by the gateway or by an operator.</summary>
    public OutboundCall? Call { get; init; }

    /// <summary>How often its id was sent, or is about to be: 1 or more.</summary>
    public int Sends { get; init; } = 1;

    /// <summary>Set by an operator: any definite answer of the gateway replaces it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Provisional { get; init; }

    /// <summary>
    /// The gateway had a payment under this id already (code 20), as it has after a backup was restored. What it has of
    /// the same preapproval is this charge, whatever the amount.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsDuplicate { get; init; }

    /// <summary>How its money state was learnt.</summary>
    public LearntFrom? LearntFrom { get; init; }

    /// <summary>The gateway's return code with which it became pending, failed or charged.</summary>
    public string? Code { get; init; }

    /// <summary>
    /// On demand, and refused in the answer to its first send: the storefront itself was answered with that error.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsRefusedAtOnce { get; init; }

    /// <summary>snake_case: closing, earlier_attempt_charged, paused; null where it was not stopped.</summary>
    public string? StoppedReason { get; init; }

    /// <summary>Business time; null while nothing is final.</summary>
    public DateTimeOffset? SettledAt { get; init; }

    /// <summary>The schedule that named its due date.</summary>
    public int? ScheduleRevision { get; init; }

    /// <summary>yyyyMMdd.</summary>
    public string? ExecutionDate { get; init; }

    /// <summary>The storefront's free text; not in a snapshot.</summary>
    public Sealed<string>? Description { get; init; }

    /// <summary>The gateway's free text; not in a snapshot.</summary>
    public Sealed<string>? FailureText { get; init; }

    /// <summary>
    /// What came after the success, each once; Refunded: the payment's status said that all of it went back.
    /// </summary>
    public ImmutableSortedSet<PostPaymentFact>? Facts { get; init; }

    /// <summary>In a snapshot: only the state and the calls of it are right; decisions need the whole stream.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsPartial { get; init; }

    /// <summary>
    /// Of a due date, requested or unknown: nothing else is sent meanwhile. Pending at the provider is known and does
    /// not block.
    /// </summary>
    [JsonIgnore]
    public bool IsInFlight => Origin is not ChargeOrigin.OnDemand && IsUnsettled;

    [JsonIgnore]
    public bool IsUnsettled => State is MoneyState.Requested or MoneyState.Unknown;

    /// <summary>Certainly not sent, and still wanted.</summary>
    [JsonIgnore]
    public bool IsNotSent => Call?.State is OutboundState.NotSent;

    /// <summary>Unknown, and no longer looked up: an owner has it.</summary>
    [JsonIgnore]
    public bool IsGivenUp => State is MoneyState.Unknown && NextLookUpAt is null;

    [JsonIgnore]
    public int LookUps => Call?.LookUps ?? 0;

    /// <summary>Business time; null while nothing is to be asked.</summary>
    [JsonIgnore]
    public DateTimeOffset? NextLookUpAt => Call?.NextLookUpAt;

    [JsonIgnore]
    public string? Owner => Call?.Owner;

    /// <summary>snake_case: why it is unknown, was not sent or was stopped; set_by_operator; else null.</summary>
    [JsonIgnore]
    public string? Symptom => Call?.Symptom ?? StoppedReason ?? (Provisional ? "set_by_operator" : null);

    [JsonIgnore]
    public string? FailureCode => State is MoneyState.Failed ? Code : null;

    /// <summary>For asking what became of it, with all that is known of it.</summary>
    public ChargeOrder LookUpOrder(string siteId, int gatewayPreapprovalId, int methodId) => new(
        siteId, Id.MerchantTransactionId, gatewayPreapprovalId, methodId, Amount, Description: null, Country: null,
        IsDuplicate: IsDuplicate);

    public bool Has(PostPaymentFact fact) => Facts?.Contains(fact) ?? false;
}
