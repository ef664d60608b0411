using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;

namespace Billing.Api.Notifying;

/// <summary>What a notification says, beside what is known and what the gateway says when it is asked: by rank, since what is known only rises.</summary>
internal static class Doubt
{
    /// <summary>The gateway could not be asked. It is asked for as long as it takes.</summary>
    public const string NotAsked = "unconfirmed_not_asked";

    /// <summary>The gateway does not have it.</summary>
    public const string NotFound = "unconfirmed_not_found";

    /// <summary>The gateway says less than the notification.</summary>
    public const string SaysLess = "unconfirmed_says_less";

    /// <summary>The gateway was asked often enough: a person has to look.</summary>
    public const string Ends = "mismatch_not_confirmed";

    /// <summary>Database time between asking, by the number of tries. A gateway may show a list that is a moment old.</summary>
    public static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(20), TimeSpan.FromHours(1), TimeSpan.FromHours(1),
        TimeSpan.FromHours(1),
    ];

    /// <returns>A reason; null: the gateway says as much.</returns>
    public static string? Of(PaymentReading notified, PaymentReading asked) => RankOf(asked.State) < RankOf(notified.State) ? SaysLess : null;

    /// <inheritdoc cref="Of(PaymentReading, PaymentReading)"/>
    public static string? Of(MandateReading notified, MandateReading asked) => RankOf(asked.Status) < RankOf(notified.Status) ? SaysLess : null;

    /// <summary>Of what told nothing new: duplicate, stale or unrecognised.</summary>
    public static string OutcomeOf(Charge known, PaymentReading notified) => (RankOf(notified.State), RankOf(known)) switch
    {
        (Unranked, _) => "unrecognised",
        var (told, rank) when told < rank => "stale",
        _ => "duplicate",
    };

    /// <inheritdoc cref="OutcomeOf(Charge, PaymentReading)"/>
    public static string OutcomeOf(PreapprovalStatus known, MandateReading notified) => (RankOf(notified.Status), RankOf(known)) switch
    {
        (Unranked, _) => "unrecognised",
        var (told, rank) when told < rank => "stale",
        _ => "duplicate",
    };

    private const int Unranked = 0;

    private static int RankOf(PaymentStatus status) => status switch
    {
        PaymentStatus.Unrecognised => Unranked,
        PaymentStatus.Pending or PaymentStatus.UnderReview => 1,
        PaymentStatus.Failed => 2,
        PaymentStatus.Charged => 3,
        _ => 4,
    };

    private static int RankOf(Charge charge) => charge switch
    {
        { Facts.Count: > 0 } => 4,
        { State: MoneyState.Charged } => 3,
        { State: MoneyState.Failed } => 2,
        { State: MoneyState.Pending } => 1,
        _ => Unranked,
    };

    private static int RankOf(MandateStatus? status) => status switch
    {
        MandateStatus.Pending => 1,
        MandateStatus.Open => 2,
        MandateStatus.Closed => 3,
        _ => Unranked,
    };

    private static int RankOf(PreapprovalStatus status) => status switch
    {
        PreapprovalStatus.Pending => 1,
        PreapprovalStatus.Open or PreapprovalStatus.Closing => 2,
        PreapprovalStatus.Closed => 3,
        _ => Unranked,
    };
}
