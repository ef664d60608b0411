using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Tests.Specs;

public static partial class A
{
    public static ChargeId March => Due(3);
    public static ChargeId MarchAgain => Due(3, attempt: 2);
    public static ChargeId April => Due(4);
    public static ChargeId May => Due(5);
    public static ChargeId OnDemand => ChargeId.OnDemand("order-4711");

    private static readonly Dictionary<PaymentStatus, int> StatusIds = new()
    {
        [PaymentStatus.Unrecognised] = 99,
        [PaymentStatus.Pending] = 1,
        [PaymentStatus.UnderReview] = 14,
        [PaymentStatus.Failed] = 4,
        [PaymentStatus.Charged] = 2,
        [PaymentStatus.Reversed] = 16,
        [PaymentStatus.Disputed] = 19,
        [PaymentStatus.PartiallyRefunded] = 21,
        [PaymentStatus.Refunded] = 22,
        [PaymentStatus.DisputeWon] = 23,
        [PaymentStatus.DisputeLost] = 24,
        [PaymentStatus.ChargedBack] = 26,
    };

    public static ScheduleSuspended Suspended(DateTimeOffset? at = null, string reason = "declined_for_good") =>
        new(Id, reason, "operator", at ?? Noon);

    public static ChargeId Due(int month, int attempt = 1) =>
        ChargeId.Scheduled(GatewayId, new Period(new DateOnly(2026, month, 1)), attempt);

    /// <summary>A first attempt is due at midnight of its day, a retry at <paramref name="due"/>.</summary>
    public static ChargeRequested Sent(ChargeId id, DateTimeOffset? at = null, DateTimeOffset? due = null) =>
        new(
            Id, id, Price, OriginOf(id), 2, id.Period is null ? null : 1,
            id.Period is { } period ? due ?? At(period.DueOn.Month, period.DueOn.Day, 0) : null, null, null, null,
            Window, at ?? Noon)
        {
            GatewayPreapprovalId = 5001,
            MethodId = 46,
        };

    public static PaymentCharged Charged(
        ChargeId id, LearntFrom from = LearntFrom.Answer, DateTimeOffset? at = null,
        PaymentStatus shown = PaymentStatus.Charged) =>
        new(Id, id, Price, Price, Payment(shown), OriginOf(id), 2, from, at ?? Noon);

    public static PaymentPending Pending(ChargeId id, LearntFrom from = LearntFrom.Answer, DateTimeOffset? at = null) =>
        new(
            Id, id, Price, null, Payment(PaymentStatus.Pending), OriginOf(id), 2, from, 0, (at ?? Noon).AddDays(3),
            null, at ?? Noon);

    public static PaymentFailed Failed(
        ChargeId id, string? code = "119", string reason = "declined_for_now", LearntFrom from = LearntFrom.Answer,
        DateTimeOffset? at = null) =>
        new(
            Id, id, Price, null, Payment(PaymentStatus.Failed, code), OriginOf(id), 2, from, reason,
            Text("Balance insufficient"), at ?? Noon);

    public static PaymentOutcomeUnknown Unknown(
        ChargeId id, string symptom = "timeout", int lookUps = 0, DateTimeOffset? next = null,
        DateTimeOffset? at = null, GatewayPayment? gateway = null, LearntFrom? from = null) =>
        new(
            Id, id, Price, null, gateway, OriginOf(id), 2,
            from ?? (lookUps > 0 || symptom is "not_found_yet" ? LearntFrom.LookUp : LearntFrom.Answer), symptom,
            lookUps, next ?? (at ?? Noon) + LookUps.Intervals[0], null, at ?? Noon);

    /// <summary>Look-ups are used up: an operator has it.</summary>
    public static PaymentOutcomeUnknown Owned(
        ChargeId id, string symptom, int lookUps, DateTimeOffset at, LearntFrom from = LearntFrom.LookUp) =>
        new(Id, id, Price, null, null, OriginOf(id), 2, from, symptom, lookUps, null, "operator", at);

    public static RetryScheduled RetryOf(ChargeId next, DateTimeOffset due, DateTimeOffset? at = null) =>
        new(Id, next.Period!.Value, next.Attempt, due, 1, at ?? Noon);

    public static RetriesExhausted NoMore(ChargeId last, string reason, int policy = 1, DateTimeOffset? at = null) =>
        new(Id, last.Period!.Value, last.Attempt, reason, policy, at ?? Noon);

    public static DunningEnded DunningOver(
        ChargeId last, AfterRetries action = AfterRetries.Continue, DateTimeOffset? at = null) =>
        new(Id, last.Period!.Value, Price, last.Attempt, action, at ?? Noon);

    public static ChargeSkipped Skipped(ChargeId id, string reason, DateTimeOffset? at = null) =>
        new(Id, id.Period!.Value, 1, reason, at ?? Noon);

    public static ChargeDeferred Deferred(ChargeId id, ChargeId by, DateTimeOffset at) =>
        new(Id, id.Period!.Value, id.Attempt, by.MerchantTransactionId, at);

    public static ChargeStopped Stopped(ChargeId id, string reason, DateTimeOffset? at = null) =>
        new(Id, id, reason, null, null, at ?? Noon);

    public static ChargeStopped NotSent(
        ChargeId id, DateTimeOffset again, string symptom = "breaker_open", DateTimeOffset? at = null) =>
        new(Id, id, "not_sent", again, symptom, at ?? Noon);

    public static ChargeResent Resent(ChargeId id, DateTimeOffset at, DateTimeOffset? window = null) =>
        new(Id, id, window ?? Window, at);

    public static OutcomeSetByOperator Decided(ChargeId id, MoneyState state, DateTimeOffset? at = null) =>
        new(
            Id, id, Price, OriginOf(id), 2, state, "maria", Text("The bank's statement shows it."),
            Text("statement-0331"), at ?? Noon);

    public static GatewayPayment Payment(PaymentStatus shown, string? code = null) =>
        new(7001, "20260301120000", StatusIds[shown], shown.ToString(), code, null);

    public static ChargeResult Confirmed(PaymentStatus status, string? code = null) =>
        new ChargeResult.Confirmed(new PaymentSnapshot(
            Payment(status, code), status, null, GatewayId, 46, Price, status >= PaymentStatus.Charged ? Price : null,
            status is PaymentStatus.Failed ? Text("Balance insufficient") : null));

    /// <summary>The answer to the send itself.</summary>
    public static ChargeUpdate Answer(ChargeId id, ChargeResult answer) =>
        new(id.MerchantTransactionId, answer, LearntFrom.Answer, Window);

    public static ChargeUpdate Notification(ChargeId id, ChargeResult answer) =>
        new(id.MerchantTransactionId, answer, LearntFrom.Notification);

    /// <param name="asked">Real clock.</param>
    public static ChargeUpdate LookUp(ChargeId id, ChargeResult answer, DateTimeOffset? asked = null) =>
        new(id.MerchantTransactionId, answer, LearntFrom.LookUp, asked ?? Window.AddHours(1));

    private static ChargeOrigin OriginOf(ChargeId id) => id switch
    {
        { Period: null } => ChargeOrigin.OnDemand,
        { Attempt: 1 } => ChargeOrigin.Scheduled,
        _ => ChargeOrigin.Retry,
    };
}
