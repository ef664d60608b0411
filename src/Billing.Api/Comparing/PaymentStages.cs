using System.Runtime.CompilerServices;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.EventStore;

namespace Billing.Api.Comparing;

/// <summary>The part of a walk that is about payments: the gateway's pages, then what of ours stood on none of them.</summary>
/// <remarks>The limited rows of a page decide nothing: where one gives reason, the payment itself is asked for.</remarks>
public sealed class PaymentStages(IPaymentGateway gateway, EventStore.EventStore store, ComparedBooks books, Findings findings, TimeProvider clock)
{
    private const int AtOnce = 20;
    private const int MostPages = 1_000_000;

    // In which zone the gateway counts is stated nowhere: the window is asked for with room on both sides.
    private static readonly TimeSpan AnyZone = TimeSpan.FromHours(14);

    public async IAsyncEnumerable<Walk> PageAsync(Walk walk, Questions questions, [EnumeratorCancellation] CancellationToken ct)
    {
        if (await questions.AskAsync(async () => await gateway.ListPaymentsAsync(walk.Tenant, walk.Since - AnyZone, walk.Until + AnyZone, walk.Page, ct), it => it is not null, ct) is not { } page)
        {
            // A page that is left out would leave charges out: the walk stays here.
            questions.GiveUp();
            yield return walk with { Unasked = walk.Unasked + 1 };
            yield break;
        }

        var rows = page.Payments.Where(row => row.MerchantTransactionId is { Length: > 0 }).ToList();
        var ours = await books.ChargesAsync(walk.Tenant, [.. rows.Select(row => row.MerchantTransactionId!)], ct);
        var preapprovals = await books.OursAsync(walk.Tenant, [.. rows.Select(row => row.GatewayPreapprovalId).OfType<int>().Select(id => (long)id).Distinct()], ct);

        foreach (var row in rows)
        {
            if (ours.GetValueOrDefault(row.MerchantTransactionId!) is { } held)
            {
                walk = held.MayDiffer(row) ? await CompareAsync(walk, held, row, questions, ct) : walk;
            }
            else if (row.Gateway.PaymentId is { } id && (ChargeId.IsDerivedForm(row.MerchantTransactionId!) || (row.GatewayPreapprovalId is { } preapproval && preapprovals.Contains(preapproval))))
            {
                var isNew = await books.StrayAsync(walk.Tenant, "payment", id, row.MerchantTransactionId, row.Gateway.StatusId, "not_in_our_books", clock.GetUtcNow(), ct);
                walk = isNew ? walk with { Found = walk.Found + 1 } : walk;
            }
        }

        await books.SeenAsync(walk.Tenant, [.. ours.Keys], ct);

        yield return walk with
        {
            Payments = walk.Payments + ours.Count,
            Page = walk.Page + 1,
            Stage = page.IsLast || walk.Page >= MostPages ? Walk.OfMissing : Walk.OfPayments,
        };
    }

    public async IAsyncEnumerable<Walk> MissingAsync(Walk walk, Questions questions, [EnumeratorCancellation] CancellationToken ct)
    {
        var missing = await books.MissingAsync(walk.Tenant, walk.AfterCharge, walk.Since, walk.Until, AtOnce, ct);

        foreach (var held in missing)
        {
            yield return walk = await CompareAsync(walk, held, null, questions, ct) with { AfterCharge = held.Id, Payments = walk.Payments + 1 };
        }

        if (missing.Count < AtOnce)
        {
            await books.LetStraysGoAsync(walk.Tenant, clock.GetUtcNow(), ct);
            yield return walk with { Stage = Walk.Done };
        }
    }

    private async Task<Walk> CompareAsync(Walk walk, HeldCharge held, PaymentReading? row, Questions questions, CancellationToken ct)
    {
        if (await store.AggregateAsync(new StreamKey(walk.Tenant, held.PreapprovalId), ct: ct) is not { State: Preapproval { Gateway: { } known } state }
            || state.Charges.GetValueOrDefault(held.Id) is not { } charge)
        {
            return walk;
        }

        var order = new ChargeOrder(walk.Tenant, held.Id, known.PreapprovalId, state.Terms.MethodId, charge.Amount, null, null);
        var answer = await questions.AskAsync(() => gateway.FindChargeAsync(order, ct), it => it is ChargeAnswer.Told or ChargeAnswer.NotFound or ChargeAnswer.Unknown { Symptom: "mismatch_amount" }, ct);

        return answer is null
            ? walk with { Unasked = walk.Unasked + 1 }
            : await findings.RecordAsync(walk, new CompareCharge(
                walk.Tenant, held.PreapprovalId, charge.State, new ChargeNews(held.Id, answer, LearntFrom.LookUp, null, null), answer is ChargeAnswer.Unknown ? row?.Amount : null, walk.Heal), ct);
    }
}
