using System.Runtime.CompilerServices;
using Billing.Api.Notifying;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.EventStore;

namespace Billing.Api.Comparing;

/// <summary>The part of a walk that is about preapprovals: ours are read one by one, then those of the gateway's list that we lack are raised.</summary>
public sealed class PreapprovalStages(IPaymentGateway gateway, EventStore.EventStore store, ComparedBooks books, Findings findings, Settings settings, TimeProvider clock)
{
    private const int AtOnce = 20;

    public async IAsyncEnumerable<Walk> ReadAsync(Walk walk, Questions questions, [EnumeratorCancellation] CancellationToken ct)
    {
        var ids = await books.PreapprovalsAsync(walk.Tenant, walk.AfterPreapproval, walk.Since, AtOnce, ct);

        foreach (var id in ids)
        {
            if (await store.AggregateAsync(new StreamKey(walk.Tenant, id), unseal: true, ct: ct) is { State: Preapproval { Gateway: { } known } state })
            {
                var answer = await questions.AskAsync(() => gateway.ReadMandateAsync(walk.Tenant, known.PreapprovalId, ct), it => it is MandateAnswer.Told or MandateAnswer.NotFound, ct);

                if (answer is null && questions.IsGatewayAway)
                {
                    yield return walk with { Unasked = walk.Unasked + 1 };
                    yield break;
                }

                walk = answer is null ? walk with { Unasked = walk.Unasked + 1 } : await findings.RecordAsync(walk, Of(walk, state, answer), ct);
            }

            yield return walk = walk with { AfterPreapproval = id, Preapprovals = walk.Preapprovals + 1 };
        }

        if (ids.Count < AtOnce)
        {
            yield return walk with { Stage = Walk.OfStrays };
        }
    }

    private static CompareMandate Of(Walk walk, Preapproval state, MandateAnswer answer) => answer is MandateAnswer.Told told
        ? new(walk.Tenant, state.Id, state.Status, answer, MandateDifferences.Between(walk.Tenant, state, told.Mandate), MandateDifferences.Agreeing(walk.Tenant, state, told.Mandate), walk.Heal)
        : new(walk.Tenant, state.Id, state.Status, answer, [], [], walk.Heal);

    // The list is bounded: what it shows and we lack is raised, what it does not show says nothing.
    public async IAsyncEnumerable<Walk> StraysAsync(Walk walk, Questions questions, [EnumeratorCancellation] CancellationToken ct)
    {
        if (await questions.AskAsync(async () => await gateway.ListMandatesAsync(walk.Tenant, settings.ListScan, ct), it => it is not null, ct) is { } shown)
        {
            var ours = await books.OursAsync(walk.Tenant, [.. shown.Select(row => (long)row.Gateway.PreapprovalId)], ct);

            foreach (var row in shown.Where(row => !ours.Contains(row.Gateway.PreapprovalId)))
            {
                var isNew = await books.StrayAsync(walk.Tenant, "preapproval", row.Gateway.PreapprovalId, row.Terms.MerchantPreapprovalId, row.Gateway.StatusId, "not_in_our_books", clock.GetUtcNow(), ct);
                walk = isNew ? walk with { Found = walk.Found + 1 } : walk;
            }
        }
        else
        {
            walk = walk with { Unasked = walk.Unasked + 1 };
        }

        yield return walk with { Stage = Walk.OfPayments };
    }
}
