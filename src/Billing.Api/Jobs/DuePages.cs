using Npgsql;

namespace Billing.Api.Jobs;

/// <summary>Reads what is due in keyset pages and hands each on before the next is read: the cost grows with what is due, and nothing is held.</summary>
/// <param name="atOnce">Rows of a page.</param>
/// <param name="mostPages">A bound for one run: what cannot be settled and stays must not keep the rest waiting for ever.</param>
internal sealed class DuePages(NpgsqlDataSource books, int atOnce, int mostPages)
{
    /// <param name="sql">$1 due by then, $2 $3 $4 where the page before ended, $5 rows of a page, and what more says. In the order of what the next page starts after.</param>
    /// <param name="until">Business time.</param>
    /// <param name="first">What the first page starts after: $2 $3 $4.</param>
    /// <param name="read">A row, and what a page starts after that comes behind it.</param>
    /// <param name="handOn">Does with a page what is to be done; how much of it there was.</param>
    /// <returns>The sum of what was handed on.</returns>
    public async Task<int> EachAsync<T>(
        string sql, DateTimeOffset until, object[] first, Func<NpgsqlDataReader, (T Row, object[] After)> read, Func<IReadOnlyList<T>, Task<int>> handOn, CancellationToken ct, params object[] more)
    {
        var (handed, after) = (0, first);

        for (var pages = 0; pages < mostPages; pages++)
        {
            var page = await ReadAsync(sql, [until, .. after, atOnce, .. more], read, ct);
            handed += await handOn([.. page.Select(one => one.Row)]);

            if (page.Count < atOnce)
            {
                break;
            }

            after = page[^1].After;
        }

        return handed;
    }

    private async Task<List<(T Row, object[] After)>> ReadAsync<T>(string sql, object[] parameters, Func<NpgsqlDataReader, (T Row, object[] After)> read, CancellationToken ct)
    {
        await using var command = books.CreateCommand(sql);

        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new() { Value = parameter });
        }

        var page = new List<(T, object[])>();
        await using var row = await command.ExecuteReaderAsync(ct);

        while (await row.ReadAsync(ct))
        {
            page.Add(read(row));
        }

        return page;
    }
}
