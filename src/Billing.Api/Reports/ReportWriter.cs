using Billing.Api.Hosting;
using Billing.Domain.Preapprovals;
using Billing.Domain.Reports;
using Npgsql;

namespace Billing.Api.Reports;

/// <summary>Adds events to the tables of the reports. The only code that does.</summary>
/// <remarks>
/// A page of events and the progress are one transaction, and one transaction writes at a time, on all nodes: each
/// event is counted once. Plain charges are added up by PostgreSQL; what else happened to a charge is folded.
/// </remarks>
public sealed class ReportWriter(NpgsqlDataSource dataSource, Database database)
{
    public const int MostAtOnce = 5_000;

    /// <summary>An SQL expression: <see cref="ChargeUnit.KeyOf"/> of an event e.</summary>
    internal const string UnitKey =
        "coalesce(e.data #>> '{Charge,Period,DueOn}', '=' || (e.data #>> '{Charge,MerchantTransactionId}'), "
        + "e.data #>> '{Period,DueOn}')";

    private const string IsWatching =
        "(e.type = any ($3) or (e.type = 'payment_charged' and e.data ->> 'LearntFrom' <> 'Answer'))";

    internal static readonly string[] WatchedTypes = NamesOf(ChargeUnit.Watched);
    internal static readonly string[] SteppingTypes = NamesOf(RevenueSteps.Stepping);

    private readonly string schema = database.Schema;
    private readonly ReportFold fold = new(database);

    /// <summary>Adds the events after the progress, in short commits.</summary>
    /// <param name="ceiling">The last sequence number; all events up to it must be committed.</param>
    /// <param name="added">Called with the number of events after each commit.</param>
    public async Task AppendAsync(long ceiling, CancellationToken ct, Action<long>? added = null)
    {
        while (await AppendPageAsync(ceiling, ct) is > 0 and var count)
        {
            added?.Invoke(count);
            ct.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Empties the tables. The reports answer 503 until as many events are counted as there are now.</summary>
    /// <returns>The sequence number up to which the caller has to append.</returns>
    public async Task<long> ClearAsync(CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await LockAsync(connection, ct);
        await using var batch = new NpgsqlBatch(connection);

        foreach (var table in (string[])[ReportTables.Days, ReportTables.Units, ReportTables.Steps])
        {
            batch.BatchCommands.Add(new($"delete from {schema}.{table}"));
        }

        batch.BatchCommands.Add(new(
            $"update {schema}.{ReportTables.Progress} "
            + "set rebuilt_up_to = greatest(rebuilt_up_to, last_seq_id), last_seq_id = 0"));
        batch.BatchCommands.Add(new($"select coalesce(max(rebuilt_up_to), 0) from {schema}.{ReportTables.Progress}"));
        var upTo = (long)(await batch.ExecuteScalarAsync(ct))!;
        await transaction.CommitAsync(ct);

        return upTo;
    }

    private async Task<long> AppendPageAsync(long ceiling, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await LockAsync(connection, ct);

        if (await NextAsync(connection, ceiling, ct) is not { } page)
        {
            return 0;
        }

        var keys = await AddPlainAsync(connection, page, ct);

        if (keys.Count > 0)
        {
            await fold.AddAsync(connection, keys, page.After, page.UpTo, ct);
        }

        await transaction.CommitAsync(ct);

        return page.Count;
    }

    private async Task LockAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            "select pg_advisory_xact_lock(hashtextextended($1, 0))", connection).With($"{schema}.reports");
        await command.ExecuteNonQueryAsync(ct);
    }

