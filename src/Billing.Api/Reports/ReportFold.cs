using System.Text.Json;
using Billing.Api.Hosting;
using Billing.Domain.Preapprovals;
using Billing.Domain.Reports;
using Npgsql;
using NpgsqlTypes;

namespace Billing.Api.Reports;

/// <summary>Folds the units and subscriptions that a page of events changes, and stores what comes of it.</summary>
internal sealed class ReportFold(Database database)
{
    private static readonly Dictionary<string, StoredEvent> Events =
        StoredEvents.All.ToDictionary(stored => stored.Name);

    private static readonly string[] RevenueTypes =
        ReportWriter.NamesOf(RevenueSteps.Stepping.Concat(RevenueSteps.Counting));

    private static readonly string ExhaustedType = ReportWriter.NamesOf([typeof(RetriesExhausted)])[0];

    private readonly string schema = database.Schema;

    /// <summary>In the caller's transaction.</summary>
    /// <param name="after">What moved up to this sequence number is in the sums already.</param>
    public async Task AddAsync(
        NpgsqlConnection connection, IReadOnlyList<ReportKey> keys, long after, long upTo, CancellationToken ct)
    {
        var units = keys.Where(key => key.Unit != ReportKey.Revenue)
            .ToDictionary(key => key, _ => new ChargeUnit());
        var revenues = keys.Where(key => key.Unit == ReportKey.Revenue)
            .ToDictionary(key => key, _ => new RevenueSteps());
        var days = new PaymentDays();

        await foreach (var (key, sequence, @event) in ReadAsync(connection, keys, upTo, ct))
        {
            if (revenues.TryGetValue(key, out var revenue))
            {
                revenue.Take(@event);
            }
            else if (units[key].Take(@event) is { } movement && sequence > after)
            {
                days.Add(key.Site, movement);
            }
        }

        await using var batch = new NpgsqlBatch(connection);
        AddDays(batch, days);
        AddUnits(batch, units);
        AddSteps(batch, revenues);
        await batch.ExecuteNonQueryAsync(ct);
    }

