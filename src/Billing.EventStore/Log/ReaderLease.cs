using Npgsql;

namespace Billing.EventStore;

/// <summary>The row that says who reads the log under one name, and the checkpoint that only this one may move.</summary>
internal sealed class ReaderLease(NpgsqlDataSource dataSource, string name, AsyncProjectionOptions options)
{
    /// <summary>The term under which this process held the lease last; 0 before it ever did.</summary>
    internal long Term { get; private set; }

    /// <summary>Takes or renews the lease where that is due.</summary>
    /// <returns>Null when somebody else holds it.</returns>
    internal async Task<ReaderState?> HoldAsync(CancellationToken ct)
    {
        var state = await LookAsync(ct);
        if (state is null)
        {
            await ExecuteAsync(Sql.RegisterReader, ct, name);
            state = await LookAsync(ct) ?? throw new InvalidOperationException($"The reader {name} cannot be registered.");
        }

        if (state.Term == Term && state.LeasedFor > options.Lease / 2)
        {
            return state;
        }

        if (state.Term == Term && state.LeasedFor > TimeSpan.Zero && await ExecuteAsync(Sql.RenewReader, ct, name, Term, options.Lease) == 1)
        {
            return state;
        }

        // Looked at again after a claim: the last holder may have moved the checkpoint since.
        return state.LeasedFor <= TimeSpan.Zero && await ClaimAsync(ct) ? await LookAsync(ct) : null;
    }

    /// <summary>Moves the checkpoint in the caller's transaction, which holds the reader's row from here to its end.</summary>
    /// <exception cref="LeaseLostException">Somebody else reads now, or may: nothing of this transaction may commit.</exception>
    internal async Task MoveAsync(NpgsqlConnection connection, LogCursor from, LogCursor to, CancellationToken ct)
    {
        // A process that is paused inside the transaction loses it, and the row's lock with it.
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("select set_config('idle_in_transaction_session_timeout', $1, true)", $"{(long)options.Lease.TotalMilliseconds}ms");
        batch.Add(Sql.MoveReader, [name, Term, options.Lease, .. from.Parameters, .. to.Parameters]);
        await batch.ExecuteNonQueryAsync(ct);
        if (batch.BatchCommands[1].Rows == 0)
        {
            throw new LeaseLostException(name);
        }
    }

    /// <summary>Records a failure, unless somebody else reads by now.</summary>
    internal Task FailAsync(ProjectionFailure failure, CancellationToken ct)
    {
        var (wait, isStopped) = options.After(failure.Count);
        return ExecuteAsync(Sql.FailReader, ct, name, Term, failure.Count, wait, isStopped, failure.Reason, failure.Stack, failure.Event);
    }

    /// <summary>Lets another node go on at once.</summary>
    internal Task ReleaseAsync(CancellationToken ct) => Term == 0 ? Task.CompletedTask : ExecuteAsync(Sql.ReleaseReader, ct, name, Term);

    private async Task<bool> ClaimAsync(CancellationToken ct)
    {
        await using var batch = dataSource.CreateBatch();
        batch.Add(Sql.ClaimReader, name, options.NodeName, options.Lease);
        if (await batch.ExecuteScalarAsync(ct) is not long term)
        {
            return false;
        }

        Term = term;
        return true;
    }

    private async Task<ReaderState?> LookAsync(CancellationToken ct)
    {
        await using var batch = dataSource.CreateBatch();
        batch.Add(Sql.LookAtReader, name);
        await using var row = await batch.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct)
            ? new ReaderState(row.GetInt64(0), TimeSpan.FromSeconds(row.GetDouble(1)), row.GetBoolean(2), row.GetInt32(3), LogCursor.Read(row, 4))
            : null;
    }

    private async Task<int> ExecuteAsync(string sql, CancellationToken ct, params object?[] parameters)
    {
        await using var batch = dataSource.CreateBatch();
        batch.Add(sql, parameters);
        return await batch.ExecuteNonQueryAsync(ct);
    }
}

/// <param name="LeasedFor">What is left of the current lease; zero or less: free.</param>
/// <param name="IsWaiting">Failed, and not to be tried again yet.</param>
internal sealed record ReaderState(long Term, TimeSpan LeasedFor, bool IsWaiting, int Failures, LogCursor Cursor);

/// <summary>Another node reads under this name now, or the lease ran out: what was in hand is not written.</summary>
internal sealed class LeaseLostException(string name) : Exception($"The lease of {name} is lost.");
