using System.Collections.Concurrent;
using Billing.EventStore;
using Billing.Messaging;
using Npgsql;

namespace Billing.Api.Notifying;

/// <summary>Makes notifications durable: whatever arrived while the insert before was under way goes into the next one.</summary>
/// <remarks>
/// Nobody waits for company, and nobody is told that it is kept before its commit is. Each is written with the message that will read it.
/// What a batch cannot write is halved until it stands alone, so that none fails for another.
/// </remarks>
public sealed class NotificationIntake(EventStore.EventStore store, Sealer sealer, MessageBus bus, Failpoints failpoints)
{
    /// <summary>How many may wait, the ones being written included.</summary>
    public const int MostWaiting = 4_000;

    /// <summary>Bytes of their bodies.</summary>
    public const long MostBytes = 64 * 1024 * 1024;

    private const int MostInOne = 250;

    // One on its way to the disk while the next is made ready.
    private const int AtOnce = 2;

    private const string Insert =
        """
        insert into notifications (id, tenant_id, body, wrapped_key, headers)
        select id, tenant_id, body, wrapped_key, headers::jsonb
        from unnest($1::uuid[], $2::text[], $3::bytea[], $4::bytea[], $5::text[]) as n (id, tenant_id, body, wrapped_key, headers)
        """;

    private readonly ConcurrentQueue<Arrival> waiting = new();
    private long bytes;
    private int count;
    private int running;

    /// <summary>The books are slower than the gateway: whoever comes now is better sent away for a moment.</summary>
    public bool IsFull => Volatile.Read(ref count) >= MostWaiting || Interlocked.Read(ref bytes) >= MostBytes;

    /// <returns>False, and nothing is kept, when too many wait already.</returns>
    /// <param name="body">As it came; sealed before this returns.</param>
    /// <param name="headers">A JSON object.</param>
    /// <exception cref="NpgsqlException">It is not durable, or nobody knows whether it is.</exception>
    public async Task<bool> KeepAsync(string tenant, ReadOnlyMemory<byte> body, string headers)
    {
        if (IsFull)
        {
            return false;
        }

        var id = Guid.CreateVersion7();
        var (sealedBody, wrappedKey) = sealer.SealBlob(body.Span, NotificationLog.Aad(tenant, id));
        var arrival = new Arrival(tenant, id, sealedBody, wrappedKey, headers);
        Interlocked.Increment(ref count);
        Interlocked.Add(ref bytes, sealedBody.Length);

        try
        {
            waiting.Enqueue(arrival);

            if (MayRun())
            {
                _ = Task.Run(DrainAsync, CancellationToken.None);
            }

            await arrival.Durable.Task;

            return true;
        }
        finally
        {
            Interlocked.Decrement(ref count);
            Interlocked.Add(ref bytes, -sealedBody.Length);
        }
    }

    private bool MayRun()
    {
        if (Interlocked.Increment(ref running) <= AtOnce)
        {
            return true;
        }

        Interlocked.Decrement(ref running);

        return false;
    }

    private async Task DrainAsync()
    {
        do
        {
            while (Take() is { Count: > 0 } batch)
            {
                await WriteAsync(batch);
            }

            // Whoever came between the last look and this line saw us running: look again.
            Interlocked.Decrement(ref running);
        }
        while (!waiting.IsEmpty && MayRun());
    }

    private List<Arrival> Take()
    {
        var batch = new List<Arrival>();

        while (batch.Count < MostInOne && waiting.TryDequeue(out var arrival))
        {
            batch.Add(arrival);
        }

        return batch;
    }

    private async Task WriteAsync(List<Arrival> batch)
    {
        try
        {
            failpoints.Reach("notification:received");
            await CommitAsync(batch);
            failpoints.Reach("notification:kept");
            batch.ForEach(arrival => arrival.Durable.SetResult());
        }
        catch (PostgresException) when (batch.Count > 1)
        {
            await WriteAsync(batch[..(batch.Count / 2)]);
            await WriteAsync(batch[(batch.Count / 2)..]);
        }
        catch (PostgresException error) when (error is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "pkey_notifications" })
        {
            // The commit whose answer was lost had happened: it stands there, under an id that nobody else has.
            batch[0].Durable.SetResult();
        }
#pragma warning disable CA1031 // Whoever waits is told, whatever it was.
        catch (Exception error)
#pragma warning restore CA1031
        {
            batch.ForEach(arrival => arrival.Durable.SetException(error));
        }
    }

    private async Task CommitAsync(List<Arrival> batch)
    {
        T[] Column<T>(Func<Arrival, T> value) => [.. batch.Select(value)];

        await using var session = await store.OpenSessionAsync(CancellationToken.None);
        session.Also.Add(
            Insert, Column(it => it.Id), new NpgsqlParameter { Value = Column(it => it.Tenant) }, new NpgsqlParameter { Value = Column(it => it.Body) }, new NpgsqlParameter { Value = Column(it => it.WrappedKey) },
            new NpgsqlParameter { Value = Column(it => it.Headers) });
        bus.EnqueueIn(session, [.. batch.Select(it => NotificationLog.Apply(it.Tenant, it.Id))], new Metadata(UserName: "gateway"));
        await session.CommitAsync(CancellationToken.None);
    }

    private sealed record Arrival(string Tenant, Guid Id, byte[] Body, byte[] WrappedKey, string Headers)
    {
        public TaskCompletionSource Durable { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
