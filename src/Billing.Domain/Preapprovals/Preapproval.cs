using System.Collections.Immutable;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

/// <summary>What a decision needs to know about one preapproval, folded from its stream.</summary>
/// <remarks>Not a view: views are tables of their own. <see cref="Personal"/> is null wherever the stream was read without unsealing.</remarks>
public sealed partial record Preapproval(Guid Id, PreapprovalStatus Status, MandateTerms Terms, DateTimeOffset RequestedAt)
{
    public GatewayMandate? Gateway { get; init; }

    public MandatePersonal? Personal { get; init; }

    /// <summary>Asked for, and set as soon as the customer has approved.</summary>
    public ScheduleTerms? AskedSchedule { get; init; }

    public Schedule? Schedule { get; init; }

    public bool IsPaused { get; init; }

    /// <summary>The latest local date that was decided, one way or the other, under any revision.</summary>
    public DateOnly? LastDecided { get; init; }

    /// <summary>Retries that are due some day: a late failure of an old period may wait beside one of the newest.</summary>
    public ImmutableDictionary<Period, DueRetry> Retries { get; init; } = ImmutableDictionary<Period, DueRetry>.Empty;

    /// <summary>What waits for a charge in flight: a retry of an old period may wait beside the newest period.</summary>
    public ImmutableDictionary<Period, Deferral> Deferred { get; init; } = ImmutableDictionary<Period, Deferral>.Empty;

    /// <summary>Periods that were ended because of a close, with the last attempt made at each: should the close be refused, they go on.</summary>
    public ImmutableDictionary<Period, int> EndedByClose { get; init; } = ImmutableDictionary<Period, int>.Empty;

    /// <summary>What was asked of the gateway about the mandate and is not settled yet.</summary>
    public Unsettled? Unsettled { get; init; }

    /// <summary>The last settled PATCH or DELETE that the gateway refused, or null.</summary>
    public Refusal? LastRefusal { get; init; }

    public DateTimeOffset? OpenedAt { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    public ClosedBy? ClosedBy { get; init; }

    /// <summary>The gateway answered our create or a look-up of it; before that we may know the mandate from an early notification only.</summary>
    public bool CreateAnswered { get; init; }

    public bool IsForgotten { get; init; }

    /// <summary>Names of the fields in which the gateway shows other values than we hold.</summary>
    public ImmutableSortedSet<string> Drift { get; init; } = [];

    /// <summary>By MerchantTransactionID.</summary>
    public ImmutableDictionary<string, Charge> Charges { get; init; } = ImmutableDictionary<string, Charge>.Empty;

    /// <summary>References of the refunds that we asked for, with the MerchantTransactionID of their charge.</summary>
    public ImmutableDictionary<string, string> RefundReferences { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>MerchantTransactionIDs of charges whose fate is not settled: small, however long the stream.</summary>
    public ImmutableHashSet<string> UnsettledCharges { get; init; } = [];

    /// <summary>The due dates that were let go by the merchant beforehand.</summary>
    public ImmutableHashSet<DateOnly> Skipped { get; init; } = [];

    /// <summary>The scheduled charge or retry whose fate is not known yet; at most one.</summary>
    public Charge? InFlight => UnsettledCharges.Select(id => Charges[id]).FirstOrDefault(charge => charge.IsInFlight);

    public IEnumerable<Charge> AttemptsAt(Period period) => Charges.Values.Where(charge => charge.Id.Period == period).OrderBy(charge => charge.Id.Attempt);
}

/// <param name="DueAt">Business time.</param>
public sealed record DueRetry(Period Period, int Attempt, DateTimeOffset DueAt);

public sealed record Deferral(Period Period, int Attempt, string BlockedBy);

/// <summary>A change or a close that the gateway refused.</summary>
public sealed record Refusal(MandateOperation Operation, string Code, string? Text);

/// <summary>A create, change or close that was asked of the gateway and whose outcome is not recorded yet.</summary>
/// <param name="LookUps">0 as long as nothing but the first call was tried.</param>
/// <param name="NextLookUpAt">Null while the first call is under way, or when an owner has it.</param>
public sealed record Unsettled(
    MandateOperation Operation, MandateTerms? Terms, MandatePersonal? Personal, ScheduleTerms? Schedule, DateTimeOffset Since,
    string? Symptom = null, int LookUps = 0, DateTimeOffset? NextLookUpAt = null, string? Owner = null);