    // In a statement of its own: it sees what the holder of the lock before has committed.
    private async Task<Page?> NextAsync(NpgsqlConnection connection, long ceiling, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select after, max(seq_id), count(*)
            from (select coalesce(max(last_seq_id), 0) as after from {schema}.{ReportTables.Progress}) progress,
                lateral (
                    select seq_id from {schema}.mt_events e
                    where seq_id > after and seq_id <= $1 order by seq_id limit {MostAtOnce}) page
            group by after
            """, connection).With(ceiling);
        await using var row = await command.ExecuteReaderAsync(ct);

        return await row.ReadAsync(ct) ? new(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)) : null;
    }

    private async Task<List<ReportKey>> AddPlainAsync(NpgsqlConnection connection, Page page, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        Add(batch, MarkUnits(), page.After, page.UpTo, WatchedTypes);
        Add(batch, AddUpCharges(), page.After, page.UpTo);
        Add(
            batch,
            $"""
            insert into {schema}.{ReportTables.Progress} as p (id, last_seq_id, rebuilt_up_to)
            values (1, $1, (select max(seq_id) from {schema}.mt_events))
            on conflict (id) do update set last_seq_id = excluded.last_seq_id
            """, page.UpTo);
        Add(batch, ToFold(), page.After, page.UpTo, WatchedTypes, SteppingTypes);
        var keys = new List<ReportKey>();
        await using var row = await batch.ExecuteReaderAsync(ct);

        while (await row.ReadAsync(ct))
        {
            keys.Add(new(row.GetString(0), row.GetGuid(1), row.GetString(2)));
        }

        return keys;
    }

    private string MarkUnits() =>
        $"""
        insert into {schema}.{ReportTables.Units} (tenant_id, stream_id, unit)
        select distinct e.tenant_id, e.stream_id, {UnitKey} from {schema}.mt_events e
        where e.seq_id > $1 and e.seq_id <= $2 and {IsWatching}
        on conflict do nothing
        """;

    // Learnt from the answer to our own call, so that it happened when it was learnt.
    private string AddUpCharges() =>
        $"""
        insert into {schema}.{ReportTables.Days} as d (tenant_id, day, currency, charged_count, charged_minor)
        select e.tenant_id, ((e.data ->> 'HappenedAt')::timestamptz at time zone 'UTC')::date,
            coalesce(e.data -> 'CapturedAmount', e.data -> 'Amount') ->> 'Currency', count(*),
            sum((coalesce(e.data -> 'CapturedAmount', e.data -> 'Amount') ->> 'Minor')::bigint)
        from {schema}.mt_events e
        where e.seq_id > $1 and e.seq_id <= $2 and e.type = 'payment_charged'
            and not exists (select from {schema}.{ReportTables.Units} u
                where u.tenant_id = e.tenant_id and u.stream_id = e.stream_id and u.unit = {UnitKey})
        group by 1, 2, 3
        on conflict (tenant_id, day, currency) do update set
            charged_count = d.charged_count + excluded.charged_count,
            charged_minor = d.charged_minor + excluded.charged_minor
        """;

    private string ToFold() =>
        $"""
        select distinct e.tenant_id, e.stream_id, {UnitKey} from {schema}.mt_events e
        where e.seq_id > $1 and e.seq_id <= $2 and (e.type = any ($3) or e.type = 'payment_charged')
            and exists (select from {schema}.{ReportTables.Units} u
                where u.tenant_id = e.tenant_id and u.stream_id = e.stream_id and u.unit = {UnitKey})
        union all
        select distinct e.tenant_id, e.stream_id, '{ReportKey.Revenue}' from {schema}.mt_events e
        where e.seq_id > $1 and e.seq_id <= $2 and e.type = any ($4)
        """;

    private static void Add(NpgsqlBatch batch, string sql, params ReadOnlySpan<object> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);

        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        batch.BatchCommands.Add(command);
    }

    internal static string[] NamesOf(IEnumerable<Type> types) =>
        [.. types.Select(type => StoredEvents.All.Single(stored => stored.ClrType == type).Name)];

    /// <param name="After">Sequence number, not included.</param>
    /// <param name="UpTo">Sequence number, included.</param>
    private sealed record Page(long After, long UpTo, long Count);
}

/// <summary>What has to be folded: a unit of charges of a stream, or its recurring revenue.</summary>
/// <param name="Unit"><see cref="ChargeUnit.KeyOf"/>, or <see cref="Revenue"/>.</param>
public sealed record ReportKey(string Site, Guid StreamId, string Unit)
{
    /// <summary>No unit has such a key.</summary>
    public const string Revenue = "revenue";
}
