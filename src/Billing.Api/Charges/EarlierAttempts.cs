using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Streams;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Marten;

namespace Billing.Api.Charges;

/// <summary>Confirms by look-ups that the earlier attempts at a period failed, before another one is sent.</summary>
public sealed class EarlierAttempts(
    IDocumentStore store, IPaymentGateway gateway, PreapprovalDecisions decisions, BusinessClock clock,
    TimeProvider realTime, LookUpPolicy lookUps)
{
    /// <returns>False when one did not fail, which is recorded, or could not be confirmed.</returns>
    public async Task<bool> HaveFailedAsync(string site, Preapproval state, Period period, int attempt)
    {
        foreach (var earlier in await FindAsync(site, state, period, attempt))
        {
            var askedAt = realTime.GetUtcNow();
            var order = earlier.LookUpOrder(site, state.Gateway!.PreapprovalId, state.Terms.MethodId);

            switch (await gateway.FindChargeAsync(order, CancellationToken.None))
            {
                case ChargeResult.Confirmed { Value.State: PaymentStatus.Failed }:
                // What an operator has called failed may have been a duplicate that no look-up shows.
                case ChargeResult.NotFound when earlier.Provisional
                    || earlier is { IsDuplicate: false, Gateway: null or { PaymentId: null } }:
                    continue;

                case ChargeResult.Confirmed
                {
                    Value.State: not (PaymentStatus.Pending or PaymentStatus.UnderReview or PaymentStatus.Unrecognised)
                } paid:
                    await decisions.RecordAsync(
                        site, state.Id, new EventSource("gateway"),
                        now => PreapprovalDecider.RecordOutcome(
                            now!, new ChargeUpdate(earlier.Id.MerchantTransactionId, paid, LearntFrom.LookUp, askedAt),
                            lookUps, clock.GetUtcNow(), askedAt),
                        "record_look_up");
                    return false;

                default:
                    return false;
            }
        }

        return true;
    }

    private async Task<IReadOnlyList<Charge>> FindAsync(string site, Preapproval state, Period period, int attempt)
    {
        try
        {
            return PreapprovalDecider.EarlierAttempts(state, period, attempt);
        }
        catch (NeedsFullHistoryException)
        {
            await using var session = store.QuerySession(site);

            return PreapprovalDecider.EarlierAttempts(
                (await PreapprovalStreams.FoldAsync(session, state.Id, CancellationToken.None))!, period, attempt);
        }
    }
}
