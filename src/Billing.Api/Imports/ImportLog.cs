using Billing.Api.Hosting;
using Billing.Domain;
using Npgsql;

namespace Billing.Api.Imports;

/// <summary>Reads imports and their rows, lets a checked one run, and cancels.</summary>
public sealed class ImportLog(NpgsqlDataSource dataSource, Database database)
{
    private readonly string imports = $"{database.Schema}.{ImportTables.Imports}";
    private readonly string rows = $"{database.Schema}.{ImportTables.Rows}";

    /// <returns>Null: the site has no such import.</returns>
    public async Task<ImportView?> FindAsync(string site, Guid id, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select i.state, i.created_at, i.finished_at, r.state, r.currency, count(r.number)::int,
                coalesce(sum(r.amount_minor), 0)::bigint, coalesce(sum(r.past_amount_minor), 0)::bigint
            from {imports} i join {rows} r on r.import_id = i.id
            where i.id = $1 and i.tenant_id = $2 and i.state <> '{ImportStates.Receiving}'
            group by 1, 2, 3, 4, 5 order by 5
            """).With(id, site);
        await using var row = await command.ExecuteReaderAsync(ct);
        var (view, sums) = ((ImportView?)null, new List<ImportSum>());

        while (await row.ReadAsync(ct))
        {
            view ??= new(
                id, row.GetString(0), 0, 0, 0, 0, 0, 0, [], row.GetFieldValue<DateTimeOffset>(1),
                row.IsDBNull(2) ? null : row.GetFieldValue<DateTimeOffset>(2));
            var (state, count) = (row.GetString(3), row.GetInt32(5));
            view = With(view, state, count);

            if (state is RowStates.Ready or RowStates.Imported)
            {
                sums.Add(new(row.GetString(4), count, row.GetInt64(6), row.GetInt64(7)));
            }
        }

        return view is null ? null : view with
        {
            Sums =
            [
                .. sums.GroupBy(sum => sum.Currency, StringComparer.Ordinal).Select(of => new ImportSum(
                    of.Key, of.Sum(sum => sum.Rows), of.Sum(sum => sum.AmountMinor),
                    of.Sum(sum => sum.PastAmountMinor))),
            ],
        };
    }

    /// <param name="state">One of <see cref="RowStates"/>; null: all.</param>
    /// <param name="after">The number of the last row of the page before.</param>
    public async Task<ImportRowPage> RowsAsync(Guid id, string? state, long after, int limit, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select number, state, gateway_id, preapproval_id, code, sentence from {rows}
            where import_id = $1 and number > $2 and ($3 = '' or state = $3) order by number limit $4
            """).With(id, after, state ?? "", limit + 1);
        await using var row = await command.ExecuteReaderAsync(ct);
        var found = new List<ImportRowView>();

        while (await row.ReadAsync(ct))
        {
            found.Add(new(
                row.GetInt32(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetInt32(2),
                row.IsDBNull(3) ? null : row.GetGuid(3), row.IsDBNull(4) ? null : row.GetString(4),
                row.IsDBNull(5) ? null : row.GetString(5)));
        }

        return new(
            [.. found.Take(limit)], found.Count > limit ? Cursor.Write((long)found[limit - 1].Row) : null);
    }

    /// <summary>Imports what a dry run has found nothing against; one that runs already goes on.</summary>
    /// <returns>False: the site has no such import.</returns>
    /// <exception cref="RuleViolation">import_cancelled.</exception>
    public Task<bool> RunAsync(string site, Guid id, CancellationToken ct) => ChangeAsync(
        site, id,
        state => state switch
        {
            ImportStates.Checking or ImportStates.Checked => ImportStates.Running,
            ImportStates.Cancelled => throw new RuleViolation(
                "import_cancelled", "This import was cancelled. Send the file again."),
            _ => null,
        },
        $"update {rows} set state = '{RowStates.Waiting}' where import_id = $1 and state = '{RowStates.Ready}'", ct);

    /// <summary>Rows that are not imported yet will not be; what is imported stays.</summary>
    /// <returns>False: the site has no such import.</returns>
    public Task<bool> CancelAsync(string site, Guid id, CancellationToken ct) => ChangeAsync(
        site, id,
        state => state is ImportStates.Done or ImportStates.Cancelled ? null : ImportStates.Cancelled,
        $"update {rows} set state = '{RowStates.Cancelled}' "
        + $"where import_id = $1 and state in ('{RowStates.Waiting}', '{RowStates.Ready}')", ct);

    // The row of the import is locked: a page that is being committed is waited for, and the next one sees the change.
    private async Task<bool> ChangeAsync(
        string site, Guid id, Func<string, string?> next, string changeRows, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var find = new NpgsqlCommand(
            $"select state from {imports} where id = $1 and tenant_id = $2 "
            + $"and state <> '{ImportStates.Receiving}' for update", connection).With(id, site);

        if (await find.ExecuteScalarAsync(ct) is not string state)
        {
            return false;
        }

        if (next(state) is { } changed)
        {
            await using var ofRows = new NpgsqlCommand(changeRows, connection).With(id);
            await ofRows.ExecuteNonQueryAsync(ct);
            await using var ofImport = new NpgsqlCommand(
                $"update {imports} set state = $2, finished_at = case when $3 then clock_timestamp() end "
                + "where id = $1", connection).With(id, changed, changed is ImportStates.Cancelled);
            await ofImport.ExecuteNonQueryAsync(ct);
        }

        await transaction.CommitAsync(ct);

        return true;
    }

    private static ImportView With(ImportView view, string state, int count)
    {
        var all = view with { Rows = view.Rows + count };

        return state switch
        {
            RowStates.Ready => all with { Ready = all.Ready + count },
            RowStates.Imported => all with { Imported = all.Imported + count },
            RowStates.Refused => all with { Refused = all.Refused + count },
            RowStates.Cancelled => all with { Cancelled = all.Cancelled + count },
            _ => all with { Waiting = all.Waiting + count },
        };
    }
}
