using System.Globalization;
using Billing.Domain.Preapprovals;

namespace Billing.Domain.Reports;

/// <summary>What one event adds to the totals of a day.</summary>
/// <param name="Day">In UTC.</param>
public readonly record struct PaymentMovement(DateOnly Day, string Currency, PaymentTotals Totals)
{
    /// <returns>Null for an event that moves nothing.</returns>
    public static PaymentMovement? Of(Charge? before, IChargeEvent @event, Charge after)
    {
        var change = PaymentTotals.Of(after) - PaymentTotals.Of(before);

        // A charge that failed and succeeds later has failed nevertheless.
        change = change with { FailedCount = Math.Max(0, change.FailedCount) };

        return change == default
            ? null
            : new(DateOnly.FromDateTime(MovedAt(before, @event).UtcDateTime), after.Paid.Currency, change);
    }

    /// <summary>When money moved, as well as it is known.</summary>
    /// <remarks>
    /// What the answer to our own call says happened within seconds. What was learnt later has the time that the
    /// gateway states: of a charge when it was made, or the last notification of one that was pending; of what follows
    /// a success the last notification of the payment. Where it states none: when it was learnt.
    /// </remarks>
    public static DateTimeOffset MovedAt(Charge? before, IChargeEvent @event)
    {
        var learntAt = ((PreapprovalEvent)@event).HappenedAt;

        return @event is not PaymentEvent { LearntFrom: not LearntFrom.Answer, Gateway: { } gateway }
            ? learntAt
            : @event is PaymentCharged or PaymentFailed && before?.State is not MoneyState.Pending
                ? Read(gateway.Created) ?? learntAt
                : Read(gateway.NotifiedAt) ?? learntAt;
    }

    // No source states the zone of the gateway's times: they are taken as UTC.
    private static DateTimeOffset? Read(string? stamp) =>
        DateTimeOffset.TryParseExact(
            stamp, "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at
            : null;
}
