using System.Globalization;
using Billing.Domain.Preapprovals;

namespace Billing.Domain.Reports;

/// <summary>The attempts at one period, or one charge on demand, folded for the reports.</summary>
public sealed class ChargeUnit
{
    /// <summary>
    /// Events after which a unit is folded; of the others only a charge that succeeds moves money.
    /// </summary>
    public static readonly IReadOnlyList<Type> Watched =
    [
        typeof(PaymentFailed), typeof(PaymentPending), typeof(PaymentOutcomeUnknown), typeof(OutcomeSetByOperator),
        typeof(ChargeStopped), typeof(ChargeResent), typeof(RefundSetByOperator), typeof(PaymentRefunded),
        typeof(RefundFailed), typeof(PaymentReversed), typeof(DisputeReported), typeof(PaymentDisputed),
        typeof(DisputeWon), typeof(DisputeLost), typeof(PaymentChargedBack), typeof(RetriesExhausted),
    ];

    // The reason with which the merchant skips a period that waits for another attempt.
    private const string GivenUp = "skipped";

    private readonly SortedDictionary<(int Attempt, string Id), Charge> charges = [];
    private bool isGivenUp;

    /// <summary>Whether more has happened than charges that were asked for and succeeded at once.</summary>
    public bool IsWatched { get; private set; }

    /// <summary>Null on demand.</summary>
    public DateOnly? DueOn { get; private set; }

    /// <summary>
    /// What the period still owes: an attempt has failed, is pending or is not known, and none has succeeded. Null
    /// where nothing is owed, where the merchant has given it up, and on demand, where the storefront was answered.
    /// </summary>
    public Money? Unpaid =>
        DueOn is not null && !isGivenUp && charges.Values.All(charge => charge.State is not MoneyState.Charged)
            && charges.Values.Any(charge => charge.State is MoneyState.Failed or MoneyState.Pending
                or MoneyState.Unknown)
            ? charges.Values.First().Amount
            : null;

    /// <summary>The name of the unit that an event belongs to, unique in its stream; null for other events.</summary>
    public static string? KeyOf(PreapprovalEvent @event) => @event switch
    {
        IChargeEvent { Charge.Period: { } period } => KeyOf(period),
        IChargeEvent { Charge.MerchantTransactionId: var id } => "=" + id,
        RetriesExhausted { Period: var period } => KeyOf(period),
        _ => null,
    };

    /// <summary>Whether the fold has to see it, rather than a sum over plain charges.</summary>
    public static bool IsWatching(PreapprovalEvent @event) => Watched.Contains(@event.GetType())
        || @event is PaymentCharged { LearntFrom: not LearntFrom.Answer };

    /// <summary>The events of the unit, in their order.</summary>
    /// <returns>What the event moves; null for nothing.</returns>
    public PaymentMovement? Take(PreapprovalEvent @event)
    {
        IsWatched = IsWatched || IsWatching(@event);

        if (@event is not IChargeEvent about)
        {
            isGivenUp = isGivenUp || @event is RetriesExhausted { Reason: GivenUp };

            return null;
        }

        var key = (about.Charge.Attempt, about.Charge.MerchantTransactionId);
        var before = charges.GetValueOrDefault(key);
        var after = Charge.Fold(before, about);
        (charges[key], DueOn) = (after, about.Charge.Period?.DueOn);

        return PaymentMovement.Of(before, about, after);
    }

    private static string KeyOf(Period period) =>
        period.DueOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
