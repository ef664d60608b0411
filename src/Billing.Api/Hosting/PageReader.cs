using System.Linq.Expressions;
using Marten;

namespace Billing.Api.Hosting;

/// <summary>What a page is sorted by.</summary>
public sealed record RowKey<TId>(TId Id, DateTimeOffset At);

/// <summary>Where a document has its key.</summary>
/// <param name="selector">Translated to SQL, which reads it also of a row whose document cannot be read.</param>
public sealed class RowKeyOf<T, TId>(Expression<Func<T, RowKey<TId>>> selector)
{
    private readonly Func<T, RowKey<TId>> compiled = selector.Compile();

    public Expression<Func<T, RowKey<TId>>> Selector => selector;

    public RowKey<TId> Of(T document) => compiled(document);
}

/// <param name="Document">Null where it cannot be read.</param>
public sealed record PageRow<T, TId>(RowKey<TId> Key, T? Document)
    where T : class;

/// <summary>Reads the rows of a page. One that cannot be read concerns no other row of its page.</summary>
public sealed partial class PageReader(ILogger<PageReader> log)
{
    /// <returns>In the order of the query.</returns>
    public async Task<IReadOnlyList<PageRow<T, TId>>> ReadAsync<T, TId>(
        IQuerySession session, IQueryable<T> page, RowKeyOf<T, TId> key, CancellationToken ct)
        where T : class
        where TId : notnull
    {
        try
        {
            return [.. (await page.ToListAsync(ct)).Select(row => new PageRow<T, TId>(key.Of(row), row))];
        }
        catch (Exception e) when (IsDamage(e))
        {
            var rows = new List<PageRow<T, TId>>();

            foreach (var one in await page.Select(key.Selector).ToListAsync(ct))
            {
                rows.Add(new PageRow<T, TId>(one, await FindAsync<T>(session, one.Id, ct)));
            }

            return rows;
        }
    }

    /// <summary>One row of a list.</summary>
    /// <returns>Null where there is none, or where it cannot be read.</returns>
    public async Task<T?> FindAsync<T>(IQuerySession session, object id, CancellationToken ct)
        where T : class
    {
        try
        {
            return await session.LoadAsync<T>(id, ct);
        }
        catch (Exception e) when (IsDamage(e))
        {
            LeftOut(log, e, typeof(T).Name, id);

            return null;
        }
    }

    /// <summary>True for an error that has its cause in what is stored, and comes again at the next try.</summary>
    public static bool IsDamage(Exception error) =>
        error is not OperationCanceledException && !DatabaseErrors.IsTransient(error);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "{Document} {Id} cannot be read and is left out of a list. './billing audit verify' says what is "
            + "damaged, './billing rebuild' writes a view anew")]
    private static partial void LeftOut(ILogger log, Exception error, string document, object id);
}

public static class PageRows
{
    /// <summary>The documents of a page that can be read.</summary>
    public static IReadOnlyList<T> Readable<T, TId>(this IEnumerable<PageRow<T, TId>> rows)
        where T : class => [.. rows.Select(row => row.Document).OfType<T>()];
}
