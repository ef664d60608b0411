using Billing.Api.Hosting;
using Billing.Api.Reports;
using Billing.Domain.Preapprovals;
using Billing.Domain.Reports;
using Npgsql;

namespace Billing.Api.Operations.Audit;

/// <summary>Compares the tables of the reports with a plain fold of the events that they have counted.</summary>
/// <remarks>What they have not counted yet is no difference: GET /health/ready says how far they are behind.</remarks>
public sealed class ReportCheck
{
    private readonly Database database;
    private readonly PaymentDays replayed = new();
    private readonly PaymentDays stored = new();
    private readonly long countedUpTo;
    private bool isPartial;

    private ReportCheck(Database database, long countedUpTo) =>
        (this.database, this.countedUpTo) = (database, countedUpTo);

    /// <summary>Reads the sums and the last event that they have, as they are now.</summary>
    public static async Task<ReportCheck> BeginAsync(
        NpgsqlDataSource dataSource, Database database, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select {ProgressOf(database)}, d.tenant_id, d.day, d.currency,
                {string.Join(", ", ReportTables.Sums.Select(sum => $"d.{sum}"))}
            from (select) one left join {database.Schema}.{ReportTables.Days} d on true
            """);
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        var check = new ReportCheck(database, row.GetInt64(0));

        do
        {
            if (!row.IsDBNull(1))
            {
                var sums = Enumerable.Range(4, ReportTables.Sums.Count).Select(row.GetInt64).ToArray();
                check.stored.Add(row.GetString(1), new(
                    row.GetFieldValue<DateOnly>(2), row.GetString(3), PaymentDays.TotalsOf(sums)));
            }
        }
        while (await row.ReadAsync(ct));

        return check;
    }

    /// <summary>Adds a range of streams up, and compares what the reports have of each.</summary>
    public async Task<IReadOnlyList<AuditDifference>> CompareAsync(
        StreamPage.Run run, StreamRange range, IReadOnlyList<StoredStream> streams, CancellationToken ct)
    {
        var rows = await ReadAsync(run, range, ct);
        var (differences, ids) = (new List<AuditDifference>(), streams.Select(stream => stream.Id).ToHashSet());

        foreach (var stream in streams)
        {
            if (FoldOrNull(stream, rows.CountedUpTo) is { } expected
                && !expected.SetEquals(rows.OfStream.GetValueOrDefault(stream.Id) ?? []))
            {
                differences.Add(new(range.Site, stream.Id, null, "What the reports have of it differs from replay."));
            }
        }

        differences.AddRange(rows.OfStream.Keys.Where(id => !ids.Contains(id)).Order().Select(
            id => new AuditDifference(range.Site, id, null, "The reports have rows of a stream that is not there.")));

        return differences;
    }

    /// <summary>Compares the sums by day, once every range was added up.</summary>
    /// <returns>Nothing where a stream could not be added up: that is the finding.</returns>
    public IEnumerable<AuditDifference> CompareDays() => isPartial
        ? []
        : from key in replayed.Rows.Keys.Union(stored.Rows.Keys).Order()
          where replayed.Rows.GetValueOrDefault(key) != stored.Rows.GetValueOrDefault(key)
          select AuditDifference.OfReports(
              $"The payments of site {key.Site} on {key.Day:yyyy-MM-dd} in {key.Currency} differ from replay.");

    private HashSet<string>? FoldOrNull(StoredStream stream, long upTo)
    {
        try
        {
            return stream.IsWhole ? Fold(stream, upTo) : Partial();
        }
#pragma warning disable CA1031 // The comparison of the views says what is wrong with the stream.
        catch (Exception)
#pragma warning restore CA1031
        {
            return Partial();
        }
    }

    private HashSet<string>? Partial()
    {
        isPartial = true;

        return null;
    }

    // The sums and the rows of this range were read at different times.
    private HashSet<string> Fold(StoredStream stream, long upTo)
    {
        var (units, revenue) = (new SortedDictionary<string, ChargeUnit>(StringComparer.Ordinal), new RevenueSteps());
        var moved = new List<PaymentMovement>();
        HashSet<string>? found = null;

        foreach (var row in stream.Events)
        {
            if (row.Sequence > upTo)
            {
                found ??= RowsOf(units, revenue);
            }

            if (ChargeUnit.KeyOf(row.Event) is { } key)
            {
                if (!units.TryGetValue(key, out var unit))
                {
                    units.Add(key, unit = new());
                }

                if (unit.Take(row.Event) is { } movement && row.Sequence <= countedUpTo)
                {
                    moved.Add(movement);
                }
            }

            revenue.Take(row.Event);
        }

        lock (replayed)
        {
            moved.ForEach(movement => replayed.Add(stream.Site, movement));
        }

        return found ?? RowsOf(units, revenue);
    }

    private static HashSet<string> RowsOf(SortedDictionary<string, ChargeUnit> units, RevenueSteps revenue) =>
    [
        .. units.Where(unit => unit.Value.IsWatched).Select(unit => UnitRow(
            unit.Key, unit.Value.DueOn, unit.Value.Unpaid?.Currency, unit.Value.Unpaid?.Minor)),
        .. revenue.Steps.Index().Select(step => StepRow(step.Index, step.Item)),
    ];

    private static string UnitRow(string unit, DateOnly? dueOn, string? currency, long? unpaidMinor) =>
        $"unit {unit} {dueOn:yyyy-MM-dd} {currency} {unpaidMinor}";

    // The database has microseconds.
    private static string StepRow(int number, RevenueStep it) =>
        $"step {number} {it.At.UtcTicks / TimeSpan.TicksPerMicrosecond} {it.Currency} {it.MonthlyMinor} {it.IsPause} "
        + $"{it.IsImported}";

    private async Task<(long CountedUpTo, Dictionary<Guid, HashSet<string>> OfStream)> ReadAsync(
        StreamPage.Run run, StreamRange range, CancellationToken ct)
    {
        var found = new Dictionary<Guid, HashSet<string>>();
        const string InRange = "tenant_id = $1 and stream_id > $2 and stream_id <= $3";
        await using var progress = new NpgsqlCommand($"select {ProgressOf(database)}");
        await using var units = StreamPage.Command(
            $"""
            select stream_id, unit, due_on, currency, unpaid_minor from {database.Schema}.{ReportTables.Units}
            where {InRange}
            """, range);
        await using var steps = StreamPage.Command(
            $"""
            select stream_id, number, at, currency, monthly_minor, is_pause, is_imported
            from {database.Schema}.{ReportTables.Steps} where {InRange}
            """, range);
        long countedUpTo;

        await using (var row = await run(progress, ct))
        {
            await row.ReadAsync(ct);
            countedUpTo = row.GetInt64(0);
        }

        await using (var row = await run(units, ct))
        {
            while (await row.ReadAsync(ct))
            {
                Of(row.GetGuid(0)).Add(UnitRow(
                    row.GetString(1), row.IsDBNull(2) ? null : row.GetFieldValue<DateOnly>(2),
                    row.IsDBNull(3) ? null : row.GetString(3), row.IsDBNull(4) ? null : row.GetInt64(4)));
            }
        }

        await using (var row = await run(steps, ct))
        {
            while (await row.ReadAsync(ct))
            {
                Of(row.GetGuid(0)).Add(StepRow(row.GetInt32(1), new(
                    row.GetFieldValue<DateTimeOffset>(2), row.GetString(3), row.GetInt64(4), row.GetBoolean(5),
                    row.GetBoolean(6))));
            }
        }

        return (countedUpTo, found);

        HashSet<string> Of(Guid stream) =>
            found.TryGetValue(stream, out var rows) ? rows : found[stream] = [];
    }

    private static string ProgressOf(Database database) =>
        $"(select coalesce(max(last_seq_id), 0) from {database.Schema}.{ReportTables.Progress})";
}
