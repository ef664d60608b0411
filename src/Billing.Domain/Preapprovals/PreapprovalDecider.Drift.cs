using System.Globalization;
using Billing.Domain.Gateway;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

public static partial class PreapprovalDecider
{
    // Fields of drift. They are stored in events: never renamed.
    private const string StatusField = "status";
    private const string ExistenceField = "existence";

    /// <summary>
    /// The gateway was asked for a preapproval, unprompted: differences are recorded, and what a positive answer
    /// settles is applied by the ordinary rules.
    /// </summary>
    /// <param name="seen">
    /// The status that we held when the gateway was asked: where it has moved since, the answer is outdated.
    /// </param>
    /// <param name="answer">Unknown and NotSent are no answers: nothing is read from them.</param>
    /// <param name="differences">
    /// What it shows otherwise than we hold, but for the status; kept as drift, never applied.
    /// </param>
    /// <param name="agreeing">The fields in which it says what we hold.</param>
    /// <param name="heal">False: only recorded.</param>
    public static PreapprovalEvent[] CompareMandate(
        Preapproval state, PreapprovalStatus seen, MandateResult answer, IReadOnlyList<Difference> differences,
        IReadOnlyList<string> agreeing, bool heal, SiteCalendar site, DateTimeOffset now)
    {
        if (state.Status != seen || state.Unsettled is not null)
        {
            return [];
        }

        return answer switch
        {
            MandateResult.Confirmed shown => Compared(state, shown.Value, differences, agreeing, heal, site, now),

            // Read by its own id: the gateway says that it has none. A list that does not show it would say nothing.
            MandateResult.NotFound =>
                Drifted(
                    state, [new Difference(ExistenceField, Word(state.Status), "not_found")], LearntFrom.LookUp, now),
            _ => [],
        };
    }

    /// <summary>
    /// The gateway was asked for a charge, unprompted. A later Success, or what followed it, is applied by the rules of
    /// <see cref="RecordOutcome"/>; an update of lower rank is recorded and not believed.
    /// </summary>
    /// <param name="seen">The state that we held when the gateway was asked.</param>
    /// <param name="listed">The amount that a list showed; null: not said. Another amount than ours is drift.</param>
    /// <param name="heal">False: only recorded.</param>
    public static PreapprovalEvent[] CompareCharge(
        Preapproval state, MoneyState seen, ChargeUpdate update, Money? listed, bool heal, LookUpPolicy lookUps,
        DateTimeOffset now)
    {
        // What is requested or unknown is the resolver's: it is looked up anyway, until its look-ups are used up.
        if (AgreesWithLine(state, seen, update) || Held(state, update.MerchantTransactionId) is not { } charge
            || (charge.IsUnsettled && !charge.IsGivenUp) || charge.State != seen)
        {
            return [];
        }

        return update.Answer switch
        {
            ChargeResult.Confirmed shown => Compared(state, charge, shown.Value, update, heal, lookUps, now),
            ChargeResult.NotFound when charge.Gateway?.PaymentId is not null => Drifted(
                state,
                [
                    new Difference(FieldOf(charge, ExistenceField), Word(charge.State), "not_found")
                ], LearntFrom.LookUp, now),
            _ when listed is { } amount && amount != charge.Amount =>
                Drifted(
                    state, [new Difference(FieldOf(charge, "amount"), Text(charge.Amount), Text(amount))],
                    LearntFrom.LookUp, now),
            _ => [],
        };
    }

    // The line of a settled charge is enough to see that nothing differs, and that nothing had differed before.
    private static bool AgreesWithLine(Preapproval state, MoneyState seen, ChargeUpdate update) =>
        !state.Charges.ContainsKey(update.MerchantTransactionId)
        && state.StateOnLine(update.MerchantTransactionId) is { } known
        && known is MoneyState.Charged or MoneyState.Failed or MoneyState.Stopped
        && (known != seen || (update.Answer is ChargeResult.Confirmed shown
            && shown.Value.State switch
            {
                PaymentStatus.Unrecognised => true,
                PaymentStatus.Failed => known is MoneyState.Failed,
                PaymentStatus.Charged or PaymentStatus.PartiallyRefunded => known is MoneyState.Charged,
                _ => false,
            }
            && !state.Drift.Any(field =>
                field.StartsWith($"payments.{update.MerchantTransactionId}.", StringComparison.Ordinal))));

