using System.Text.Json;

namespace Billing.Demo;

// What our own paths answer, as far as the story reads it.

internal sealed record Subscription(
    Guid Id,
    int? GatewayPreapprovalId,
    string Status,
    ScheduleShown? Schedule,
    DateOnly? LastDecidedOn,
    NextDue? NextDue,
    Unsettled? Unsettled,
    IReadOnlyList<string> Drift,
    DateTimeOffset? OpenedAt,
    DateTimeOffset? ClosedAt,
    string? ClosedBy);

internal sealed record ScheduleShown(long AmountMinor, string Currency, DateOnly FirstDueOn, int Revision);

internal sealed record NextDue(DateOnly On, DateTimeOffset At, int Attempt);

internal sealed record Unsettled(string Operation, DateTimeOffset? NextLookUpAt);

internal sealed record SubscriptionPage(IReadOnlyList<Subscription> Subscriptions);

internal sealed record Payment(
    string MerchantTransactionId,
    int? GatewayPaymentId,
    DateOnly? DueOn,
    int Attempt,
    string Origin,
    long AmountMinor,
    string Currency,
    long RefundedMinor,
    long NetMinor,
    string Status,
    IReadOnlyList<string> Afterwards,
    string? Symptom,
    string? Code,
    string? LearntFrom,
    int LookUps,
    DateTimeOffset? NextLookUpAt,
    string? Owner,
    DateTimeOffset RequestedAt)
{
    public Money Amount => new(AmountMinor, Currency);

    public Money WentBack => new(AmountMinor - NetMinor, Currency);

    public bool IsCharged => Status == "charged";

    public bool IsOpenEnded => Status is "requested" or "unknown" or "pending";
}

internal sealed record PaymentPage(IReadOnlyList<Payment> Payments, string? Next);

internal sealed record Event(long Version, string Type, JsonElement Data)
{
    public string? Text(string property) => Data.TryGetProperty(property, out var value) ? value.ToString() : null;
}

internal sealed record Explanation(string Decision, string? Reason, IReadOnlyList<string> Sentences);

internal sealed record EventPage(IReadOnlyList<Event> Events, string? Next);
