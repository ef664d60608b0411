using Billing.Api.Hosting;
using JasperFx;
using Marten;
using Npgsql;

namespace Billing.Api.Reconciliation;

/// <summary>Stores how far the run of each site is, so that any node can continue it.</summary>
public sealed class RunLog(IDocumentStore store, NpgsqlDataSource dataSource, Database database)
{
    public async Task<ReconciliationRun?> FindAsync(string site, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);

        return await session.LoadAsync<ReconciliationRun>(ReconciliationRun.OnlyId, ct);
    }

    /// <summary>The latest run of each site that has one.</summary>
    public async Task<IReadOnlyList<ReconciliationRun>> AllAsync(CancellationToken ct)
    {
        await using var session = store.QuerySession();

        return await session.Query<ReconciliationRun>().Where(run => run.AnyTenant()).ToListAsync(ct);
    }

    /// <summary>Replaces the run that is done, or there is none. The caller holds the lock of the site.</summary>
    public async Task<ReconciliationRun> BeginAsync(
        ReconciliationRun run, ReconciliationRun? last, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"delete from {database.Schema}.{SeenPaymentTable.Name} where tenant_id = $1");
        command.With(run.Site);
        await command.ExecuteNonQueryAsync(ct);

        return await SaveAsync(run with { Version = last?.Version ?? 0 }, ct)
            ?? throw new InvalidOperationException(
                $"The run of site {run.Site} was begun by a node that does not hold its lock.");
    }

    /// <summary>Stores how far the run is.</summary>
    /// <returns>The run as it is stored now; null when another node has changed it, and this one must stop.</returns>
    public async Task<ReconciliationRun?> SaveAsync(ReconciliationRun run, CancellationToken ct)
    {
        var next = run with { Version = run.Version + 1 };

        try
        {
            await using var session = store.LightweightSession(run.Site);
            session.UpdateRevision(next with { }, next.Version);
            await session.SaveChangesAsync(ct);

            return next;
        }
        catch (ConcurrencyException)
        {
            return null;
        }
    }
}
