using Billing.EventStore;
using Billing.Messaging;
using Npgsql;

namespace Billing.Api.Notifying;

/// <summary>Makes notifications durable: whatever arrived while the insert before was under way goes into the next one.</summary>
/// <remarks>Nobody is told that it is kept before its commit is. Each is written with the message that will read it.</remarks>
public sealed class NotificationIntake
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

    private readonly EventStore.EventStore store;
    private readonly Sealer sealer;
    private readonly MessageBus bus;
    private readonly Failpoints failpoints;
    private readonly Together<Arrival, bool> writing;
    private long bytes;
    private int count;

    public NotificationIntake(EventStore.EventStore store, Sealer sealer, MessageBus bus, Failpoints failpoints)
    {
        (this.store, this.sealer, this.bus, this.failpoints) = (store, sealer, bus, failpoints);
        writing = new Together<Arrival, bool>(MostInOne, AtOnce, WriteAsync);
    }

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
        Interlocked.Increment(ref count);
        Interlocked.Add(ref bytes, sealedBody.Length);

        try
        {
            return await writing.AskAsync(new Arrival(tenant, id, sealedBody, wrappedKey, headers), CancellationToken.None);
        }
        finally
        {
            Interlocked.Decrement(ref count);
            Interlocked.Add(ref bytes, -sealedBody.Length);
        }
    }

    private async Task<IReadOnlyList<bool>> WriteAsync(IReadOnlyList<Arrival> arrivals)
    {
        try
        {
            failpoints.Reach("notification:received");
            await CommitAsync(arrivals);
            failpoints.Reach("notification:kept");
        }
        catch (PostgresException error) when (arrivals.Count == 1 && error is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "pkey_notifications" })
        {
            // The commit whose answer was lost had happened: it stands there, under an id that nobody else has.
        }

        return [.. arrivals.Select(_ => true)];
    }

    private async Task CommitAsync(IReadOnlyList<Arrival> arrivals)
    {
        // Arrays of references would be taken for lists of parameters.
        NpgsqlParameter Column<T>(Func<Arrival, T> value) => new() { Value = arrivals.Select(value).ToArray() };

        await using var session = await store.OpenSessionAsync(CancellationToken.None);
        session.Also.Add(Insert, Column(it => it.Id), Column(it => it.Tenant), Column(it => it.Body), Column(it => it.WrappedKey), Column(it => it.Headers));
        bus.EnqueueIn(session, [.. arrivals.Select(it => NotificationLog.Apply(it.Tenant, it.Id))], new Metadata(UserName: "gateway"));
        await session.CommitAsync(CancellationToken.None);
    }

    private sealed record Arrival(string Tenant, Guid Id, byte[] Body, byte[] WrappedKey, string Headers);
}
