using Billing.Domain.Gateway;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

public static partial class PreapprovalDecider
{
    // Fields of drift. They stand in events: never renamed.
    private const string StatusField = "status";
    private const string ExistenceField = "existence";

    /// <summary>The gateway was asked for a preapproval, unprompted: what differs is recorded, what a positive truth settles is applied by the ordinary rules.</summary>
    /// <param name="seen">The status that we held when the question was asked: where it has moved since, the answer is older than our books and says nothing.</param>
    /// <param name="answer">Unknown and NotSent are no answers: nothing is read from them.</param>
    /// <param name="differences">What it shows otherwise than we hold, but for the status; kept as drift, never applied.</param>
    /// <param name="agreeing">The fields in which it says what we hold.</param>
    /// <param name="heal">False: only recorded.</param>
    public static PreapprovalEvent[] CompareMandate(
        Preapproval state, PreapprovalStatus seen, MandateAnswer answer, IReadOnlyList<Difference> differences, IReadOnlyList<string> agreeing, bool heal, SiteCalendar site, DateTimeOffset now)
    {
        if (state.Status != seen || state.Unsettled is not null)
        {
            return [];
        }

        return answer switch
        {
            MandateAnswer.Told told => Compared(state, told.Mandate, differences, agreeing, heal, site, now),

            // Read by its own id: the gateway says that it has none. A list that does not show it would say nothing.
            MandateAnswer.NotFound => Drifted(state, [new Difference(ExistenceField, Word(state.Status), "not_found")], LearntFrom.LookUp, now),
            _ => [],
        };
    }

    /// <summary>The gateway was asked for a charge, unprompted. A later Success, or what followed it, is applied by <see cref="RecordOutcome"/>; lower news is recorded and not believed.</summary>
    /// <param name="seen">The state that we held when the question was asked.</param>
    /// <param name="listed">The amount that a list showed; null: not said. Another amount than ours is drift.</param>
    /// <param name="heal">False: only recorded.</param>
    public static PreapprovalEvent[] CompareCharge(Preapproval state, MoneyState seen, ChargeNews news, Money? listed, bool heal, LookUpPolicy lookUps, DateTimeOffset now)
    {
        // What is requested or unknown is the resolver's: it is being asked about anyway, until its look-ups are used up.
        if (state.Charges.GetValueOrDefault(news.MerchantTransactionId) is not { } charge || (charge.IsUnsettled && !charge.IsGivenUp) || charge.State != seen)
        {
            return [];
        }

        return news.Answer switch
        {
            ChargeAnswer.Told told => Compared(state, charge, told.Payment, news, heal, lookUps, now),
            ChargeAnswer.NotFound when charge.Gateway?.PaymentId is not null => Drifted(state, [new Difference(FieldOf(charge, ExistenceField), Word(charge.State), "not_found")], LearntFrom.LookUp, now),
            _ when listed is { } amount && amount != charge.Amount => Drifted(state, [new Difference(FieldOf(charge, "amount"), $"{charge.Amount.Minor} {charge.Amount.Currency}", $"{amount.Minor} {amount.Currency}")], LearntFrom.LookUp, now),
            _ => [],
        };
    }

    private static PreapprovalEvent[] Compared(
        Preapproval state, MandateReading reading, IReadOnlyList<Difference> differences, IReadOnlyList<string> agreeing, bool heal, SiteCalendar site, DateTimeOffset now)
    {
        Difference[] all = StatusDifference(state, reading) is { } status ? [.. differences, status] : [.. differences];
        PreapprovalEvent[] told = [.. Drifted(state, all, LearntFrom.LookUp, now), .. heal ? Moved(state, reading, LearntFrom.LookUp, site, now) : []];
        var after = told.Aggregate(state, Preapproval.Evolve);
        var agreed = StatusDifference(after, reading) is null ? [.. agreeing, StatusField, ExistenceField] : agreeing.Append(ExistenceField);

        return [.. told, .. Healed(after, agreed, now)];
    }

    private static PreapprovalEvent[] Compared(Preapproval state, Charge charge, PaymentReading payment, ChargeNews news, bool heal, LookUpPolicy lookUps, DateTimeOffset now)
    {
        var difference = StatusDifference(charge, payment);
        PreapprovalEvent[] told =
        [
            .. difference is null ? [] : Drifted(state, [difference], LearntFrom.LookUp, now),
            .. difference is not null && heal ? RecordOutcome(state, news, lookUps, now) : [],
        ];
        var after = told.Aggregate(state, Preapproval.Evolve);
        var agreed = StatusDifference(after.Charges[news.MerchantTransactionId], payment) is null
            ? new[] { FieldOf(charge, StatusField), FieldOf(charge, ExistenceField), FieldOf(charge, "amount") }
            : [FieldOf(charge, ExistenceField)];

        return [.. told, .. Healed(after, agreed, now)];
    }

    private static IEnumerable<PreapprovalEvent> Healed(Preapproval state, IEnumerable<string> agreed, DateTimeOffset now) =>
        state.Drift.Intersect(agreed) is { Count: > 0 } healed ? [new DriftHealed(state.Id, [.. healed], now)] : [];

    private static Difference? StatusDifference(Preapproval state, MandateReading reading)
    {
        var expected = state.Status switch
        {
            PreapprovalStatus.Open => MandateStatus.Open,
            PreapprovalStatus.Closed => MandateStatus.Closed,
            _ => MandateStatus.Pending,
        };

        return reading.Status == expected ? null
            : new Difference(StatusField, Word(state.Status), reading.Status is { } theirs ? theirs.ToString().ToLowerInvariant() : $"status_{reading.Gateway.StatusId?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "null"}");
    }

    private static Difference? StatusDifference(Charge charge, PaymentReading payment)
    {
        var agrees = payment.State switch
        {
            PaymentStatus.Unrecognised => true,
            PaymentStatus.Pending or PaymentStatus.UnderReview => charge.State is MoneyState.Pending,
            PaymentStatus.Failed => charge.State is MoneyState.Failed,
            PaymentStatus.Charged => charge.State is MoneyState.Charged,
            PaymentStatus.Reversed => charge.Has(AfterSuccess.Reversed),
            PaymentStatus.Disputed => charge.Has(AfterSuccess.Disputed),
            PaymentStatus.DisputeWon => charge.Has(AfterSuccess.DisputeWon),
            PaymentStatus.DisputeLost => charge.Has(AfterSuccess.DisputeLost),
            PaymentStatus.ChargedBack => charge.Has(AfterSuccess.ChargedBack),
            PaymentStatus.Refunded => charge.Has(AfterSuccess.Refunded),
            _ => charge.State is MoneyState.Charged,
        };

        return agrees ? null : new Difference(FieldOf(charge, StatusField), Word(charge.State), payment.State.ToString().ToLowerInvariant());
    }

    private static string FieldOf(Charge charge, string what) => $"payments.{charge.Id.MerchantTransactionId}.{what}";

    private static string Word<T>(T state) where T : struct, Enum => state.ToString().ToLowerInvariant();
}
