using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Domain.Scheduling;
using Marten;
using Marten.Linq.MatchesSql;
using Wolverine;

namespace Billing.Api.PriceChanges;

/// <summary>Begins, runs, cancels and reads changes of many prices of a site.</summary>
public sealed class PriceChangeCommands(IDocumentStore store, IServiceScopeFactory scopes, BusinessClock clock)
{
    /// <summary>Begins the dry run of a new change. It changes nothing until it is run.</summary>
    /// <param name="requestedBefore">Only subscriptions requested before; null: before now.</param>
    public async Task<PriceChange> CreateAsync(
        string site, PriceTerms terms, int? methodId, DateTimeOffset? requestedBefore, string by, CancellationToken ct)
    {
        terms.Check();
        var now = clock.GetUtcNow();
        var change = new PriceChange
        {
            Id = Guid.CreateVersion7(), Terms = terms, MethodId = methodId, CreatedAt = now, By = by,
            RequestedBefore = requestedBefore < now ? requestedBefore.Value : now,
        };
        await using var session = store.LightweightSession(site);
        session.Insert(change);
        await session.SaveChangesAsync(ct);

        return change;
    }

    /// <inheritdoc cref="PriceChange.ToRun"/>
    public Task<PriceChange> RunAsync(string site, Guid id, CancellationToken ct) =>
        MoveAsync(site, id, change => change.ToRun(), ct);

    /// <inheritdoc cref="PriceChange.ToCancel"/>
    public Task<PriceChange> CancelAsync(string site, Guid id, CancellationToken ct) =>
        MoveAsync(site, id, change => change.ToCancel(), ct);

    /// <summary>Goes on by one page.</summary>
    /// <returns>Null where another node is at it.</returns>
    public async Task<PriceChange?> AdvanceAsync(string site, Guid id)
    {
        await using var scope = scopes.CreateAsyncScope();
        var changed = await scope.ServiceProvider.GetRequiredService<IMessageBus>()
            .InvokeForTenantAsync<ChangedPrices>(site, new ChangePrices(id), CancellationToken.None);

        return changed.Change;
    }

    /// <exception cref="NotFoundException">This site has no such change.</exception>
    public async Task<PriceChange> FindAsync(string site, Guid id, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);

        return await session.LoadAsync<PriceChange>(id, ct) ?? throw new NotFoundException();
    }

    /// <summary>Newest first.</summary>
    /// <param name="before">The last one of the page before; null: from the newest.</param>
    public async Task<IReadOnlyList<PriceChange>> ListAsync(string site, Guid? before, int most, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);
        IQueryable<PriceChange> all = session.Query<PriceChange>();

        if (before is { } last)
        {
            all = all.Where(change => change.MatchesSql("d.id < ?", last));
        }

        return await all.OrderByDescending(change => change.Id).Take(most).ToListAsync(ct);
    }

    /// <summary>The oldest change of the site that has something to do.</summary>
    public async Task<PriceChange?> NextAsync(string site, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);

        return await session.Query<PriceChange>()
            .Where(change => change.IsUnderWay)
            .OrderBy(change => change.Id).FirstOrDefaultAsync(ct);
    }

    /// <summary>The subscriptions that were refused, in the order of their ids.</summary>
    /// <param name="after">The last one of the page before; null: from the beginning.</param>
    public async Task<IReadOnlyList<PriceChangeRefusal>> RefusedAsync(
        string site, Guid id, Guid? after, int most, CancellationToken ct)
    {
        var last = after ?? Guid.Empty;
        await using var session = store.QuerySession(site);

        return await session.Query<PriceChangeRefusal>()
            .Where(refusal => refusal.PriceChangeId == id && refusal.MatchesSql("d.subscription_id > ?", last))
            .OrderBy(refusal => refusal.SubscriptionId).Take(most).ToListAsync(ct);
    }

    // Waits for the page that is under way: what it does is counted before the state changes.
    private async Task<PriceChange> MoveAsync(
        string site, Guid id, Func<PriceChange, PriceChange> move, CancellationToken ct)
    {
        await using var session = store.LightweightSession(site);
        var change = await PriceChangeRows.WaitForAsync(session, id, ct) ?? throw new NotFoundException();
        var next = move(change);
        session.Store(next);
        await session.SaveChangesAsync(ct);

        return next;
    }
}
