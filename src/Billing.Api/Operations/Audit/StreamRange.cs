using System.Runtime.CompilerServices;
using Billing.Api.Hosting;
using Npgsql;

namespace Billing.Api.Operations.Audit;

/// <summary>A range of streams of one site.</summary>
/// <param name="After">Not included.</param>
/// <param name="UpTo">Included.</param>
public sealed record StreamRange(string Site, Guid After, Guid UpTo)
{
    private const int MostStreams = 200;

    // A range is held in memory: long streams make it shorter, so that its size stays the same.
    private const int EnoughEvents = 4_000;

    /// <summary>
    /// Every stream of every site, and all the space between them, so that documents without a stream are met too.
    /// </summary>
    public static async IAsyncEnumerable<StreamRange> AllAsync(
        NpgsqlDataSource dataSource, Database database, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var site in await SitesAsync(dataSource, database, ct))
        {
            for (var after = Guid.Empty; after != Guid.AllBitsSet;)
            {
                await using var command = dataSource.CreateCommand(
                    $"""
                    select id
                    from (
                        select id, row_number() over next as streams, sum(version) over next as events
                        from (
                            select id, version from {database.Schema}.mt_streams
                            where tenant_id = $1 and id > $2 order by id limit {MostStreams}) page
                        window next as (order by id rows unbounded preceding)) page
                    where streams = {MostStreams} or events >= {EnoughEvents} order by id limit 1
                    """);
                command.With(site, after);
                var upTo = await command.ExecuteScalarAsync(ct) as Guid? ?? Guid.AllBitsSet;

                yield return new(site, after, upTo);
                after = upTo;
            }
        }
    }

    public static async Task<long> CountStreamsAsync(
        NpgsqlDataSource dataSource, Database database, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"select count(*) from {database.Schema}.mt_streams where version > 0");

        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    // Jumps from site to site in each table's primary key.
    private static async Task<List<string>> SitesAsync(
        NpgsqlDataSource dataSource, Database database, CancellationToken ct)
    {
        string[] tables = ["mt_streams", "mt_doc_subscription", "mt_doc_payment"];
        await using var command = dataSource.CreateCommand(string.Join("\nunion\n", tables.Select((table, index) =>
            $"""
            (with recursive s{index} as (
                select min(tenant_id) as site from {database.Schema}.{table}
                union all
                select (select min(tenant_id) from {database.Schema}.{table} where tenant_id > site) from s{index}
                    where site is not null)
            select site from s{index} where site is not null)
            """)));
        var sites = new List<string>();
        await using var row = await command.ExecuteReaderAsync(ct);

        while (await row.ReadAsync(ct))
        {
            sites.Add(row.GetString(0));
        }

        return [.. sites.Order(StringComparer.Ordinal)];
    }
}
