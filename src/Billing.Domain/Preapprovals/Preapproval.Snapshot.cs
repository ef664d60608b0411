using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

/// <remarks>
/// The snapshot stays small however long the stream: it holds in full only charges that something can still happen to
/// by itself, and of every other one a line. Decisions on it are those on the whole stream, or
/// <see cref="NeedsFullHistoryException"/>.
/// </remarks>
public sealed partial record Preapproval
{
    private const int NewestHeld = 2;
    private const int MostLines = 64;

    /// <summary>True for what <see cref="FoldSnapshot"/> made.</summary>
    public bool IsSnapshot { get; init; }

    /// <summary>How many charges the stream has.</summary>
    public int ChargeCount { get; init; }

    /// <summary>Of charges that are not held, the newest: short id, state letter, gateway payment id.</summary>
    public ImmutableList<string> SettledCharges { get; init => field = value ?? field; } = [];

    /// <summary>By currency, minor units of charges not held in full that count towards an aggregate cap.</summary>
    public ImmutableSortedDictionary<string, long> SettledTotals { get; init => field = value ?? field; } =
        ImmutableSortedDictionary<string, long>.Empty;

    /// <summary>Charges as they are stored.</summary>
    [JsonInclude, JsonPropertyName("Charges")]
    internal IReadOnlyList<Charge>? StoredCharges
    {
        get => Charges.IsEmpty ? null : [.. Charges.Values];
        init
        {
            Charges = NoCharges.AddRange(
                (value ?? []).Select(charge => KeyValuePair.Create(charge.Id.MerchantTransactionId, charge)));
            RefundReferences = ReferencesOf(Charges.Values);
        }
    }

    /// <summary><see cref="Fold"/>, and then everything is dropped that no ordinary decision needs.</summary>
    /// <remarks>Takes every event of the stream, also about charges that are not held.</remarks>
    public static Preapproval FoldSnapshot(Preapproval? snapshot, PreapprovalEvent @event)
    {
        var before = @event is IChargeEvent known ? snapshot?.WithStub(known) : snapshot;
        var (after, at) = (Fold(before, @event), @event.HappenedAt);

        return (@event is IChargeEvent about ? after.Counted(before!, about) : after).Compacted(at).WithLimits(at);
    }

    /// <summary>Whether decisions about this charge can be made on this state.</summary>
    public bool Holds(string merchantTransactionId) =>
        Charges.GetValueOrDefault(merchantTransactionId) is { IsPartial: false };

    /// <summary>Whether decisions about any charge can be made on this state.</summary>
    internal bool HoldsAll => !IsSnapshot || Charges.Values.Count(charge => !charge.IsPartial) == ChargeCount;

    /// <returns>The state of a charge that is not held but for its line; null where there is no line.</returns>
    internal MoneyState? StateOnLine(string merchantTransactionId) =>
        LineOf(merchantTransactionId) is { } line ? line.State : null;

    /// <summary>True where some charges left no trace in the snapshot.</summary>
    internal bool HasForgottenCharges =>
        IsSnapshot && Charges.Keys.Count(id => LineOf(id) is null) + SettledCharges.Count < ChargeCount;

    // An event about a charge that is only a line here: enough of it to fold the event and to see its open calls.
    private Preapproval WithStub(IChargeEvent e)
    {
        var id = e.Charge.MerchantTransactionId;

        if (e is IFirstChargeEvent || Charges.ContainsKey(id))
        {
            return this;
        }

        // Without a line, the event says what was known: these three never follow a success.
        var state = LineOf(id)?.State
            ?? (e is PaymentPending or PaymentCharged or PaymentFailed ? MoneyState.Stopped : MoneyState.Charged);
        var at = ((PreapprovalEvent)e).HappenedAt;
        var stub = e is PaymentEvent payment
            ? new Charge(e.Charge, payment.Amount, payment.Origin, payment.ProfileVersion, state, at)
            : new Charge(
                e.Charge, default, e.Charge.Period is null ? ChargeOrigin.OnDemand : ChargeOrigin.Scheduled, 0, state,
                at);

        return this with { Charges = Charges.Add(id, stub with { IsPartial = true, SettledAt = at }) };
    }

    // What is not held in full is counted in the totals, so that the cap is right without it.
    private Preapproval Counted(Preapproval before, IChargeEvent e)
    {
        var id = e.Charge.MerchantTransactionId;
        var charge = Charges[id];

        // Beside an attempt that was found at the gateway there may be others of its period that are not held.
        if (e is ChargeFoundAtGateway { UsesPeriod: false }
            || (e is IFirstChargeEvent && !HoldsEarlierAttempts(charge)))
        {
            charge = charge with { IsPartial = true };
        }

        if (!charge.IsPartial)
        {
            return this;
        }

        var next = this with { Charges = Charges.SetItem(id, charge) };
        var wasCounted = before.Charges.GetValueOrDefault(id) is { } earlier && CountsTowardsCap(earlier);
        var sign = (CountsTowardsCap(charge) ? 1 : 0) - (wasCounted ? 1 : 0);

        return (sign == 0 ? next : next.WithTotal(AmountOf(charge, e), sign)).WithLine(charge, onlyIfThere: true);
    }

    // A stub may have been made of an event without the amount; then it was settled, and only these change its money
    // state.
    private static Money AmountOf(Charge charge, IChargeEvent e) => e switch
    {
        PaymentEvent payment => payment.Amount,
        OutcomeSetByOperator set => set.Amount,
        _ => charge.Amount,
    };

