using System.Runtime.CompilerServices;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Streams;
using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Marten;

namespace Billing.Api.Reconciliation;

/// <summary>
/// The step that records charges of due dates which only the gateway has: those that a restored backup has lost.
/// </summary>
public sealed class LostCharges(
    IPaymentGateway gateway, IDocumentStore store, FindingRecorder findings, LookUpPolicy lookUps,
    BusinessClock clock, TimeProvider realTime)
{
    private const int AtOnce = 20;

    /// <summary>In the order of the gateway's ids, so that a period's attempts are in order.</summary>
    public async IAsyncEnumerable<ReconciliationRun> RecordAsync(
        ReconciliationRun run, ThrottledGateway throttled, [EnumeratorCancellation] CancellationToken ct)
    {
        var strays = run.Heal ? await NextAsync(run, ct) : [];

        foreach (var stray in strays)
        {
            if (stray.Reference is { } id && ChargeId.Parse(id) is { } lost)
            {
                run = await RecordAsync(run, lost.GatewayPreapprovalId, lost.Charge, throttled, ct);
            }

            yield return run = run with { AfterLost = stray.GatewayId };
        }

        if (strays.Count < AtOnce)
        {
            yield return run with { Step = ReconciliationRun.Missing };
        }
    }

    private async Task<ReconciliationRun> RecordAsync(
        ReconciliationRun run, int gatewayPreapprovalId, ChargeId charge, ThrottledGateway throttled,
        CancellationToken ct)
    {
        if (await FoldAsync(run.Site, gatewayPreapprovalId, ct) is not { } state
            || !PreapprovalDecider.MayRecordFound(state, charge))
        {
            return run;
        }

        // What it was asked for with is not known here: of this preapproval any amount is right.
        var anyAmount = new Money(1, state.Terms.Currency ?? "EUR");
        var order = new ChargeOrder(
            run.Site, charge.MerchantTransactionId, gatewayPreapprovalId, state.Terms.MethodId,
            state.Schedule?.Amount ?? anyAmount, Description: null, Country: null, IsDuplicate: true);
        var askedAt = realTime.GetUtcNow();
        var answer = await throttled.AskAsync(() => gateway.FindChargeAsync(order, ct), IsAnswer, ct);

        if (answer is null)
        {
            return run with { Unasked = run.Unasked + 1 };
        }

        var update = new ChargeUpdate(charge.MerchantTransactionId, answer, LearntFrom.LookUp, askedAt);

        return await findings.RecordAsync(run, state.Id, now => PreapprovalDecider.RecordFoundCharge(
            now, gatewayPreapprovalId, charge, update, lookUps, clock.GetUtcNow()));
    }

    // A payment of this id that is another one's is an answer too: nothing is recorded of it.
    private static bool IsAnswer(ChargeResult answer) => answer is ChargeResult.Confirmed or ChargeResult.NotFound
        || (answer is ChargeResult.Unknown { Symptom: var symptom }
            && (symptom is "several_payments" || symptom.StartsWith("mismatch_", StringComparison.Ordinal)));

    private async Task<Preapproval?> FoldAsync(string site, int gatewayPreapprovalId, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);
        var guard = await session.LoadAsync<GatewayPreapprovalIdGuard>($"{gatewayPreapprovalId}", ct);

        return guard is null ? null : await PreapprovalStreams.FoldAsync(session, guard.PreapprovalId, ct);
    }

    private async Task<IReadOnlyList<ReconciliationStray>> NextAsync(ReconciliationRun run, CancellationToken ct)
    {
        await using var session = store.QuerySession(run.Site);

        return await session.Query<ReconciliationStray>()
            .Where(stray => stray.GoneAt == null && stray.Kind == ReconciliationStray.OfPayment
                && stray.GatewayId > run.AfterLost)
            .OrderBy(stray => stray.GatewayId).Take(AtOnce).ToListAsync(ct);
    }
}
