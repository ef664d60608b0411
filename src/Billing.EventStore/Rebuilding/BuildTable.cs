using Npgsql;

namespace Billing.EventStore;

/// <summary>A table aside of a view that takes its place in the end, with the same columns, constraints, indexes, names, settings and rights.</summary>
/// <remarks>Its connection holds an advisory lock: one rebuild of a view at a time. Whatever bears the name of a build when that lock is taken was left by one that died.</remarks>
internal sealed class BuildTable : IAsyncDisposable
{
    private readonly View view;
    private readonly string live;
    private readonly string name;
    private TableShape? shape;

    private BuildTable(NpgsqlConnection connection, View view, string live, string name) => (Connection, this.view, this.live, this.name) = (connection, view, live, name);

    /// <summary>The one that holds the advisory lock, so that only its holder can swap.</summary>
    internal NpgsqlConnection Connection { get; }

    /// <exception cref="RebuildException">Another rebuild is at it, or something hangs on the view that would be lost.</exception>
    internal static async Task<BuildTable> CreateAsync(NpgsqlDataSource source, View view, CancellationToken ct)
    {
        var schema = Migrator.SchemaOf(source);
        var connection = await source.OpenConnectionAsync(ct);

        // Named by its backend: a build that lost its lock without noticing cannot write into the next one's table.
        var table = new BuildTable(connection, view, $"{Sql.Quote(schema)}.{Sql.Quote(view.Name)}", $"{Prefix(view)}{connection.ProcessID}");
        try
        {
            if (await table.TextsAsync(Sql.TryLockRebuild, ct, table.live) is ["false"])
            {
                throw new RebuildException($"The view {view.Name} is being rebuilt already.");
            }

            await table.DropAsync(await table.TextsAsync(Sql.LeftBuilds, ct, schema, Prefix(view)), ct);
            if (await table.TextsAsync(Sql.WhatARebuildWouldLose, ct, table.live) is { Count: > 0 } lost)
            {
                throw new RebuildException($"The view {view.Name} has what a rebuild would lose: {string.Join(", ", lost)}.");
            }

            await table.DoAsync(Sql.CreateBuild(table.live, Sql.Quote(table.name)), ct);
            table.shape = await TableShape.OfAsync(connection, table.live, ct);
            await table.DoAsync(table.shape.Settings(table.name), ct);
            return table;
        }
        catch
        {
            await table.DisposeAsync();
            throw;
        }
    }

    /// <summary>Replaces all rows of these streams by the folded ones; of a stream that is not in the table yet, the key need not be given.</summary>
    /// <param name="connection">In a transaction that the caller commits.</param>
    internal async Task CopyAsync(NpgsqlConnection connection, IReadOnlyList<StreamKey> keys, IReadOnlyList<ViewFold> folds, CancellationToken ct)
    {
        // What the disk loses with the power is built again; the swap's own commit flushes all of it.
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("set local synchronous_commit = off");
        if (keys.Count > 0)
        {
            batch.Add(Sql.DeleteFromBuild(name, view.StreamColumn), keys.Select(k => k.Tenant).ToArray(), keys.Select(k => k.Id).ToArray());
        }

        await batch.ExecuteNonQueryAsync(ct);
        await view.CopyAsync(connection, Sql.Quote(name), folds, ct);
    }

    /// <summary>Once it is filled: adding to no index is cheaper than to eight. As many are made at once as there are workers.</summary>
    internal async Task AddIndexesAsync(NpgsqlDataSource source, CancellationToken ct)
    {
        await Parallel.ForEachAsync(shape!.Indexes(name), new ParallelOptions { MaxDegreeOfParallelism = StreamSet.Workers, CancellationToken = ct }, async (create, ct) =>
        {
            await using var connection = await source.OpenConnectionAsync(ct);
            await using var batch = new NpgsqlBatch(connection) { Timeout = 0 };
            batch.Add(Sql.SortIndexInMemory);
            batch.Add(create);
            await batch.ExecuteNonQueryAsync(ct);
        });
        await DoAsync(shape.OnIndexes(name), ct);

        // The table that takes the view's place brings no statistics but these.
        await DoAsync($"analyze {Sql.Quote(name)}", ct);
    }

    /// <summary>Takes the view's place, unless others hold it for so long that whoever comes next would have to wait.</summary>
    /// <param name="lockTimeout">How long to wait for the lock, with everybody else behind.</param>
    /// <param name="underLock">Brings the table up to date; nobody can commit a row of the view any more.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="RebuildException">The view was altered meanwhile.</exception>
    internal async Task<bool> TrySwapAsync(TimeSpan lockTimeout, Func<Task> underLock, CancellationToken ct)
    {
        await using var transaction = await Connection.BeginTransactionAsync(ct);
        try
        {
            // The first two locks send an autovacuum away, of the view and of the table that was just filled, in a time that readers and writers need not wait.
            await DoAsync($"lock table {live} in share update exclusive mode", ct);
            await DoAsync($"lock table {Sql.Quote(name)} in access exclusive mode", ct);
            await DoAsync($"set local lock_timeout = {(int)lockTimeout.TotalMilliseconds}", ct);
            await DoAsync($"lock table {live} in access exclusive mode", ct);
        }
        catch (PostgresException error) when (error.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
        {
            return false;
        }

        if (!shape!.IsSame(await TableShape.OfAsync(Connection, live, ct)))
        {
            throw new RebuildException($"The view {view.Name} was altered while it was rebuilt. It stands as before; start again.");
        }

        await underLock();
        await DoAsync($"drop table {live}", ct);
        await DoAsync(shape.Names(name, view.Name), ct);
        await DoAsync("set local synchronous_commit = on", ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    /// <summary>Who uses the view, for a person to see to.</summary>
    internal async Task<string> HoldersAsync(CancellationToken ct) =>
        string.Join(", ", await TextsAsync(Sql.Holders, ct, live)) is { Length: > 0 } pids ? $"pid {pids} uses it" : "many use it in turn";

    /// <summary>Drops the table where it was not swapped in; what cannot be dropped now is found by the next rebuild.</summary>
    public async ValueTask DisposeAsync()
    {
        await IsDoneAsync(DropAsync([name], CancellationToken.None));
        if (!await IsDoneAsync(DoAsync(Sql.UnlockRebuild, CancellationToken.None)))
        {
            // Should it be there still, it ends with what it holds instead of going back to the pool.
            NpgsqlConnection.ClearPool(Connection);
        }

        await Connection.DisposeAsync();
    }

    private static async Task<bool> IsDoneAsync(Task work)
    {
        try
        {
            await work;
            return true;
        }
        catch (Exception error) when (error is NpgsqlException or InvalidOperationException or OperationCanceledException)
        {
            return false;
        }
    }

    private static string Prefix(View view) => $"{view.Name}__rebuild_";

    private Task DropAsync(IEnumerable<string> tables, CancellationToken ct) => DoAsync(tables.Select(table => $"drop table if exists {Sql.Quote(table)}"), ct);

    private async Task DoAsync(IEnumerable<string> statements, CancellationToken ct)
    {
        foreach (var sql in statements)
        {
            await DoAsync(sql, ct);
        }
    }

    private async Task DoAsync(string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, Connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    private async Task<List<string>> TextsAsync(string sql, CancellationToken ct, params object[] parameters)
    {
        await using var batch = new NpgsqlBatch(Connection);
        batch.Add(sql, parameters);
        await using var rows = await batch.ExecuteReaderAsync(ct);
        var texts = new List<string>();
        while (await rows.ReadAsync(ct))
        {
            texts.Add(rows.GetString(0));
        }

        return texts;
    }
}
