using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

/// <remarks>
/// Periods at which an attempt has failed and none was charged, until the merchant gives them up or the preapproval is
/// closed.
/// </remarks>
public sealed partial record Preapproval
{
    /// <summary>Older unpaid periods are no longer counted, so that a snapshot stays small.</summary>
    public const int MostUnpaid = 40;

    /// <summary>By due date; the newest <see cref="MostUnpaid"/>.</summary>
    [JsonIgnore]
    public ImmutableSortedDictionary<DateOnly, UnpaidPeriod> Unpaid { get; init; } = NothingUnpaid;

    /// <summary>snake_case: why the service itself asked for the close that is under way or done; else null.</summary>
    public string? CloseReason { get; init; }

    /// <summary>Unpaid periods as they are stored: short lines.</summary>
    [JsonInclude, JsonPropertyName("Unpaid")]
    internal IReadOnlyList<string>? StoredUnpaid
    {
        get => Unpaid.IsEmpty ? null : [.. Unpaid.Select(one => one.Value.ToLine(one.Key))];
        init => Unpaid = NothingUnpaid.AddRange((value ?? []).Select(UnpaidPeriod.Read));
    }

    private static readonly ImmutableSortedDictionary<DateOnly, UnpaidPeriod> NothingUnpaid =
        ImmutableSortedDictionary<DateOnly, UnpaidPeriod>.Empty;

    /// <param name="hadFailed">The charge that it is about counted as failed already: what it owes is decided.</param>
    private Preapproval WithArrears(PreapprovalEvent @event, bool hadFailed) => @event switch
    {
        PaymentFailed when hadFailed => this,
        PaymentFailed { Charge.Period: { } period, Origin: not ChargeOrigin.FoundAtGateway } e =>
            Owing(period, e.Charge.Attempt, e.Amount),
        OutcomeSetByOperator { Charge.Period: { } period, State: MoneyState.Failed } e
            when e.Origin is not ChargeOrigin.FoundAtGateway =>
            Owing(period, e.Charge.Attempt, e.Amount),
        // Money of any period shows that the mandate pays: an earlier period closes nothing any more.
        PaymentCharged { Charge.Period: { } period } => Settled(period).WithoutCloseMarks(),
        OutcomeSetByOperator { Charge.Period: { } period, State: MoneyState.Charged } =>
            Settled(period).WithoutCloseMarks(),
        ScheduleSet { Schedule.AfterRetries: not AfterRetries.Close } => WithoutCloseMarks(),
        RetriesExhausted { Reason: PreapprovalDecider.GivenUpReason } e => Settled(e.Period),
        ChargeRequested { Charge: { Period: { } period, Attempt: var attempt } } =>
            WithUnpaid(period, one => one with { Attempts = attempt }),
        RetryScheduled e => WithUnpaid(e.Period, one => one with { IsToClose = false }),
        DunningEnded { Action: AfterRetries.Close } e => WithUnpaid(e.Period, one => one with { IsToClose = true }),
        CloseRequested e => WithoutCloseMarks() with { CloseReason = e.Reason },
        CloseFailed => this with { CloseReason = null },
        PreapprovalClosed => this with { Unpaid = NothingUnpaid },
        _ => this,
    };

    // A late failure of one attempt is no debt where another attempt was charged.
    private Preapproval Owing(Period period, int attempt, Money amount)
    {
        if (Status is PreapprovalStatus.Closed || IsPaid(period))
        {
            return this;
        }

        var known = Unpaid.GetValueOrDefault(period.DueOn);
        var unpaid = Unpaid.SetItem(
            period.DueOn,
            new UnpaidPeriod(amount, Math.Max(attempt, known?.Attempts ?? 0))
            {
                IsToClose = known?.IsToClose ?? false,
            });

        return this with { Unpaid = unpaid.Count > MostUnpaid ? unpaid.Remove(unpaid.Keys.First()) : unpaid };
    }

    private Preapproval WithoutCloseMarks() => this with
    {
        Unpaid = Unpaid.SetItems(
            Unpaid.Where(one => one.Value.IsToClose)
                .Select(one => KeyValuePair.Create(one.Key, one.Value with { IsToClose = false }))),
    };

    private Preapproval Settled(Period period) => this with { Unpaid = Unpaid.Remove(period.DueOn) };

    private Preapproval WithUnpaid(Period period, Func<UnpaidPeriod, UnpaidPeriod> change) =>
        Unpaid.TryGetValue(period.DueOn, out var unpaid)
            ? this with { Unpaid = Unpaid.SetItem(period.DueOn, change(unpaid)) }
            : this;

    private bool IsPaid(Period period) =>
        AttemptsAt(period).Any(attempt => attempt.State is MoneyState.Charged) || HasChargedLineOf(period);
}
