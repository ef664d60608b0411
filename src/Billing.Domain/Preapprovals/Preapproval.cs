using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Billing.Domain.Gateway;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

/// <summary>What a decision needs to know about one preapproval, folded from its stream.</summary>
/// <remarks>
/// The snapshot is also the read model of subscriptions. <see cref="Fold"/> keeps everything,
/// <see cref="FoldSnapshot"/> what is small and never personal.
/// </remarks>
public sealed partial record Preapproval(
    Guid Id, PreapprovalStatus Status, MandateTerms Terms, DateTimeOffset RequestedAt)
{
    /// <summary>The stream's version; kept by the event store, ignored by every rule.</summary>
    public int Version { get; set; }

    public GatewayMandate? Gateway { get; init; }

    /// <summary>Not in a snapshot; null once the person is forgotten.</summary>
    public MandatePersonal? Personal { get; init; }

    /// <summary>Asked for, and set as soon as the customer has approved.</summary>
    public ScheduleTerms? AskedSchedule { get; init; }

    public Schedule? Schedule { get; init; }

    /// <summary>Earlier revisions, oldest first; in a snapshot only those with an undecided due date.</summary>
    public ImmutableList<SupersededSchedule> Superseded { get; init => field = value ?? field; } = [];

    /// <summary>The change that takes effect on a day to come; null: none is planned.</summary>
    public PlannedChange? Planned { get; init; }

    /// <summary>The latest revision that was planned and cancelled: its number is not given again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int CancelledRevision { get; init; }

    /// <summary>How many periods of the plan were charged, have finally failed, or are being charged.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int PeriodsUsed { get; init; }

    /// <summary>
    /// When nothing was to be charged, oldest first; in a snapshot only what a date not decided yet can lie in.
    /// </summary>
    public ImmutableList<Pause> Pauses { get; init => field = value ?? field; } = [];

    /// <summary>Why charging was suspended; null when it is not.</summary>
    public Suspension? Suspension { get; init; }

    /// <summary>When a person ended the last suspension; late outcomes of earlier charges do not renew it.</summary>
    public DateTimeOffset? SuspensionEndedAt { get; init; }

    /// <summary>The latest local date that was decided, one way or the other, under any revision.</summary>
    public DateOnly? LastDecided { get; init; }

    /// <summary>
    /// By due date: retries that are due some day. A late failure of an old period may wait beside one of the newest.
    /// </summary>
    public ImmutableSortedDictionary<DateOnly, DueRetry> Retries { get; init => field = value ?? field; } =
        ImmutableSortedDictionary<DateOnly, DueRetry>.Empty;

    /// <summary>By due date: what waits for a charge in flight.</summary>
    public ImmutableSortedDictionary<DateOnly, Deferral> Deferred { get; init => field = value ?? field; } =
        ImmutableSortedDictionary<DateOnly, Deferral>.Empty;

    /// <summary>
    /// By due date: periods that were ended because of a close, with the last attempt made at each: should the close be
    /// refused, they go on.
    /// </summary>
    public ImmutableSortedDictionary<DateOnly, int> EndedByClose { get; init => field = value ?? field; } =
        ImmutableSortedDictionary<DateOnly, int>.Empty;

    /// <summary>Where it ran before; null: it began here, or was recovered.</summary>
    public ImportedFrom? Imported { get; init; }

    /// <summary>What was asked of the gateway about the mandate and is not settled yet.</summary>
    public Unsettled? Unsettled { get; init; }

    /// <summary>The last settled create, change or close that was refused, or null.</summary>
    public Refusal? LastRefusal { get; init; }

    public DateTimeOffset? OpenedAt { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    public ClosedBy? ClosedBy { get; init; }

    /// <summary>
    /// The gateway answered our create or a look-up of it; before that we may know the mandate from an early
    /// notification only.
    /// </summary>
    public bool CreateAnswered { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsForgotten { get; init; }

    /// <summary>Names of the fields in which the gateway shows other values than we hold.</summary>
    public ImmutableSortedSet<string> Drift
    {
        get; init => field = value?.WithComparer(StringComparer.Ordinal) ?? field;
    } =
        ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Business time at which the first of them was found; null while there is none.</summary>
    public DateTimeOffset? DriftSince { get; init; }

    /// <summary>By MerchantTransactionID; in a snapshot only those that are held.</summary>
    [JsonIgnore]
    public ImmutableSortedDictionary<string, Charge> Charges { get; init; } = NoCharges;

    /// <summary>
    /// References of the refunds that we asked for, with the MerchantTransactionID of their charge; in a snapshot only
    /// of held charges.
    /// </summary>
    [JsonIgnore]
    public ImmutableSortedDictionary<string, string> RefundReferences { get; init; } = NoReferences;

    /// <summary>The due dates that the merchant skipped beforehand.</summary>
    public ImmutableSortedSet<DateOnly> Skipped { get; init => field = value ?? field; } = [];

    /// <summary>The scheduled charge or retry whose outcome is not known yet; at most one.</summary>
    [JsonIgnore]
    public Charge? InFlight => Charges.Values.FirstOrDefault(charge => charge.IsInFlight);

    public IEnumerable<Charge> AttemptsAt(Period period) =>
        Charges.Values.Where(charge => charge.Id.Period == period).OrderBy(charge => charge.Id.Attempt);

    internal bool IsBlocked(Deferral deferral) => Charges.GetValueOrDefault(deferral.BlockedBy) is { IsInFlight: true };

    private static readonly ImmutableSortedDictionary<string, Charge> NoCharges =
        ImmutableSortedDictionary.Create<string, Charge>(StringComparer.Ordinal);

    private static readonly ImmutableSortedDictionary<string, string> NoReferences =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
}

/// <summary>
/// The past of a subscription that another system has charged, as the merchant stated it. The amount is counted in
/// <see cref="Preapproval.SettledTotals"/>.
/// </summary>
/// <param name="At">Business time of the import.</param>
public sealed record ImportedFrom(Guid ImportId, int Row, int PastCharges, Money PastAmount, DateTimeOffset At);

/// <summary>An earlier revision: due dates up to the instant at which it was replaced belong to it.</summary>
/// <param name="ReplacedAt">Business time.</param>
public sealed record SupersededSchedule(Schedule Schedule, DateTimeOffset ReplacedAt);

/// <summary>A schedule that takes effect on a day to come.</summary>
/// <param name="On">The first day that may be due by it, in the schedule's zone.</param>
/// <param name="At">The first instant of that day, business time.</param>
/// <param name="PriceChange">The change of many prices that it belongs to, or null.</param>
public sealed record PlannedChange(Schedule Schedule, DateOnly On, DateTimeOffset At, Guid? PriceChange);

/// <summary>
/// Due dates whose instant lies in it are skipped, whenever they are decided, or collected when it is over.
/// </summary>
/// <param name="From">Business time, inclusive.</param>
/// <param name="Until">When it was ended, business time, exclusive; null: by no event.</param>
public sealed record Pause(PauseKind Kind, DateTimeOffset From, DateTimeOffset? Until)
{
    /// <summary>When it ends by itself, business time, exclusive; null: it has to be ended.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>What falls due in it is charged when it ends, and not skipped.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsCollected { get; init; }

    /// <summary>Business time, exclusive; null while that is open.</summary>
    [JsonIgnore]
    public DateTimeOffset? End => Until ?? EndsAt;

    public bool IsInForceAt(DateTimeOffset now) => Until is null && (EndsAt is not { } end || now < end);

    public bool Covers(DateTimeOffset instant) => From <= instant && (End is not { } end || instant < end);

    /// <summary>The reason that a skipped date gets.</summary>
    [JsonIgnore]
    public string Reason => Kind is PauseKind.Paused ? PreapprovalDecider.Paused : PreapprovalDecider.Suspended;
}

public enum PauseKind
{
    /// <summary>By the merchant.</summary>
    Paused,

    /// <summary>By the service, because the mandate can no longer be charged.</summary>
    Suspended,
}

/// <summary>Charging was suspended until a person resumes the schedule or changes the preapproval.</summary>
/// <param name="Reason">snake_case.</param>
/// <param name="Since">Business time.</param>
public sealed record Suspension(string Reason, string Owner, DateTimeOffset Since);

/// <param name="DueAt">Business time.</param>
public sealed record DueRetry(Period Period, int Attempt, DateTimeOffset DueAt);

public sealed record Deferral(Period Period, int Attempt, string BlockedBy);

/// <summary>A create, change or close that was refused.</summary>
/// <param name="Text">The gateway's free text; not in a snapshot.</param>
public sealed record Refusal(MandateOperation Operation, string Code, Sealed<string>? Text);

/// <summary>A create, change or close that was asked of the gateway and whose outcome is not recorded yet.</summary>
/// <param name="Personal">Not in a snapshot.</param>
public sealed record Unsettled(
    MandateOperation Operation, MandateTerms? Terms, MandatePersonal? Personal, ScheduleTerms? Schedule,
    OutboundCall Call)
{
    /// <summary>Business time of the request; also where it was sent again later.</summary>
    public DateTimeOffset AskedAt { get; init; }

    internal static Unsettled Begun(
        MandateOperation operation, MandateTerms? terms, MandatePersonal? personal, ScheduleTerms? schedule,
        DateTimeOffset at,
        DateTimeOffset windowStart) =>
        new(operation, terms, personal, schedule, OutboundCall.Begun(OperationOf(operation), at, windowStart))
        {
            AskedAt = at,
        };

    internal static OutboundOperation OperationOf(MandateOperation operation) => operation switch
    {
        MandateOperation.Create => OutboundOperation.Create,
        MandateOperation.Change => OutboundOperation.Change,
        _ => OutboundOperation.Close,
    };
}
