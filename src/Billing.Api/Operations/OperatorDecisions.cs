using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Streams;
using Billing.Domain;
using Billing.Domain.Preapprovals;
using Billing.Domain.Profiles;
using Marten;

namespace Billing.Api.Operations;

/// <summary>Who decides, why, and where it can be seen. Reason and evidence may name people.</summary>
public sealed record OperatorReason(string By, string Why, string Evidence);

/// <summary>
/// A named person settles what the gateway gives no answer about. A later answer of the gateway replaces it.
/// </summary>
public sealed class OperatorDecisions(
    IDocumentStore store, PreapprovalDecisions decisions, MethodProfiles profiles, BusinessClock clock)
{
    /// <param name="outcome">Charged or Failed.</param>
    /// <returns>Null when the site has no such charge.</returns>
    /// <exception cref="RuleViolation">charge_settled: the gateway has settled it.</exception>
    public async Task<Decided?> SetChargeAsync(
        string site, string merchantTransactionId, MoneyState outcome, OperatorReason reason, CancellationToken ct) =>
        await StreamOfAsync(site, EventIds.OfCharge(site, merchantTransactionId), ct) is { } id
            ? await decisions.DecideAsync(
                site, id, new EventSource(reason.By), state => PreapprovalDecider.SetOutcome(
                    state!, merchantTransactionId, outcome, reason.By, Sealed<string>.Of(reason.Why),
                    Sealed<string>.Of(reason.Evidence), clock.GetUtcNow(), profiles),
                "resolve_charge")
            : null;

    /// <param name="reference">The refund's MerchantTransactionID.</param>
    /// <param name="outcome">Refunded or Failed.</param>
    /// <returns>Null when the site has requested no such refund.</returns>
    /// <exception cref="RuleViolation">refund_settled: the gateway has settled it.</exception>
    public async Task<Decided?> SetRefundAsync(
        string site, string reference, RefundState outcome, OperatorReason reason, CancellationToken ct) =>
        await StreamOfAsync(site, EventIds.OfRefund(site, reference), ct) is { } id
            ? await decisions.DecideAsync(
                site, id, new EventSource(reason.By), state => PreapprovalDecider.SetRefund(
                    state!, reference, outcome, reason.By, Sealed<string>.Of(reason.Why),
                    Sealed<string>.Of(reason.Evidence), clock.GetUtcNow()),
                "resolve_refund")
            : null;

    private async Task<Guid?> StreamOfAsync(string site, Guid eventId, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);

        return (await session.Events.LoadAsync(eventId, ct))?.StreamId;
    }
}
