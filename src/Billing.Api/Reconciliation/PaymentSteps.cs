using System.Runtime.CompilerServices;
using Billing.Api.Charges;
using Billing.Api.Hosting.Clock;
using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;

namespace Billing.Api.Reconciliation;

/// <summary>The steps that compare payments: the gateway's pages, then those of ours that no page has shown.</summary>
/// <remarks>The limited rows of a page decide nothing: where one gives reason, the payment itself is read.</remarks>
public sealed class PaymentSteps(
    IPaymentGateway gateway, ComparedPayments payments, Strays strays, FindingRecorder findings, LookUpPolicy lookUps,
    BusinessClock clock,
    TimeProvider realTime)
{
    private const int AtOnce = 20;
    private const int MostPages = 1_000_000;

    // In which zone the gateway counts is stated nowhere: the period is asked for with room on both sides.
    private static readonly TimeSpan AnyZone = TimeSpan.FromHours(14);

    public async IAsyncEnumerable<ReconciliationRun> PageAsync(
        ReconciliationRun run, ThrottledGateway throttled, [EnumeratorCancellation] CancellationToken ct)
    {
        var page = await throttled.AskAsync(
            () => gateway.ListPaymentsAsync(run.Site, run.Since - AnyZone, run.Until + AnyZone, run.Page, ct),
            page => page is not null, ct);

        if (page is null)
        {
            // Without this page charges would be left out: the run stays here.
            throttled.GiveUp();
            yield return run with { Unasked = run.Unasked + 1 };
            yield break;
        }

        var rows = page.Payments.Where(row => row.MerchantTransactionId is { Length: > 0 }).ToList();
        var ours = await payments.LoadAsync(
            run.Site, [.. rows.Select(row => row.MerchantTransactionId!).Distinct()], ct);
        var preapprovals = await strays.OursAsync(
            run.Site, rows.Select(row => row.GatewayPreapprovalId).OfType<int>(), ct);

        foreach (var row in rows)
        {
            run = ours.GetValueOrDefault(row.MerchantTransactionId!) is { } held
                ? ComparedPayments.MayDiffer(held, row) ? await CompareAsync(run, held, row, throttled, ct) : run
                : await ReportAsync(run, row, preapprovals, ct);
        }

        await payments.MarkSeenAsync(run.Site, [.. ours.Keys], ct);

        yield return run with
        {
            ComparedPayments = run.ComparedPayments + ours.Count,
            Page = run.Page + 1,
            Step = page.IsLast || run.Page >= MostPages ? ReconciliationRun.Lost : ReconciliationRun.Payments,
        };
    }

    public async IAsyncEnumerable<ReconciliationRun> MissingAsync(
        ReconciliationRun run, ThrottledGateway throttled, [EnumeratorCancellation] CancellationToken ct)
    {
        var missing = await payments.MissingAsync(run, AtOnce, ct);

        foreach (var held in missing)
        {
            run = await CompareAsync(run, held, null, throttled, ct);

            yield return run = run with { AfterCharge = held.Id, ComparedPayments = run.ComparedPayments + 1 };
        }

        if (missing.Count < AtOnce)
        {
            await strays.CloseKnownAsync(run.Site, clock.GetUtcNow(), ct);
            yield return run with { Step = ReconciliationRun.Done };
        }
    }

    private async Task<ReconciliationRun> CompareAsync(
        ReconciliationRun run, Payment held, PaymentSnapshot? row, ThrottledGateway throttled, CancellationToken ct)
    {
        var (charge, askedAt) = (held.Charge, realTime.GetUtcNow());
        var order = charge.LookUpOrder(run.Site, held.GatewayPreapprovalId, held.MethodId);
        var answer = await throttled.AskAsync(() => gateway.FindChargeAsync(order, ct), IsAnswer, ct);

        if (answer is null)
        {
            return run with { Unasked = run.Unasked + 1 };
        }

        var update = new ChargeUpdate(held.Id, answer, LearntFrom.LookUp, askedAt);
        var listed = answer is ChargeResult.Unknown ? row?.Amount : null;

        return await findings.RecordAsync(run, held.PreapprovalId, state =>
            PreapprovalDecider.CompareCharge(
                state, charge.State, update, listed, run.Heal, lookUps, clock.GetUtcNow()));
    }

    private async Task<ReconciliationRun> ReportAsync(
        ReconciliationRun run, PaymentSnapshot row, HashSet<int> preapprovals, CancellationToken ct)
    {
        var isOurs = ChargeId.IsDerivedForm(row.MerchantTransactionId!)
            || (row.GatewayPreapprovalId is { } preapproval && preapprovals.Contains(preapproval));

        return isOurs && row.Gateway.PaymentId is { } id && await strays.ReportAsync(
            run.Site, ReconciliationStray.OfPayment, id, row.MerchantTransactionId, row.Gateway.StatusId,
            clock.GetUtcNow(), ct)
            ? run with { Found = run.Found + 1 }
            : run;
    }

    private static bool IsAnswer(ChargeResult answer) =>
        answer is ChargeResult.Confirmed or ChargeResult.NotFound
            or ChargeResult.Unknown { Symptom: "mismatch_amount" };
}
