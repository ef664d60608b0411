using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Sites;
using Billing.Api.Hosting.Streams;
using Billing.Api.Mandates;
using Billing.Domain;
using Billing.Domain.Gateway;
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
    IDocumentStore store, PreapprovalStreams streams, PreapprovalDecisions decisions, StreamDirectory directory,
    MethodProfiles profiles, SiteRegister sites, BusinessClock clock)
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

    /// <param name="name">The subscription's id or the MerchantPreapprovalID.</param>
    /// <param name="shown">What the gateway has, for a create that it has done.</param>
    /// <returns>Null when the site has no such preapproval.</returns>
    /// <exception cref="RuleViolation">
    /// What <see cref="PreapprovalDecider.SetMandate"/> refuses. gateway_id_taken: another preapproval has this id.
    /// </exception>
    public async Task<Decided?> SetMandateAsync(
        string site, string name, MandateOutcome outcome, MandateSnapshot? shown, OperatorReason reason,
        CancellationToken ct)
    {
        if (await OpenedAsync(site, name, ct) is not { } opened)
        {
            return null;
        }

        var (asked, retries) = (opened.Unsettled, profiles.Of(opened.Terms.MethodId).Retries);
        var differences = shown is null ? [] : MandateDifferences.Between(site, opened, shown);

        try
        {
            return await decisions.DecideAsync(
                site, opened.Id, new EventSource(reason.By), state => PreapprovalDecider.SetMandate(
                    state!, outcome, state!.Unsettled?.Call == asked?.Call ? asked?.Personal?.Unsealed() : null, shown,
                    reason.By, Sealed<string>.Of(reason.Why), Sealed<string>.Of(reason.Evidence), retries,
                    sites.CalendarOf(site), clock.GetUtcNow(), differences),
                "resolve_mandate");
        }
        catch (Exception error) when (DatabaseErrors.ViolatedConstraint(error) is not null)
        {
            throw new RuleViolation("gateway_id_taken", "Another preapproval has this id of the gateway.");
        }
    }

    private async Task<Preapproval?> OpenedAsync(string site, string name, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);

        return Guid.TryParse(name, out var id) && await streams.FoldOpenedAsync(session, id, ct) is { } state ? state
            : await directory.ByMerchantPreapprovalIdAsync(site, name, ct) is { } named
                ? await streams.FoldOpenedAsync(session, named, ct)
                : null;
    }

    private async Task<Guid?> StreamOfAsync(string site, Guid eventId, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);

        return (await session.Events.LoadAsync(eventId, ct))?.StreamId;
    }
}