    private static PreapprovalEvent[] Compared(
        Preapproval state, MandateSnapshot snapshot, IReadOnlyList<Difference> differences,
        IReadOnlyList<string> agreeing, bool heal,
        SiteCalendar site, DateTimeOffset now)
    {
        Difference[] all = StatusDifference(state, snapshot) is { } status
            ? [.. differences, status]
            : [.. differences];
        PreapprovalEvent[] found =
        [
            .. Drifted(state, all, LearntFrom.LookUp, now),
            .. heal ? Moved(state, snapshot, LearntFrom.LookUp, site, now) : [],
        ];
        var after = found.Aggregate(state, Preapproval.Fold);
        var agreed = StatusDifference(after, snapshot) is null
            ? [.. agreeing, StatusField, ExistenceField]
            : agreeing.Append(ExistenceField);

        return [.. found, .. Healed(after, agreed, now)];
    }

    private static PreapprovalEvent[] Compared(
        Preapproval state, Charge charge, PaymentSnapshot payment, ChargeUpdate update, bool heal, LookUpPolicy lookUps,
        DateTimeOffset now)
    {
        var difference = StatusDifference(charge, payment);
        PreapprovalEvent[] found =
        [
            .. difference is null ? [] : Drifted(state, [difference], LearntFrom.LookUp, now),
            .. difference is not null && heal ? Confirmed(state, charge, payment, update, lookUps, now) : [],
        ];
        var after = found.Aggregate(state, Preapproval.Fold);
        var agreed = StatusDifference(after.Charges[update.MerchantTransactionId], payment) is null
            ? new[] { FieldOf(charge, StatusField), FieldOf(charge, ExistenceField), FieldOf(charge, "amount") }
            : [FieldOf(charge, ExistenceField)];

        return [.. found, .. Healed(after, agreed, now)];
    }

    private static IEnumerable<PreapprovalEvent> Healed(
        Preapproval state, IEnumerable<string> agreed, DateTimeOffset now) =>
        state.Drift.Intersect(agreed) is { Count: > 0 } healed ? [new DriftHealed(state.Id, [.. healed], now)] : [];

    private static Difference? StatusDifference(Preapproval state, MandateSnapshot snapshot)
    {
        var expected = state.Status switch
        {
            PreapprovalStatus.Open => MandateStatus.Open,
            PreapprovalStatus.Closed => MandateStatus.Closed,
            _ => MandateStatus.Pending,
        };

        return snapshot.Status == expected
            ? null
            : new Difference(
                StatusField, Word(state.Status),
                snapshot.Status is { } theirs ? Word(theirs) : StatusSymptom(snapshot.Gateway.StatusId));
    }

    private static Difference? StatusDifference(Charge charge, PaymentSnapshot payment)
    {
        var agrees = payment.State switch
        {
            PaymentStatus.Unrecognised => true,
            PaymentStatus.Pending or PaymentStatus.UnderReview => charge.State is MoneyState.Pending,
            PaymentStatus.Failed => charge.State is MoneyState.Failed,
            PaymentStatus.Charged => charge.State is MoneyState.Charged,
            PaymentStatus.Reversed => charge.Has(PostPaymentFact.Reversed),
            PaymentStatus.Disputed => charge.Has(PostPaymentFact.Disputed),
            PaymentStatus.DisputeWon => charge.Has(PostPaymentFact.DisputeWon),
            PaymentStatus.DisputeLost => charge.Has(PostPaymentFact.DisputeLost),
            PaymentStatus.ChargedBack => charge.Has(PostPaymentFact.ChargedBack),
            PaymentStatus.Refunded => charge.Has(PostPaymentFact.Refunded),
            _ => charge.State is MoneyState.Charged,
        };

        return agrees
            ? null
            : new Difference(
                FieldOf(charge, StatusField), Word(charge.State), payment.State.ToString().ToLowerInvariant());
    }

    private static string FieldOf(Charge charge, string what) => $"payments.{charge.Id.MerchantTransactionId}.{what}";

    private static string Text(Money money) =>
        string.Create(CultureInfo.InvariantCulture, $"{money.Minor} {money.Currency}");

    private static string Word<T>(T state) where T : struct, Enum => state.ToString().ToLowerInvariant();
}
