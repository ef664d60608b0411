using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Sites;
using Billing.Domain;
using Billing.Gateway.Translation;
using Npgsql;
using NpgsqlTypes;

namespace Billing.Api.Imports;

/// <summary>Stores the rows of a file. What is wrong without asking the gateway is refused here, row by row.</summary>
public sealed class ImportReceiver(
    NpgsqlDataSource dataSource, Database database, SiteRegister sites, WireMoney money, BusinessClock clock)
{
    private const int RowsAtOnce = 5_000;
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromDays(1);

    private readonly string imports = $"{database.Schema}.{ImportTables.Imports}";
    private readonly string rows = $"{database.Schema}.{ImportTables.Rows}";

    /// <param name="by">Who imports, as the events will say.</param>
    /// <param name="isDryRun">Only compares with the gateway; the same rows can be imported afterwards.</param>
    /// <returns>The id of the import, which a node with jobs works on from now on.</returns>
    /// <exception cref="RuleViolation">The file as a whole is refused, and nothing is stored of it.</exception>
    public async Task<Guid> ReceiveAsync(
        string site, PipeReader file, bool isCsv, bool isDryRun, string by, CancellationToken ct)
    {
        var id = Guid.CreateVersion7();
        await RemoveAbandonedAsync(site, ct);
        await using var begin = dataSource.CreateCommand(
            $"insert into {imports} (id, tenant_id, state, created_by, created_at) "
            + $"values ($1, $2, '{ImportStates.Receiving}', $3, clock_timestamp())");
        await begin.With(id, site, by).ExecuteNonQueryAsync(ct);

        try
        {
            await StoreAsync(id, site, Lines(file, isCsv, ct), ct);
            await FinishAsync(id, isDryRun ? ImportStates.Checking : ImportStates.Running, ct);
        }
        catch
        {
            await RemoveAsync(id);
            throw;
        }

        return id;
    }

    // A line of CSV that is no row becomes a row that is refused.
    private static async IAsyncEnumerable<Func<ReadOnlyMemory<byte>>> Lines(
        PipeReader file, bool isCsv, [EnumeratorCancellation] CancellationToken ct)
    {
        ImportCsv? csv = null;

        await foreach (var line in ImportLines.ReadAsync(file, ct))
        {
            if (isCsv && csv is null)
            {
                csv = new ImportCsv(line);
            }
            else
            {
                yield return () => csv?.ToJson(line) ?? line;
            }
        }
    }

    private async Task StoreAsync(
        Guid id, string site, IAsyncEnumerable<Func<ReadOnlyMemory<byte>>> lines, CancellationToken ct)
    {
        var (received, number) = (new List<Received>(RowsAtOnce), 0);

        await foreach (var line in lines)
        {
            if (++number > ImportLines.MostRows)
            {
                throw ImportLines.TooLarge();
            }

            received.Add(Read(id, site, number, line));

            if (received.Count == RowsAtOnce)
            {
                await CopyAsync(id, received, ct);
                received.Clear();
            }
        }

        await CopyAsync(id, received, ct);

        if (number == 0)
        {
            throw new RuleViolation("import_empty", "The file has no rows.");
        }
    }

    private Received Read(Guid id, string site, int number, Func<ReadOnlyMemory<byte>> line)
    {
        ImportRow? row = null;

        try
        {
            row = ImportRowReader.Read(line());
            var import = ImportRowReader.ToImport(row, id, number);
            var schedule = import.ToSchedule(sites.CalendarOf(site), clock.GetUtcNow());
            money.ChargeToWire(schedule.Amount);

            return new(number, row, RowStates.Waiting, null);
        }
        catch (RuleViolation refusal)
        {
            return new(number, row, RowStates.Refused, refusal);
        }
    }

    private async Task CopyAsync(Guid id, List<Received> received, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await using var copy = await connection.BeginBinaryImportAsync(
            $"copy {rows} (import_id, number, state, gateway_id, data, currency, amount_minor, past_amount_minor, "
            + "code, sentence) from stdin (format binary)", ct);

        foreach (var (number, row, state, refusal) in received)
        {
            await copy.StartRowAsync(ct);
            await copy.WriteAsync(id, NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync(number, NpgsqlDbType.Integer, ct);
            await copy.WriteAsync(state, NpgsqlDbType.Text, ct);
            await WriteAsync(copy, row?.PreapprovalId, NpgsqlDbType.Integer, ct);
            await WriteAsync(
                copy, row is null ? null : JsonSerializer.Serialize(row, ImportJsonContext.Default.ImportRow),
                NpgsqlDbType.Text, ct);
            await WriteAsync(copy, row?.Currency, NpgsqlDbType.Text, ct);
            await WriteAsync(copy, row?.AmountMinor, NpgsqlDbType.Bigint, ct);
            await WriteAsync(copy, row?.PastAmountMinor ?? 0, NpgsqlDbType.Bigint, ct);
            await WriteAsync(copy, refusal?.Code, NpgsqlDbType.Text, ct);
            await WriteAsync(copy, refusal?.Message, NpgsqlDbType.Text, ct);
        }

        await copy.CompleteAsync(ct);
    }

    private static Task WriteAsync(NpgsqlBinaryImporter copy, object? value, NpgsqlDbType type, CancellationToken ct) =>
        value is null ? copy.WriteNullAsync(ct) : copy.WriteAsync(value, type, ct);

    // Which of two rows of one preapproval is meant is not known, so none of them is imported.
    private async Task FinishAsync(Guid id, string state, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var duplicates = new NpgsqlCommand(
            $"""
            update {rows} r set state = '{RowStates.Refused}', code = 'duplicate_row',
                sentence = d.count || ' rows of the file name this preapproval, the first is row ' || d.first
                    || ': none of them is imported.'
            from (select gateway_id, count(*) as count, min(number) as first from {rows}
                where import_id = $1 and gateway_id is not null group by gateway_id having count(*) > 1) d
            where r.import_id = $1 and r.gateway_id = d.gateway_id and r.state = '{RowStates.Waiting}'
            """, connection).With(id);
        await duplicates.ExecuteNonQueryAsync(ct);
        await using var finish = new NpgsqlCommand(
            $"update {imports} set state = $2 where id = $1", connection).With(id, state);
        await finish.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    private async Task RemoveAsync(Guid id)
    {
        await using var batch = dataSource.CreateBatch();

        foreach (var (table, key) in ((string, string)[])[(rows, "import_id"), (imports, "id")])
        {
            var command = new NpgsqlBatchCommand($"delete from {table} where {key} = $1");
            command.Parameters.Add(new NpgsqlParameter { Value = id });
            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync(CancellationToken.None);
    }

    // Of a process that died while it received a file.
    private async Task RemoveAbandonedAsync(string site, CancellationToken ct)
    {
        var abandoned = new List<Guid>();
        await using (var find = dataSource.CreateCommand(
            $"select id from {imports} where tenant_id = $1 and state = '{ImportStates.Receiving}' "
            + "and created_at < clock_timestamp() - $2"))
        await using (var row = await find.With(site, AbandonedAfter).ExecuteReaderAsync(ct))
        {
            while (await row.ReadAsync(ct))
            {
                abandoned.Add(row.GetGuid(0));
            }
        }

        foreach (var id in abandoned)
        {
            await RemoveAsync(id);
        }
    }

    /// <param name="Refusal">Null while the gateway has to be asked.</param>
    private sealed record Received(int Number, ImportRow? Row, string State, RuleViolation? Refusal);
}
