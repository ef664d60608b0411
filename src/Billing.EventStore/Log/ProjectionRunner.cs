using Microsoft.Extensions.Logging;

namespace Billing.EventStore;

/// <summary>One node's part in one async projection: hold the lease if it is free, read to the bound, write window by window.</summary>
internal sealed class ProjectionRunner(EventStore store, IAsyncProjection projection, AsyncProjectionOptions options, ILogger logger)
{
    private readonly LogReader reader = new(store);
    private readonly ReaderLease lease = new(store.DataSource, projection.Name, options);
    private LogCursor oneByOneUntil;
    private bool isHindered;

    /// <summary>Runs until it is cancelled; never fails.</summary>
    internal async Task RunAsync(CancellationToken ct)
    {
        var wait = options.PollMin;
        while (!ct.IsCancellationRequested)
        {
            wait = await TryPassAsync(ct) ? options.PollMin : wait * 2 < options.PollMax ? wait * 2 : options.PollMax;
            await Task.Delay(wait, TimeProvider.System, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await TryReleaseAsync();
    }

    /// <summary>One pass: everything between the checkpoint and a bound taken now.</summary>
    /// <returns>True when events were projected.</returns>
    internal async Task<bool> PassAsync(CancellationToken ct)
    {
        var term = lease.Term;
        if (await lease.HoldAsync(ct) is not { } state)
        {
            return false;
        }

        if (lease.Term != term)
        {
            Log.Taken(logger, projection.Name, lease.Term);
        }

        return !state.IsWaiting && await ReadToBoundAsync(state, ct);
    }

    private async Task<bool> TryPassAsync(CancellationToken ct)
    {
        try
        {
            var found = await PassAsync(ct);
            isHindered = false;
            return found;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception error)
        {
            // Said once: an outage of an hour is one line.
            if (!isHindered)
            {
                Log.Hindered(logger, projection.Name, ProjectionFailure.ReasonOf(error));
            }

            isHindered = true;
            return false;
        }
    }

    private async Task<bool> ReadToBoundAsync(ReaderState state, CancellationToken ct)
    {
        var (cursor, failures, window) = (state.Cursor, state.Failures, (LogWindow?)null);
        try
        {
            var bound = await reader.BoundAsync(ct);
            if (bound.Newest is null || bound.Newest <= cursor)
            {
                return false;
            }

            while ((window = await reader.ReadAsync(cursor, bound, cursor < oneByOneUntil ? 1 : options.WindowSize, ct)) is not null)
            {
                await WriteAsync(cursor, window, ct);
                (cursor, failures, window) = (window.End, 0, null);
            }
        }
        catch (LeaseLostException)
        {
            Log.Lost(logger, projection.Name);
        }
        catch (Exception error) when (!ct.IsCancellationRequested)
        {
            // One by one through what failed: what can be projected is, and what cannot is named.
            oneByOneUntil = window?.End is { } end && end > oneByOneUntil ? end : oneByOneUntil;
            if (ProjectionFailure.IsPassing(error))
            {
                throw;
            }

            await FailAsync(ProjectionFailure.Of(error, failures + 1, window), ct);
        }

        return cursor != state.Cursor;
    }

    private async Task WriteAsync(LogCursor from, LogWindow window, CancellationToken ct)
    {
        if (options.BeforeWriting is { } pause)
        {
            await pause(window);
        }

        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await lease.MoveAsync(connection, from, window.End, ct);
        await projection.ApplyAsync(window.Events, connection, ct);
        await transaction.CommitAsync(ct);
    }

    private async Task FailAsync(ProjectionFailure failure, CancellationToken ct)
    {
        var (wait, isStopped) = options.After(failure.Count);
        Log.Failed(logger, isStopped ? LogLevel.Error : LogLevel.Warning, projection.Name, isStopped ? "stopped" : "failed", failure.Event ?? "reading the log", failure.Reason, wait);
        await lease.FailAsync(failure, ct);
    }

    private async Task TryReleaseAsync()
    {
        try
        {
            await lease.ReleaseAsync(CancellationToken.None);
        }
        catch (Exception error) when (error is Npgsql.NpgsqlException or ObjectDisposedException)
        {
            Log.NotReleased(logger, projection.Name, ProjectionFailure.ReasonOf(error));
        }
    }
}