    private async IAsyncEnumerable<(ReportKey Key, long Sequence, PreapprovalEvent Event)> ReadAsync(
        NpgsqlConnection connection, IReadOnlyList<ReportKey> keys, long upTo,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select k.site, k.stream, k.unit, e.seq_id, e.type, e.data::text
            from unnest($1::text[], $2::uuid[], $3::text[]) as k (site, stream, unit)
            join {schema}.mt_events e on e.tenant_id = k.site and e.stream_id = k.stream
            where e.seq_id <= $4 and case k.unit when '{ReportKey.Revenue}' then e.type = any ($5)
                else (e.data ? 'Charge' or e.type = '{ExhaustedType}')
                    and {ReportWriter.UnitKey} = k.unit end
            order by e.stream_id, e.version
            """, connection).With(
            keys.Select(key => key.Site).ToArray(), keys.Select(key => key.StreamId).ToArray(),
            keys.Select(key => key.Unit).ToArray(), upTo, RevenueTypes);
        await using var row = await command.ExecuteReaderAsync(ct);

        while (await row.ReadAsync(ct))
        {
            var stored = Events[row.GetString(4)];
            yield return (
                new(row.GetString(0), row.GetGuid(1), row.GetString(2)), row.GetInt64(3),
                (PreapprovalEvent)JsonSerializer.Deserialize(row.GetString(5), stored.Json)!);
        }
    }

    private void AddDays(NpgsqlBatch batch, PaymentDays days)
    {
        var rows = days.Rows.Where(row => row.Value != default).ToArray();
        var names = ReportTables.Sums;
        var command = new NpgsqlBatchCommand(
            $"""
            insert into {schema}.{ReportTables.Days} as d (tenant_id, day, currency, {string.Join(", ", names)})
            select * from unnest($1::text[], $2::date[], $3::text[],
                {string.Join(", ", names.Select((_, i) => $"${i + 4}::bigint[]"))})
            on conflict (tenant_id, day, currency) do update set
                {string.Join(", ", names.Select(name => $"{name} = d.{name} + excluded.{name}"))}
            """);
        Add(command, rows.Select(row => row.Key.Site).ToArray());
        Add(command, rows.Select(row => row.Key.Day).ToArray());
        Add(command, rows.Select(row => row.Key.Currency).ToArray());

        foreach (var i in Enumerable.Range(0, names.Count))
        {
            Add(command, rows.Select(row => PaymentDays.SumsOf(row.Value)[i]).ToArray());
        }

        batch.BatchCommands.Add(command);
    }

    private void AddUnits(NpgsqlBatch batch, Dictionary<ReportKey, ChargeUnit> units)
    {
        var command = new NpgsqlBatchCommand(
            $"""
            update {schema}.{ReportTables.Units} u
            set due_on = k.due_on, currency = k.currency, unpaid_minor = k.unpaid
            from unnest($1::text[], $2::uuid[], $3::text[], $4::date[], $5::text[], $6::bigint[])
                as k (site, stream, unit, due_on, currency, unpaid)
            where u.tenant_id = k.site and u.stream_id = k.stream and u.unit = k.unit
            """);
        Add(command, units.Keys.Select(key => key.Site).ToArray());
        Add(command, units.Keys.Select(key => key.StreamId).ToArray());
        Add(command, units.Keys.Select(key => key.Unit).ToArray());
        Add(command, units.Values.Select(unit => unit.DueOn).ToArray(), NpgsqlDbType.Date);
        Add(command, units.Values.Select(unit => unit.Unpaid?.Currency).ToArray(), NpgsqlDbType.Text);
        Add(command, units.Values.Select(unit => unit.Unpaid?.Minor).ToArray(), NpgsqlDbType.Bigint);
        batch.BatchCommands.Add(command);
    }

    private void AddSteps(NpgsqlBatch batch, Dictionary<ReportKey, RevenueSteps> revenues)
    {
        var remove = new NpgsqlBatchCommand(
            $"""
            delete from {schema}.{ReportTables.Steps} s using unnest($1::text[], $2::uuid[]) as k (site, stream)
            where s.tenant_id = k.site and s.stream_id = k.stream
            """);
        Add(remove, revenues.Keys.Select(key => key.Site).ToArray());
        Add(remove, revenues.Keys.Select(key => key.StreamId).ToArray());
        batch.BatchCommands.Add(remove);

        var rows = revenues.SelectMany(of => of.Value.Steps.Index(), (of, step) => (of.Key, step.Index, step.Item))
            .ToArray();
        var command = new NpgsqlBatchCommand(
            $"""
            insert into {schema}.{ReportTables.Steps}
                (tenant_id, stream_id, number, at, currency, monthly_minor, is_pause, is_imported)
            select * from unnest(
                $1::text[], $2::uuid[], $3::int[], $4::timestamptz[], $5::text[], $6::bigint[], $7::bool[], $8::bool[])
            """);
        Add(command, rows.Select(row => row.Key.Site).ToArray());
        Add(command, rows.Select(row => row.Key.StreamId).ToArray());
        Add(command, rows.Select(row => row.Index).ToArray());
        Add(command, rows.Select(row => row.Item.At.ToUniversalTime()).ToArray());
        Add(command, rows.Select(row => row.Item.Currency).ToArray());
        Add(command, rows.Select(row => row.Item.MonthlyMinor).ToArray());
        Add(command, rows.Select(row => row.Item.IsPause).ToArray());
        Add(command, rows.Select(row => row.Item.IsImported).ToArray());
        batch.BatchCommands.Add(command);
    }

    private static void Add(NpgsqlBatchCommand command, object value) =>
        command.Parameters.Add(new NpgsqlParameter { Value = value });

    private static void Add(NpgsqlBatchCommand command, object value, NpgsqlDbType element) =>
        command.Parameters.Add(new NpgsqlParameter { Value = value, NpgsqlDbType = NpgsqlDbType.Array | element });
}
