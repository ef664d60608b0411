using Billing.Domain.Explanations;

namespace Billing.Api.Explanations;

/// <param name="At">Business time.</param>
public sealed record NextChargeView(DateOnly On, DateTimeOffset At, int Attempt);

/// <summary>Why a date was charged or not, or why a payment was requested and how it ended; from events.</summary>
/// <param name="Date">The date that was asked about; null for a payment.</param>
/// <param name="MerchantTransactionId">The payment that was asked about; null for a date.</param>
/// <param name="Decision">
/// Of a payment: charged, charged_twice, failed, pending, unknown, in_flight, stopped. Of a date also: retry_scheduled,
/// skipped, deferred,
/// not_due, not_due_yet, overdue, closed, not_open, no_schedule.
/// </param>
/// <param name="Reason">snake_case, where the decision alone does not say it.</param>
public sealed record ExplanationView(
    Guid SubscriptionId, DateOnly? Date, string? MerchantTransactionId, string Decision, string? Reason,
    IReadOnlyList<string> Sentences,
    NextChargeView? NextDue, IReadOnlyList<ExplainedFactView> Facts)
{
    public static ExplanationView Of(
        Guid id, DateOnly? date, string? merchantTransactionId, Explanation explained,
        IReadOnlyList<TimelineEvent> history) => new(
        id, date, merchantTransactionId, explained.Decision, explained.Reason, explained.Sentences,
        TimelineEvent.Fold(history)!.NextDue is { } due ? new NextChargeView(due.Period.DueOn, due.DueAt, due.Attempt)
        : null,
        [.. explained.Facts.Select(ExplainedFactView.Of)]);
}