    private bool HoldsEarlierAttempts(Charge charge) =>
        charge.Id.Period is not { } period
            || AttemptsAt(period)
                .Count(other => !other.IsPartial && other.Id.Attempt < charge.Id.Attempt) == charge.Id.Attempt - 1;

    internal static bool CountsTowardsCap(Charge charge) =>
        charge.State is not (MoneyState.Failed or MoneyState.Stopped);

    private Preapproval Compacted(DateTimeOffset now)
    {
        var next = this with
        {
            IsSnapshot = true,
            Personal = null,
            AskedSchedule = Schedule is null ? AskedSchedule : null,
            Superseded = Superseded.IsEmpty ? Superseded : Superseded.RemoveAll(IsDecided),
            Pauses = Pauses.IsEmpty ? Pauses : Pauses.RemoveAll(pause => IsOver(pause, now)),
            Unsettled = Unsettled is { Personal: not null } unsettled ? unsettled with { Personal = null } : Unsettled,
            LastRefusal = LastRefusal is { Text: not null } refusal ? refusal with { Text = null } : LastRefusal,
            Skipped = LastDecided is { } last && !Skipped.IsEmpty
                ? Skipped.Except(Skipped.TakeWhile(date => date <= last))
                : Skipped,
            Charges = Charges.Values.Any(IsPersonal)
                ? Charges.SetItems(
                    Charges.Where(one => IsPersonal(one.Value))
                        .Select(one => KeyValuePair.Create(one.Key, Impersonal(one.Value))))
                : Charges,
        };

        if (next.HasToDrop)
        {
            next = next.ToDrop().Aggregate(next, (state, charge) => state.WithoutCharge(charge));
        }

        return next.RefundReferences.IsEmpty && next.Charges.Values.All(charge => charge.Refunds.IsEmpty)
            ? next
            : next with { RefundReferences = ReferencesOf(next.Charges.Values) };
    }

    // No date of it that was due before it was replaced lies after the last decided one.
    private bool IsDecided(SupersededSchedule old) =>
        !DatesOf(old.Schedule, LastDecided).TakeWhile(due => due.At <= old.ReplacedAt).Any();

    // No date that is still to be decided, no retry, and none of a later schedule, falls due in it. The first date of
    // each schedule is enough: those after it are due later.
    private bool IsOver(Pause pause, DateTimeOffset now) => pause.End is { } until && !pause.IsInForceAt(now)
        && (pause.Until is not null || !Retries.Values.Any(retry => pause.Covers(retry.DueAt)))
        && Superseded.Select(old => old.Schedule).Append(Schedule).Append(Planned?.Schedule).OfType<Schedule>()
            .Select(schedule => DatesOf(schedule, LastDecided).FirstOrDefault())
            .All(next => next is null || until <= next.At);

    // Most events leave nothing to drop: then there is nothing to group and to sort.
    private bool HasToDrop
    {
        get
        {
            var settled = 0;

            foreach (var charge in Charges.Values)
            {
                if (charge.IsPartial || (!IsHeldFor(charge) && ++settled > NewestHeld))
                {
                    return true;
                }
            }

            return false;
        }
    }

    // The attempts at one period are held or dropped together, because a decision about one looks at all. The newest
    // period is always held: its last attempt may just have failed, and the event that schedules a retry comes next.
    private IEnumerable<Charge> ToDrop()
    {
        var units = Charges.Values
            .GroupBy(charge =>
                charge.Id.Period is { } period ? period.DueOn.ToString("O", null) : charge.Id.MerchantTransactionId)
            .Where(unit => !unit.Any(IsHeldFor))
            .OrderByDescending(unit => unit.Max(charge => charge.RequestedAt))
            .ThenByDescending(unit => unit.Key, StringComparer.Ordinal)
            .ToList();
        var held = 0;

        foreach (var (rank, unit) in units.Index())
        {
            held = unit.Any(charge => charge.IsPartial) ? held : held + unit.Count();

            if ((held > NewestHeld && rank > 0) || unit.Any(charge => charge.IsPartial))
            {
                foreach (var charge in unit)
                {
                    yield return charge;
                }
            }
        }
    }

    private bool IsHeldFor(Charge charge) => charge.Call is not null
        || charge.Provisional
        || (!charge.Refunds.IsEmpty
            && charge.Refunds.Values.Any(refund => refund.Call is not null || refund.Provisional))
        || (
            charge.Id.Period is { DueOn: var dueOn }
                && (Retries.ContainsKey(dueOn) || Deferred.ContainsKey(dueOn) || EndedByClose.ContainsKey(dueOn)));

    private Preapproval WithoutCharge(Charge charge)
    {
        var next = this with { Charges = Charges.Remove(charge.Id.MerchantTransactionId) };
        next = charge.IsPartial || !CountsTowardsCap(charge) ? next : next.WithTotal(charge.Amount, 1);

        return next.WithLine(charge, onlyIfThere: false);
    }

    private Preapproval WithTotal(Money amount, int sign) => this with
    {
        SettledTotals = SettledTotals.SetItem(
            amount.Currency, SettledTotals.GetValueOrDefault(amount.Currency) + (sign * amount.Minor)),
    };

    private static ImmutableSortedDictionary<string, string> ReferencesOf(IEnumerable<Charge> charges) =>
        NoReferences.AddRange(
        from charge in charges
        from refund in charge.Refunds.Values
        where refund.IsOurs
        select KeyValuePair.Create(refund.Key, charge.Id.MerchantTransactionId));
}
