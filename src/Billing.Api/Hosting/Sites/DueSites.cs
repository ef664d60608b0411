using Npgsql;

namespace Billing.Api.Hosting.Sites;

/// <summary>Asks with one statement which sites have something to do, so that an idle site costs no queries.</summary>
public sealed class DueSites(NpgsqlDataSource dataSource, Database database)
{
    /// <summary>The table of preapprovals.</summary>
    public const string Preapprovals = "mt_doc_subscription";

    /// <param name="among">The sites that are asked about.</param>
    /// <param name="table">A table of documents; its alias is d.</param>
    /// <param name="searches">
    /// Each searches one index. A site is due when it has a row for one of them. One that compares a time is followed
    /// by <c>order by</c> its column: PostgreSQL plans for any time, and would otherwise rather scan the table.
    /// </param>
    /// <param name="times">The parameters $2, $3 and so on.</param>
    public async Task<IReadOnlyList<string>> FindAsync(
        IReadOnlyCollection<string> among, string table, IEnumerable<string> searches,
        IEnumerable<DateTimeOffset> times, CancellationToken ct)
    {
        if (among.Count == 0)
        {
            return [];
        }

        // As `exists` they may be planned as a scan of the whole table (docs/decisions/0053).
        var rows = searches.Select(search =>
            $"(select true from {database.Schema}.{table} d where d.tenant_id = site and {search} limit 1)");
        await using var command = dataSource.CreateCommand(
            $"select site from unnest($1::text[]) site where coalesce({string.Join(", ", rows)}) order by site");
        command.With([among.ToArray(), .. times.Select(time => time.ToUniversalTime())]);
        var due = new List<string>();
        await using var row = await command.ExecuteReaderAsync(ct);

        while (await row.ReadAsync(ct))
        {
            due.Add(row.GetString(0));
        }

        return due;
    }
}
