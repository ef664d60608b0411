using Billing.Api.Notifying;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.EventStore;
using Billing.Messaging;

namespace Billing.Api.Comparing;

/// <summary>Asks the gateway what it has and compares it with the books, one small question at a time: reads only, bounded in pace, resumable, one node per site.</summary>
/// <remarks>
/// Preapprovals are read one by one. Payments come in pages, whose limited rows decide nothing: where one gives reason, the payment itself is asked for.
/// What could not be asked is counted and asked again by the next walk; nothing is read from it. What the gateway has and we have not is raised, never adopted.
/// </remarks>
public sealed class DriftWalk(
    IPaymentGateway gateway, EventStore.EventStore store, MessageBus bus, ComparedBooks books, WalkLog log, DriftSettings drift, Settings settings, TimeProvider clock)
{
    private const int AtOnce = 20;
    private const int Tries = 3;
    private const int MostTurns = 5;
    private const int MostPages = 1_000_000;

    // After so many questions in a row without an answer the gateway is away, and the walk waits for another day.
    private const int MostUnasked = 5;

    private static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(3);

    // In which zone the gateway counts is stated nowhere: the window is asked for with room on both sides.
    private static readonly TimeSpan AnyZone = TimeSpan.FromHours(14);

    private int unaskedInARow;

    /// <summary>Goes on with the walk of a site until it is done, the gateway is away, or another node has it.</summary>
    /// <param name="report">Sees each state that is written down.</param>
    /// <returns>Null: there is none, or another node has it. Otherwise how far it is; not done when the gateway was away.</returns>
    public async Task<Walk?> GoOnAsync(string tenant, Action<Walk> report, CancellationToken ct)
    {
        var token = Guid.CreateVersion7();

        return await log.TakeAsync(tenant, token, ct) is { } walk ? await WalkAsync(walk, token, report, ct) : null;
    }

    /// <summary>Begins a walk and goes on with it, or with the one that is under way.</summary>
    /// <inheritdoc cref="GoOnAsync"/>
    public async Task<Walk?> BeginAsync(Walk walk, Action<Walk> report, CancellationToken ct)
    {
        var token = Guid.CreateVersion7();

        return await log.BeginAsync(walk, token, clock.GetUtcNow(), ct) ? await WalkAsync(walk, token, report, ct) : await GoOnAsync(walk.Tenant, report, ct);
    }

    private async Task<Walk?> WalkAsync(Walk walk, Guid token, Action<Walk> report, CancellationToken ct)
    {
        unaskedInARow = 0;

        try
        {
            while (!walk.IsDone && unaskedInARow < MostUnasked)
            {
                await foreach (var next in StepAsync(walk, ct))
                {
                    walk = next;

                    if (!await log.SaveAsync(walk, token, clock.GetUtcNow(), ct))
                    {
                        return null;
                    }

                    report(walk);

                    if (unaskedInARow >= MostUnasked)
                    {
                        break;
                    }
                }
            }

            return walk;
        }
        finally
        {
            await log.LetGoAsync(walk.Tenant, token);
        }
    }

    private IAsyncEnumerable<Walk> StepAsync(Walk walk, CancellationToken ct) => walk.Stage switch
    {
        Walk.OfPreapprovals => PreapprovalsAsync(walk, ct),
        Walk.OfStrays => StraysAsync(walk, ct),
        Walk.OfPayments => PageAsync(walk, ct),
        _ => MissingAsync(walk, ct),
    };

    private async IAsyncEnumerable<Walk> PreapprovalsAsync(Walk walk, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var ids = await books.PreapprovalsAsync(walk.Tenant, walk.AfterPreapproval, walk.Since, AtOnce, ct);

        foreach (var id in ids)
        {
            if (await store.AggregateAsync(new StreamKey(walk.Tenant, id), unseal: true, ct: ct) is { State: Preapproval { Gateway: { } known } state })
            {
                var answer = await AskAsync(() => gateway.ReadMandateAsync(walk.Tenant, known.PreapprovalId, ct), it => it is MandateAnswer.Told or MandateAnswer.NotFound, ct);

                if (answer is null && unaskedInARow >= MostUnasked)
                {
                    yield return walk with { Unasked = walk.Unasked + 1 };
                    yield break;
                }

                walk = answer is null ? walk with { Unasked = walk.Unasked + 1 } : await RecordAsync(walk, Of(walk, state, answer), ct);
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
    private async IAsyncEnumerable<Walk> StraysAsync(Walk walk, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        if (await AskAsync(async () => await gateway.ListMandatesAsync(walk.Tenant, settings.ListScan, ct), it => it is not null, ct) is { } shown)
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

    private async IAsyncEnumerable<Walk> PageAsync(Walk walk, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        if (await AskAsync(async () => await gateway.ListPaymentsAsync(walk.Tenant, walk.Since - AnyZone, walk.Until + AnyZone, walk.Page, ct), it => it is not null, ct) is not { } page)
        {
            // A page that is left out would leave charges out: the walk stays here.
            unaskedInARow = MostUnasked;
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
                walk = held.MayDiffer(row) ? await CompareAsync(walk, held, row, ct) : walk;
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

    private async IAsyncEnumerable<Walk> MissingAsync(Walk walk, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var missing = await books.MissingAsync(walk.Tenant, walk.AfterCharge, walk.Since, walk.Until, AtOnce, ct);

        foreach (var held in missing)
        {
            yield return walk = await CompareAsync(walk, held, null, ct) with { AfterCharge = held.Id, Payments = walk.Payments + 1 };
        }

        if (missing.Count < AtOnce)
        {
            await books.LetStraysGoAsync(walk.Tenant, clock.GetUtcNow(), ct);
            yield return walk with { Stage = Walk.Done };
        }
    }

    private async Task<Walk> CompareAsync(Walk walk, HeldCharge held, PaymentReading? row, CancellationToken ct)
    {
        if (await store.AggregateAsync(new StreamKey(walk.Tenant, held.PreapprovalId), ct: ct) is not { State: Preapproval { Gateway: { } known } state }
            || state.Charges.GetValueOrDefault(held.Id) is not { } charge)
        {
            return walk;
        }

        var order = new ChargeOrder(walk.Tenant, held.Id, known.PreapprovalId, state.Terms.MethodId, charge.Amount, null, null);
        var answer = await AskAsync(() => gateway.FindChargeAsync(order, ct), it => it is ChargeAnswer.Told or ChargeAnswer.NotFound or ChargeAnswer.Unknown { Symptom: "mismatch_amount" }, ct);

        return answer is null
            ? walk with { Unasked = walk.Unasked + 1 }
            : await RecordAsync(walk, new CompareCharge(
                walk.Tenant, held.PreapprovalId, charge.State, new ChargeNews(held.Id, answer, LearntFrom.LookUp, null, null), answer is ChargeAnswer.Unknown ? row?.Amount : null, walk.Heal), ct);
    }

    private async Task<Walk> RecordAsync(Walk walk, object command, CancellationToken ct)
    {
        var events = (await bus.InvokeAsync(command, new Metadata(UserName: walk.By), ct)).Events;

        return walk with { Found = walk.Found + events.OfType<DriftFound>().Sum(it => it.Fields.Count), Healed = walk.Healed + events.OfType<DriftHealed>().Sum(it => it.Fields.Count) };
    }

    // Null: it could not be asked, however often. At most one question per interval.
    private async Task<T?> AskAsync<T>(Func<Task<T>> ask, Func<T, bool> isAnswer, CancellationToken ct)
        where T : class?
    {
        for (var (tries, turns) = (0, 0); tries < Tries && turns < MostTurns;)
        {
            await Task.Delay(drift.Interval, ct);
            var answer = await ask();

            if (isAnswer(answer))
            {
                unaskedInARow = 0;
                return answer;
            }

            // What never left the house is no try, but nobody waits for ever for a gateway that is away.
            var wait = answer switch
            {
                MandateAnswer.NotSent it => it.Wait,
                ChargeAnswer.NotSent it => it.Wait,
                _ => TimeSpan.Zero,
            };
            (tries, turns) = wait > TimeSpan.Zero ? (tries, turns + 1) : (tries + 1, turns);
            await Task.Delay(wait < LongestTurn ? wait : LongestTurn, ct);
        }

        unaskedInARow++;

        return null;
    }
}
