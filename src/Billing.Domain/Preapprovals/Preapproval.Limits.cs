using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

/// <remarks>What approaches a limit of the mandate; the properties are columns of the stored state.</remarks>
public sealed partial record Preapproval
{
    // A mandate that is charged every quarter or more often comes near no lapse, and needs no row of an index.
    private static readonly TimeSpan OrdinaryUse = TimeSpan.FromDays(100);

    /// <summary>
    /// Business time at which we learnt that a charge was presented for the first time, whatever became of it; null:
    /// none was.
    /// </summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>
    /// The last use of an open mandate, or its approval, where its next charge is far from that or none is planned.
    /// </summary>
    public DateTimeOffset? IdleSince =>
        Status is PreapprovalStatus.Open && MandateLimits.UsedAt(this) is { } used
        && (NextDue is not { DueAt: var dueAt } || dueAt - used > OrdinaryUse)
            ? used
            : null;

    /// <summary>Since when one period costs more than the maximum; business time. Only in a snapshot.</summary>
    public DateTimeOffset? OverMaximumSince { get; init; }

    /// <summary>
    /// Since when the next period costs more than all charges have left of the maximum; business time. Only in a
    /// snapshot.
    /// </summary>
    public DateTimeOffset? MaximumUsedSince { get; init; }

    /// <summary>
    /// Since when the schedule charges more often than was approved; business time. Only in a snapshot.
    /// </summary>
    public DateTimeOffset? TooOftenSince { get; init; }

    /// <summary>The same after a charge that succeeds; for what lies ahead.</summary>
    internal Preapproval AsIfCharged(Money amount, DateTimeOffset at) => WithTotal(amount, 1) with
    {
        LastUsedAt = LastUsedAt > at ? LastUsedAt : at,
        PeriodsUsed = PeriodsUsed + 1,
    };

    // Of several events about one charge the first counts: a bank that decides later has had it since then.
    private Preapproval WithUse(PreapprovalEvent @event, MoneyState? known) =>
        @event is PaymentEvent { Gateway.PaymentId: not null } and (PaymentPending or PaymentCharged or PaymentFailed)
            && known is null or MoneyState.Requested or MoneyState.Unknown or MoneyState.Stopped
            && !(LastUsedAt > @event.HappenedAt)
            ? this with { LastUsedAt = @event.HappenedAt }
            : this;

    private Preapproval WithLimits(DateTimeOffset now)
    {
        if (Terms.MaximumAmountHundredths is null or 0 && Gateway?.Frequency is null)
        {
            return (OverMaximumSince ?? MaximumUsedSince ?? TooOftenSince) is null
                ? this
                : this with { OverMaximumSince = null, MaximumUsedSince = null, TooOftenSince = null };
        }

        var next = Status is PreapprovalStatus.Open ? NextPeriod?.Schedule : null;
        var isAbove = next is not null && Cap.IsAbove(next.Amount, Terms);
        var isUsed = next is not null && Cap.IsAboveWhatIsLeft(next.Amount, this);
        var isTooOften = next is not null && MandateLimits.IsTooOften(this, next);

        return this with
        {
            OverMaximumSince = isAbove ? OverMaximumSince ?? now : null,
            MaximumUsedSince = isUsed ? MaximumUsedSince ?? now : null,
            TooOftenSince = isTooOften ? TooOftenSince ?? now : null,
        };
    }
}
