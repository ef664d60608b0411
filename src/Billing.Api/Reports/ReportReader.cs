using Billing.Api.Hosting;
using Billing.Domain.Preapprovals;
using Billing.Domain.Reports;
using Npgsql;

namespace Billing.Api.Reports;

/// <summary>The tables are being written anew: what they have now is too little.</summary>
public sealed class ReportsIncompleteException() : Exception(
    "The reports are being rebuilt from the events. Repeat the request when that is done.");

/// <summary>Reads the reports of one site.</summary>
public sealed class ReportReader(NpgsqlDataSource dataSource, Database database)
{
    private readonly string schema = database.Schema;

    /// <exception cref="ReportsIncompleteException"/>
    public async Task<PaymentsByDay> PaymentsByDayAsync(
        string site, DateOnly from, DateOnly to, CancellationToken ct)
    {
        var behind = await BehindAsync(ct);
        await using var command = dataSource.CreateCommand(
            $"""
            select day, currency, {string.Join(", ", ReportTables.Sums)} from {schema}.{ReportTables.Days}
            where tenant_id = $1 and day between $2 and $3 order by day, currency
            """).With(site, from, to);
        var rows = new List<PaymentDayRow>();
        await using var row = await command.ExecuteReaderAsync(ct);

        while (await row.ReadAsync(ct))
        {
            // A day whose movements were all corrected has nothing left.
            if (PaymentDays.TotalsOf([.. Enumerable.Range(2, ReportTables.Sums.Count).Select(row.GetInt64)])
                is var totals && totals != default)
            {
                rows.Add(PaymentDayRow.Of(row.GetFieldValue<DateOnly>(0), row.GetString(1), totals));
            }
        }

        return new(from, to, behind, rows);
    }

    /// <param name="from">The first day of the first month.</param>
    /// <param name="to">The first day of the last month.</param>
    /// <param name="now">Business time.</param>
    /// <exception cref="ReportsIncompleteException"/>
    public async Task<RevenueByMonth> RecurringRevenueAsync(
        string site, DateOnly from, DateOnly to, DateTimeOffset now, CancellationToken ct)
    {
        var behind = await BehindAsync(ct);
        await using var command = dataSource.CreateCommand(
            $"""
            select stream_id, at, currency, monthly_minor, is_pause, is_imported from {schema}.{ReportTables.Steps}
            where tenant_id = $1 order by stream_id, number
            """).With(site);
        var (months, steps, stream) = (
            new RevenueMonths(from, ReportRange.Between(from, to), now), new List<RevenueStep>(), Guid.Empty);
        await using var row = await command.ExecuteReaderAsync(ct);

        while (await row.ReadAsync(ct))
        {
            if (row.GetGuid(0) != stream)
            {
                months.Add(steps);
                steps.Clear();
                stream = row.GetGuid(0);
            }

            steps.Add(new(
                row.GetFieldValue<DateTimeOffset>(1), row.GetString(2), row.GetInt64(3), row.GetBoolean(4),
                row.GetBoolean(5)));
        }

        months.Add(steps);

        return new(
            ReportRange.MonthOf(from), ReportRange.MonthOf(to), behind,
            [.. months.Rows.Select(it => RevenueMonthRow.Of(ReportRange.MonthOf(it.Month), it.Currency, it.Revenue))]);
    }

    /// <param name="now">Business time.</param>
    /// <exception cref="ReportsIncompleteException"/>
    public async Task<ArrearsNow> ArrearsAsync(string site, DateTimeOffset now, CancellationToken ct)
    {
        var behind = await BehindAsync(ct);
        await using var command = dataSource.CreateCommand(
            $"""
            select bucket, currency, count(distinct stream_id), count(*), sum(unpaid_minor)::bigint
            from (
                select case when $2 - u.due_on <= 7 then 1 when $2 - u.due_on <= 30 then 2
                    when $2 - u.due_on <= 60 then 3 when $2 - u.due_on <= 90 then 4 else 5 end as bucket,
                    u.currency, u.stream_id, u.unpaid_minor
                from {schema}.{ReportTables.Units} u
                join {schema}.mt_doc_subscription s on s.tenant_id = u.tenant_id and s.id = u.stream_id
                where u.tenant_id = $1 and u.unpaid_minor is not null and s.status <> '{PreapprovalStatus.Closed}'
            ) owed
            group by bucket, currency order by bucket, currency
            """).With(site, DateOnly.FromDateTime(now.UtcDateTime));
        var rows = new List<ArrearsRow>();
        await using var row = await command.ExecuteReaderAsync(ct);

        while (await row.ReadAsync(ct))
        {
            rows.Add(new(
                Buckets[row.GetInt32(0) - 1], row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4)));
        }

        return new(now, behind, rows);
    }

    private static readonly string[] Buckets = ["0-7", "8-30", "31-60", "61-90", "91+"];

    private async Task<double> BehindAsync(CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            with progress as (
                select coalesce(max(last_seq_id), 0) as last, coalesce(max(rebuilt_up_to), 0) as target
                from {schema}.{ReportTables.Progress})
            select last < target, coalesce((
                select greatest(0, extract(epoch from clock_timestamp() - e.timestamp))::float8
                from {schema}.mt_events e where e.seq_id > last and e.type <> 'tombstone'
                order by e.seq_id limit 1), 0)
            from progress
            """);
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);

        return row.GetBoolean(0) ? throw new ReportsIncompleteException() : row.GetDouble(1);
    }
}
