using System.Collections.Immutable;
using Billing.Domain;
using Billing.Domain.Reports;
using Billing.Domain.Scheduling;

namespace Billing.Api.PriceChanges;

/// <summary>A new price for many subscriptions of a site, and how far it is.</summary>
/// <remarks>
/// It goes through the subscriptions in the order of their ids. What a page of them has become and where it ended are
/// one commit, so that each is changed once, also where a node dies.
/// </remarks>
public sealed record PriceChange
{
    public Guid Id { get; init; }

    public PriceTerms Terms { get; init; } = new("", null, null, null, null, null, default);

    /// <summary>Only subscriptions of this payment method; null: of any.</summary>
    public int? MethodId { get; init; }

    /// <summary>Only subscriptions that were requested before, business time.</summary>
    public DateTimeOffset RequestedBefore { get; init; }

    public PriceChangeState State { get; init; }

    /// <summary>Business time.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who asked for it; the user of its events.</summary>
    public string By { get; init; } = "";

    /// <summary>The last subscription that the present state has looked at.</summary>
    public Guid After { get; init; }

    /// <summary>What a run would do, as of <see cref="CreatedAt"/>.</summary>
    public PriceChangeCounts DryRun { get; init; } = new();

    /// <summary>Null before it was run.</summary>
    public PriceChangeCounts? Run { get; init; }

    /// <summary>Null before it was cancelled.</summary>
    public PriceChangeCounts? Cancelling { get; init; }

    /// <summary>The counts of what it is doing, or has done last.</summary>
    public PriceChangeCounts Counts => Cancelling ?? Run ?? DryRun;

    /// <summary>True while there is something to do.</summary>
    public bool IsUnderWay =>
        State is PriceChangeState.Checking or PriceChangeState.Running or PriceChangeState.Cancelling;

    /// <summary>The cause of its events, as it is stored with each of them.</summary>
    public string Cause => $"price-change-{Id}";

    /// <exception cref="RuleViolation">price_change_not_checked or price_change_cancelled.</exception>
    public PriceChange ToRun() => State switch
    {
        PriceChangeState.Checked =>
            this with { State = PriceChangeState.Running, After = Guid.Empty, Run = new() },
        PriceChangeState.Running or PriceChangeState.Done => this,
        PriceChangeState.Checking => throw new RuleViolation(
            "price_change_not_checked", "The dry run is under way. Read its result first, then run it."),
        _ => throw new RuleViolation(
            "price_change_cancelled", "This change was cancelled. Create a new one to change the prices after all."),
    };

    public PriceChange ToCancel() => State switch
    {
        PriceChangeState.Checking or PriceChangeState.Checked => this with { State = PriceChangeState.Cancelled },
        PriceChangeState.Running or PriceChangeState.Done =>
            this with { State = PriceChangeState.Cancelling, After = Guid.Empty, Cancelling = new() },
        _ => this,
    };

    /// <param name="after">The last subscription that was looked at; null: there are no more.</param>
    public PriceChange Advanced(PriceChangeCounts counts, Guid? after) => State switch
    {
        PriceChangeState.Checking => this with
        {
            DryRun = counts,
            After = after ?? After,
            State = after is null ? PriceChangeState.Checked : State,
        },
        PriceChangeState.Running => this with
        {
            Run = counts,
            After = after ?? After,
            State = after is null ? PriceChangeState.Done : State,
        },
        _ => this with
        {
            Cancelling = counts,
            After = after ?? After,
            State = after is null ? PriceChangeState.Cancelled : State,
        },
    };
}

public enum PriceChangeState
{
    /// <summary>The dry run is under way.</summary>
    Checking,

    /// <summary>The dry run is done: it can be run.</summary>
    Checked,
    Running,
    Done,

    /// <summary>What was planned is being taken back.</summary>
    Cancelling,
    Cancelled,
}

/// <summary>What became of the subscriptions, or would become of them.</summary>
/// <param name="Total">How many there were to look at when it began.</param>
/// <param name="Looked">How many were looked at so far.</param>
/// <param name="Changed">Of these: their price changes, or the change was taken back.</param>
/// <param name="Unchanged">Of these: nothing was to be done.</param>
/// <param name="BeforeMinor">The sum of the present prices of those that change, each of a period.</param>
/// <param name="AfterMinor">The sum of their new prices.</param>
/// <param name="MonthlyBeforeMinor">The same for one month.</param>
/// <param name="MonthlyAfterMinor">The same for one month.</param>
public sealed record PriceChangeCounts(
    long Total = 0, long Looked = 0, long Changed = 0, long Unchanged = 0, long BeforeMinor = 0, long AfterMinor = 0,
    long MonthlyBeforeMinor = 0, long MonthlyAfterMinor = 0)
{
    /// <summary>How many were refused, by the code of the refusal.</summary>
    public ImmutableSortedDictionary<string, long> Refused { get; init => field = value ?? field; } =
        ImmutableSortedDictionary<string, long>.Empty;

    public PriceChangeCounts WithUnchanged() => this with { Looked = Looked + 1, Unchanged = Unchanged + 1 };

    public PriceChangeCounts WithTakenBack() => this with { Looked = Looked + 1, Changed = Changed + 1 };

    public PriceChangeCounts WithRefused(string code) => this with
    {
        Looked = Looked + 1,
        Refused = Refused.SetItem(code, Refused.GetValueOrDefault(code) + 1),
    };

    public PriceChangeCounts WithChanged(Schedule schedule, long priceMinor) => this with
    {
        Looked = Looked + 1,
        Changed = Changed + 1,
        BeforeMinor = BeforeMinor + schedule.Amount.Minor,
        AfterMinor = AfterMinor + priceMinor,
        MonthlyBeforeMinor = MonthlyBeforeMinor + MonthlyPrice.Of(schedule),
        MonthlyAfterMinor = MonthlyAfterMinor + MonthlyPrice.Of(priceMinor, schedule.Every, schedule.Unit),
    };
}

/// <summary>A subscription whose price a change of many did not, or would not, change.</summary>
public sealed record PriceChangeRefusal
{
    public Guid Id { get; init; }

    public Guid PriceChangeId { get; init; }

    public Guid SubscriptionId { get; init; }

    /// <summary>snake_case.</summary>
    public string Code { get; init; } = "";

    /// <summary>A sentence for people.</summary>
    public string Reason { get; init; } = "";
}
