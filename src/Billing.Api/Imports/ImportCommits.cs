using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Sites;
using Billing.Api.Hosting.Streams;
using Billing.Api.Mandates;
using Billing.Domain;
using Billing.Domain.Preapprovals;
using Billing.Domain.Profiles;
using Marten;
using Npgsql;
using NpgsqlTypes;

namespace Billing.Api.Imports;

/// <summary>Records a page: the streams that begin, and what became of its rows, in one transaction.</summary>
public sealed partial class ImportCommits(
    IDocumentStore store, Database database, PreapprovalStreams streams, CustomerIndex customers, SiteRegister sites,
    MethodProfiles profiles, BusinessClock clock, Failpoints failpoints, ILogger<ImportCommits> log)
{
    private readonly string imports = $"{database.Schema}.{ImportTables.Imports}";
    private readonly string rows = $"{database.Schema}.{ImportTables.Rows}";

    /// <summary>Leaves rows as they are that were decided meanwhile, or whose import was cancelled.</summary>
    public async Task RecordAsync(ImportPage page, IReadOnlyList<ReadRow> read)
    {
        if (read.Count == 0)
        {
            return;
        }

        try
        {
            await RecordOnceAsync(page, read);
        }
        catch (Exception e) when (DatabaseErrors.ViolatedConstraint(e) is not null || DatabaseErrors.IsConflict(e))
        {
            // Another writer has begun one of these preapprovals since: it is found alone, and then it is known.
            if (read.Count == 1)
            {
                NotImported(log, e, read[0].Row.Number, page.ImportId);

                return;
            }

            await RecordAsync(page, [.. read.Take(read.Count / 2)]);
            await RecordAsync(page, [.. read.Skip(read.Count / 2)]);
        }
    }

    private async Task RecordOnceAsync(ImportPage page, IReadOnlyList<ReadRow> read)
    {
        await using var session = store.LightweightSession(page.Site);
        await session.BeginTransactionAsync(default);
        var waiting = await LockAsync(session, page, read);
        var known = await KnownAsync(session, read);
        var decided = read.Where(one => waiting.Contains(one.Row.Number))
            .Select(one => Decide(page, one, known)).ToArray();

        await MarkAsync(session, page, decided);
        var begun = decided.Where(one => !page.IsDryRun && one.Stream is not null).ToArray();
        await streams.AppendAsync(session, begun.Select(one => one.Stream!), default);

        foreach (var one in begun)
        {
            customers.Write(session, one.Stream!.Id, one.Read.Mandate!.Personal.Customer?.Value?.Email);
        }

        // Marten commits a transaction only if something is to be saved: a page without streams has this.
        session.QueueSqlCommand("select 1");
        failpoints.Reach("import:committing");
        await session.SaveChangesAsync();
        failpoints.Reach("import:committed");
    }

    private DecidedRow Decide(ImportPage page, ReadRow read, HashSet<string> known)
    {
        if (read.Refusal is { } refusal)
        {
            return new(read, null, refusal);
        }

        var mandate = read.Mandate!;

        if (known.Contains(KeyOf(mandate.Gateway.PreapprovalId)) || !known.Add(mandate.Terms.MerchantPreapprovalId))
        {
            return new(read, null, ImportReads.AlreadyKnown);
        }

        try
        {
            var stream = new LockedPreapproval(Guid.CreateVersion7(), null, 0);
            stream.Append(
                PreapprovalDecider.Import(
                    null, stream.Id, mandate, read.Row.Import, page.Site, sites.CalendarOf(page.Site), profiles,
                    clock.GetUtcNow()),
                new EventSource(page.CreatedBy, $"import-{page.ImportId}"));

            return new(read, stream, null);
        }
        catch (RuleViolation broken)
        {
            return new(read, null, broken);
        }
    }

    // The import is locked against a change of its state, and the rows against another process with the same page.
    private async Task<HashSet<int>> LockAsync(
        IDocumentSession session, ImportPage page, IReadOnlyList<ReadRow> read)
    {
        await using var command = new NpgsqlCommand(
            $"""
            with locked as (select id from {imports} where id = $1 and state = $2 for share)
            select r.number from {rows} r join locked on locked.id = r.import_id
            where r.number = any ($3) and r.state = '{RowStates.Waiting}' order by r.number for update of r
            """).With(page.ImportId, page.State, read.Select(one => one.Row.Number).ToArray());
        await using var row = await session.ExecuteReaderAsync(command, default);
        var waiting = new HashSet<int>();

        while (await row.ReadAsync())
        {
            waiting.Add(row.GetInt32(0));
        }

        return waiting;
    }

    // Ids of the gateway and of the merchant, in one set: the former are marked.
    private static async Task<HashSet<string>> KnownAsync(IDocumentSession session, IReadOnlyList<ReadRow> read)
    {
        var mandates = read.Select(one => one.Mandate).OfType<Domain.Gateway.MandateSnapshot>().ToArray();
        var gateway = await session.LoadManyAsync<GatewayPreapprovalIdGuard>(
            mandates.Select(one => $"{one.Gateway.PreapprovalId}").ToArray());
        var merchant = await session.LoadManyAsync<MerchantPreapprovalIdGuard>(
            mandates.Select(one => one.Terms.MerchantPreapprovalId).Where(id => id.Length > 0).ToArray());

        return [.. gateway.Select(guard => "#" + guard.Id), .. merchant.Select(guard => guard.Id)];
    }

    private static string KeyOf(int gatewayId) => $"#{gatewayId}";

    private async Task MarkAsync(IDocumentSession session, ImportPage page, DecidedRow[] decided)
    {
        var done = page.IsDryRun ? RowStates.Ready : RowStates.Imported;
        await using var command = new NpgsqlCommand(
            $"""
            update {rows} r set state = case when d.code is null then $2 else '{RowStates.Refused}' end,
                code = d.code, sentence = d.sentence, preapproval_id = d.preapproval_id
            from unnest($3::int[], $4::text[], $5::text[], $6::uuid[]) as d (number, code, sentence, preapproval_id)
            where r.import_id = $1 and r.number = d.number
            """).With(page.ImportId, done, decided.Select(one => one.Read.Row.Number).ToArray());
        Add(command, decided.Select(one => one.Refusal?.Code).ToArray(), NpgsqlDbType.Text);
        Add(command, decided.Select(one => one.Refusal?.Message).ToArray(), NpgsqlDbType.Text);
        Add(
            command, decided.Select(one => page.IsDryRun ? null : one.Stream?.Id).ToArray(), NpgsqlDbType.Uuid);
        await session.ExecuteAsync(command, default);
    }

    private static void Add(NpgsqlCommand command, object value, NpgsqlDbType element) =>
        command.Parameters.Add(new NpgsqlParameter { Value = value, NpgsqlDbType = NpgsqlDbType.Array | element });

    /// <param name="Stream">With its events; null where the row is refused.</param>
    private sealed record DecidedRow(ReadRow Read, LockedPreapproval? Stream, RuleViolation? Refusal);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Row {Number} of import {ImportId} could not be recorded; it waits and is tried again")]
    private static partial void NotImported(ILogger log, Exception e, int number, Guid importId);
}
