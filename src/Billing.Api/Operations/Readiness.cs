using System.Collections.Frozen;
using Billing.Api.Attention;
using Billing.Api.Attention.Kinds;
using Billing.Api.Hosting;
using Billing.Api.Operations.TransparencyLog;
using Billing.Gateway.Breaking;
using Npgsql;

namespace Billing.Api.Operations;

/// <summary>GET /health/ready: what an on-call engineer asks first. None of it makes the service less ready.</summary>
/// <param name="DeadLetters">
/// Messages that failed for good: <c>billing dead-letters list</c>. Counted up to <see cref="MostCounted"/>.
/// </param>
/// <param name="OldestWaitingSeconds">
/// How long the oldest message that could be handled has been waiting; null when none waits.
/// </param>
/// <param name="ChargesWithOwner">
/// Charges that a person has to settle: <c>billing operator resolve</c>. Counted up to the same number.
/// </param>
/// <param name="RefundsWithOwner">
/// Refunds that a person has to settle: <c>billing operator resolve-refund</c>. Counted likewise.
/// </param>
/// <param name="MandatesWithOwner">
/// Creates, changes and closes that a person has to settle: <c>billing operator recover</c>, then
/// <c>billing operator resolve-mandate</c>.
/// </param>
/// <param name="ParkedMismatches">
/// Notifications that contradict what is recorded: they changed nothing, and a person has to look.
/// </param>
/// <param name="ParkedAnswers">
/// Quarantined responses of the gateway that no operator has dismissed: <c>billing answers list</c>.
/// </param>
/// <param name="Breakers">
/// The sites that this node has called, and whether the gateway serves them: an open breaker holds back their calls.
/// </param>
/// <param name="Log">The transparency log: its end, how far it is behind, and its alarms.</param>
/// <param name="Projections">How far asynchronous projections and subscriptions are behind.</param>
/// <param name="StalledBy">
/// The transaction that holds them back, once events have waited for <see cref="StalledAfterSeconds"/>; else null.
/// </param>
public sealed record Readiness(
    string Status, long DeadLetters, double? OldestWaitingSeconds, long ChargesWithOwner, long RefundsWithOwner,
    long MandatesWithOwner, long ParkedMismatches, long ParkedAnswers, IReadOnlyList<BreakerState> Breakers,
    LogStatus Log, IReadOnlyList<ProjectionLag> Projections, Stall? StalledBy)
{
    /// <summary>
    /// What should have happened by now and has not, with a sentence on what to do; null when there is nothing of it.
    /// </summary>
    public Overdue? Overdue { get; init; }

    /// <summary>
    /// Subscriptions that are not charged until a person resumes or changes them: their <c>trouble</c> is
    /// <c>suspended</c>. Counted likewise.
    /// </summary>
    public long SubscriptionsSuspended { get; init; }

    /// <summary>
    /// Subscriptions whose newest due charge the gateway refused: their <c>trouble</c> is <c>charge_refused</c>.
    /// Counted likewise.
    /// </summary>
    public long SubscriptionsWithRefusedCharge { get; init; }

    /// <summary>
    /// What waits for a person, by the kinds of GET /v1/attention and of all sites. Counted likewise.
    /// </summary>
    public IReadOnlyDictionary<string, long> Attention { get; init; } = FrozenDictionary<string, long>.Empty;

    /// <summary>Under load some transaction is always open; only one that stays is worth a word.</summary>
    public const double StalledAfterSeconds = 5;

    /// <summary>A count stops here: readiness is asked every few seconds, also while very much is wrong.</summary>
    public const int MostCounted = AttentionRows.MostCounted;

    /// <param name="attention">By kind, from the query that the list is read with.</param>
    /// <exception cref="NpgsqlException">The database does not answer: not ready.</exception>
    public static async Task<Readiness> AskAsync(
        NpgsqlDataSource dataSource, Database database, Breakers? breakers, IReadOnlyDictionary<string, long> attention,
        CancellationToken ct)
    {
        var messages = await MessageCounts.AskAsync(dataSource, database, TimeSpan.FromDays(1), ct);
        var lags = await ProjectionLag.AskAsync(dataSource, database, ct);
        var log = await LogStatus.AskAsync(dataSource, database, ct);
        var isStalled = lags.Any(lag => lag.SecondsBehind >= StalledAfterSeconds);
        var stall = isStalled ? await Stall.AskAsync(dataSource, StalledAfterSeconds, ct) : null;

        return new Readiness(
            "ready", messages.DeadLetters, messages.OldestSeconds, Of(OwnedCharges.Kind), Of(OwnedRefunds.Kind),
            Of(OwnedMandates.Kind), Of(MismatchedNotifications.Kind), Of(OpenQuarantine.Kind),
            breakers?.Shown() ?? [], log, lags, stall)
        {
            SubscriptionsWithRefusedCharge = Of(RefusedCharges.Kind),
            SubscriptionsSuspended = Of(SuspendedSubscriptions.Kind),
            Attention = attention,
        };

        long Of(string kind) => attention.GetValueOrDefault(kind);
    }
}
