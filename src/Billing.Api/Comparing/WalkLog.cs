using Npgsql;

namespace Billing.Api.Comparing;

/// <summary>Where the walks stand, in the books: one node walks a site, the next one goes on where it stopped.</summary>
public sealed class WalkLog(NpgsqlDataSource books, Settings settings)
{
    private const string Columns = "tenant_id, stage, after_preapproval, after_charge, page, since, until, heal, walked_by, preapprovals, payments, found, healed, unasked";

    /// <summary>Longer than any one question takes: look-ups ask twice.</summary>
    private TimeSpan Lease => (2 * settings.GatewayTimeout) + TimeSpan.FromSeconds(30);

    /// <summary>Begins a walk where none is under way, and takes it. Called by many nodes at once, one of them begins it.</summary>
    public async Task<bool> BeginAsync(Walk walk, Guid token, DateTimeOffset now, CancellationToken ct) => await RunAsync(
        """
        with begun as (
            insert into drift_walks as w (tenant_id, stage, since, until, heal, walked_by, started_at, token, leased_until) values ($1, 'preapprovals', $2, $3, $4, $5, $6, $7, clock_timestamp() + $8)
            on conflict (tenant_id) do update
            set stage = 'preapprovals', after_preapproval = null, after_charge = null, page = 1, since = $2, until = $3, heal = $4, walked_by = $5,
                preapprovals = 0, payments = 0, found = 0, healed = 0, unasked = 0, started_at = $6, finished_at = null, token = $7, leased_until = clock_timestamp() + $8
            where w.stage = 'done'
            returning tenant_id),
        fresh as (delete from drift_seen where tenant_id in (select tenant_id from begun))
        select count(*) from begun
        """,
        ct, walk.Tenant, walk.Since, walk.Until, walk.Heal, walk.By, now, token, Lease) is 1L;

    /// <summary>Takes the walk under way of a site, if no other node has it.</summary>
    public async Task<Walk?> TakeAsync(string tenant, Guid token, CancellationToken ct)
    {
        await using var command = With(books.CreateCommand(
            $"""
            update drift_walks set token = $2, leased_until = clock_timestamp() + $3
            where tenant_id = $1 and stage <> 'done' and (leased_until is null or leased_until <= clock_timestamp())
            returning {Columns}
            """), tenant, token, Lease);
        await using var row = await command.ExecuteReaderAsync(ct);

        return await row.ReadAsync(ct) ? Read(row) : null;
    }

    public async Task<Walk?> LastAsync(string tenant, CancellationToken ct)
    {
        await using var command = With(books.CreateCommand($"select {Columns} from drift_walks where tenant_id = $1"), tenant);
        await using var row = await command.ExecuteReaderAsync(ct);

        return await row.ReadAsync(ct) ? Read(row) : null;
    }

    /// <summary>Business time at which the last walk ended; null when none has, or one is under way.</summary>
    public async Task<DateTimeOffset?> FinishedAtAsync(string tenant, CancellationToken ct) =>
        await RunAsync("select finished_at from drift_walks where tenant_id = $1", ct, tenant) is DateTime at ? new DateTimeOffset(at, TimeSpan.Zero) : null;

    /// <summary>Writes down how far the walk is and holds it on.</summary>
    /// <returns>False: another node has it. Whoever walked here stops.</returns>
    public async Task<bool> SaveAsync(Walk walk, Guid token, DateTimeOffset now, CancellationToken ct) => await RunAsync(
        """
        update drift_walks
        set stage = $3, after_preapproval = $4, after_charge = $5, page = $6, preapprovals = $7, payments = $8, found = $9, healed = $10, unasked = $11,
            finished_at = case when $3 = 'done' then $12 end, leased_until = clock_timestamp() + $13
        where tenant_id = $1 and token = $2
        returning true
        """,
        ct, walk.Tenant, token, walk.Stage, walk.AfterPreapproval, walk.AfterCharge, walk.Page, walk.Preapprovals, walk.Payments, walk.Found, walk.Healed, walk.Unasked, now, Lease) is true;

    public async Task LetGoAsync(string tenant, Guid token) =>
        await RunAsync("update drift_walks set token = null, leased_until = null where tenant_id = $1 and token = $2", CancellationToken.None, tenant, token);

    private async Task<object?> RunAsync(string sql, CancellationToken ct, params object[] parameters)
    {
        await using var command = With(books.CreateCommand(sql), parameters);

        return await command.ExecuteScalarAsync(ct);
    }

    private static NpgsqlCommand With(NpgsqlCommand command, params object[] parameters)
    {
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new() { Value = parameter });
        }

        return command;
    }

    private static Walk Read(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetString(1), row.IsDBNull(2) ? Guid.Empty : row.GetGuid(2), row.IsDBNull(3) ? "" : row.GetString(3), row.GetInt32(4),
        row.GetFieldValue<DateTimeOffset>(5), row.GetFieldValue<DateTimeOffset>(6), row.GetBoolean(7), row.GetString(8),
        row.GetInt64(9), row.GetInt64(10), row.GetInt64(11), row.GetInt64(12), row.GetInt64(13));
}
