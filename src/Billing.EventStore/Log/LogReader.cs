using Npgsql;

namespace Billing.EventStore;

/// <summary>Reads the log of all streams without loss and in stream order, while others write.</summary>
/// <remarks>
/// One pass: take the bound once, then window after window until there is none. Events below the bound never change, so the same cursor
/// gives the same events to whoever resumes there.
/// </remarks>
public sealed class LogReader(EventStore store)
{
    /// <summary>How far a pass can read.</summary>
    /// <exception cref="ForeignLogException">The log comes from another cluster: reading on would lose events.</exception>
    public async Task<LogBound> BoundAsync(CancellationToken ct)
    {
        await using var command = store.DataSource.CreateCommand(Sql.LogBound);
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        var (epoch, oldestOpen, next, newest) = (row.GetInt32(0), row.GetFieldValue<ulong>(1), row.GetFieldValue<ulong>(2), LogCursor.ReadOrNull(row, 3));

        return newest is not { } last || last.Epoch < epoch || (last.Epoch == epoch && last.TransactionId < next)
            ? new LogBound(epoch, oldestOpen, newest)
            : throw new ForeignLogException(last, next);
    }

    /// <summary>The next window of a pass.</summary>
    /// <param name="after">Where the last window ended; default: the beginning of the log.</param>
    /// <param name="bound">The same for every window of a pass.</param>
    /// <param name="size">How many events to look at, from 1; more are read only when the first of them is waiting for one further on.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null at the bound, and where the first event waits for one beyond it: take a fresh bound later.</returns>
    public async Task<LogWindow?> ReadAsync(LogCursor after, LogBound bound, int size, CancellationToken ct)
    {
        for (var limit = size; ; limit = checked(limit * 2))
        {
            var (events, isAll) = await ReadRowsAsync(after, bound, limit, ct);
            var window = LogWindow.Cut(events);
            if (window is not null || isAll)
            {
                return window;
            }
        }
    }

    private async Task<(List<LoggedEvent> Events, bool IsAll)> ReadRowsAsync(LogCursor after, LogBound bound, int limit, CancellationToken ct)
    {
        await using var batch = store.DataSource.CreateBatch();
        batch.Add(Sql.LogWindow, [.. after.Parameters, bound.Epoch, LogCursor.Xid8(bound.TransactionId), (long)limit]);
        await using var rows = await batch.ExecuteReaderAsync(ct);
        var (events, count) = (new List<LoggedEvent>(), 0);
        for (; await rows.ReadAsync(ct); count++)
        {
            // Marten's columns allow rows that belong to no stream; the audit reports them.
            if (!rows.IsDBNull(0) && !rows.IsDBNull(1))
            {
                events.Add(LoggedEvent.FromWindow(rows, store.Codec));
            }
        }

        return (events, count < limit);
    }
}
