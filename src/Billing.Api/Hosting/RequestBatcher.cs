using System.Diagnostics;
using System.Threading.Channels;
using Npgsql;

namespace Billing.Api.Hosting;

/// <summary>Handles requests in batches: requests that arrive during a batch share the next one.</summary>
/// <remarks>A failed batch is halved until the request that causes the failure is alone; the others succeed.</remarks>
public sealed class RequestBatcher<TRequest, TResponse> : IAsyncDisposable
{
    private readonly Channel<Pending> queue =
        Channel.CreateUnbounded<Pending>(new() { SingleReader = false, SingleWriter = false });
    private readonly Func<IReadOnlyList<TRequest>, Task<IReadOnlyList<TResponse>>> handle;
    private readonly Func<TRequest, int> sizeOf;
    private readonly int batchSize;
    private readonly Task[] workers;

    /// <param name="batchSize">The size at which a batch takes no further request.</param>
    /// <param name="concurrency">Batches handled at the same time.</param>
    /// <param name="handle">Returns one response for each request, in order.</param>
    /// <param name="sizeOf">Of one request; null: 1.</param>
    public RequestBatcher(
        int batchSize, int concurrency, Func<IReadOnlyList<TRequest>, Task<IReadOnlyList<TResponse>>> handle,
        Func<TRequest, int>? sizeOf = null)
    {
        (this.batchSize, this.handle, this.sizeOf) = (batchSize, handle, sizeOf ?? (_ => 1));

        // Without the span of the first request, which would be the parent of every batch.
        using (ExecutionContext.SuppressFlow())
        {
            workers = [.. Enumerable.Range(0, concurrency).Select(_ => Task.Run(WorkAsync))];
        }
    }

    /// <exception cref="NpgsqlException">The database did not answer; the result of the request is unknown.</exception>
    public Task<TResponse> SendAsync(TRequest request, CancellationToken ct = default)
    {
        var pending = new Pending(request, BillingTracing.Caller);

        return queue.Writer.TryWrite(pending)
            ? pending.Response.Task.WaitAsync(ct)
            : throw new ObjectDisposedException(GetType().Name);
    }

    /// <summary>Handles what was sent, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await Task.WhenAll(workers);
    }

    private async Task WorkAsync()
    {
        while (await queue.Reader.WaitToReadAsync())
        {
            var (batch, size) = (new List<Pending>(), 0);

            while (size < batchSize && queue.Reader.TryRead(out var pending))
            {
                batch.Add(pending);
                size += sizeOf(pending.Request);
            }

            if (batch.Count > 0)
            {
                await HandleAsync(batch);
            }
        }
    }

    private async Task HandleAsync(List<Pending> batch)
    {
        using var span = BillingTracing.StartShared("batch", batch.Select(pending => pending.Caller));

        try
        {
            var responses = await handle([.. batch.Select(pending => pending.Request)]);

            for (var i = 0; i < batch.Count; i++)
            {
                batch[i].Response.TrySetResult(responses[i]);
            }
        }
        catch (Exception error) when (batch.Count > 1 && !IsConnectionLost(error))
        {
            await HandleAsync(batch[..(batch.Count / 2)]);
            await HandleAsync(batch[(batch.Count / 2)..]);
        }
#pragma warning disable CA1031 // Every waiting request receives the error, whatever it is.
        catch (Exception error)
#pragma warning restore CA1031
        {
            batch.ForEach(pending => pending.Response.TrySetException(error));
        }
    }

    private static bool IsConnectionLost(Exception error) =>
        error is NpgsqlException and not PostgresException
        || (error.InnerException is { } inner && IsConnectionLost(inner));

    private sealed record Pending(TRequest Request, ActivityContext Caller)
    {
        public TaskCompletionSource<TResponse> Response { get; } = new(
            TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
