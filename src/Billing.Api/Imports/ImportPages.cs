using System.Text.Json;
using Billing.Api.Hosting;
using Billing.Domain.Preapprovals;
using Npgsql;

namespace Billing.Api.Imports;

/// <summary>Rows of one import that wait, in the order of their numbers.</summary>
/// <param name="State">checking or running; the page is only recorded while it is still the same.</param>
public sealed record ImportPage(
    string Site, Guid ImportId, string State, string CreatedBy, IReadOnlyList<WaitingRow> Rows)
{
    public bool IsDryRun => State is ImportStates.Checking;

    public int Last => Rows[^1].Number;
}

/// <param name="GatewayId">The gateway's id of the preapproval.</param>
public sealed record WaitingRow(int Number, int GatewayId, SubscriptionImport Import);

/// <summary>Finds what an import has to do next, and says when it has nothing to do any more.</summary>
public sealed class ImportPages(NpgsqlDataSource dataSource, Database database)
{
    private readonly string imports = $"{database.Schema}.{ImportTables.Imports}";
    private readonly string rows = $"{database.Schema}.{ImportTables.Rows}";

    /// <summary>The imports of a site that have something to do, oldest first.</summary>
    public async Task<IReadOnlyList<ImportPage>> WorkingAsync(string site, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select id, state, created_by from {imports}
            where tenant_id = $1 and state in ('{ImportStates.Checking}', '{ImportStates.Running}') order by id
            """).With(site);
        await using var row = await command.ExecuteReaderAsync(ct);
        var found = new List<ImportPage>();

        while (await row.ReadAsync(ct))
        {
            found.Add(new(site, row.GetGuid(0), row.GetString(1), row.GetString(2), []));
        }

        return found;
    }

    /// <summary>The rows after a number; none once the import is in another state.</summary>
    /// <remarks>They are not locked: whether they still wait is checked when they are recorded.</remarks>
    public async Task<ImportPage> AfterAsync(ImportPage import, int number, int most, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select r.number, r.gateway_id, r.data from {rows} r
            where r.import_id = $1 and r.state = '{RowStates.Waiting}' and r.number > $2
                and exists (select from {imports} where id = $1 and state = $4)
            order by r.number limit $3
            """).With(import.ImportId, number, most, import.State);
        await using var row = await command.ExecuteReaderAsync(ct);
        var found = new List<WaitingRow>();

        while (await row.ReadAsync(ct))
        {
            var read = JsonSerializer.Deserialize(row.GetString(2), ImportJsonContext.Default.ImportRow)!;
            found.Add(new(
                row.GetInt32(0), row.GetInt32(1), ImportRowReader.ToImport(read, import.ImportId, row.GetInt32(0))));
        }

        return import with { Rows = found };
    }

    /// <summary>Ends an import of which no row waits any more.</summary>
    /// <returns>False while some wait, and the import is still in the same state.</returns>
    public async Task<bool> FinishAsync(ImportPage import, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            with ended as (
                update {imports} set state = $3, finished_at = clock_timestamp()
                where id = $1 and state = $2
                    and not exists (select from {rows} where import_id = $1 and state = '{RowStates.Waiting}')
                returning id)
            select exists (select from ended) or not exists (select from {imports} where id = $1 and state = $2)
            """).With(import.ImportId, import.State, import.IsDryRun ? ImportStates.Checked : ImportStates.Done);

        return await command.ExecuteScalarAsync(ct) is true;
    }
}
