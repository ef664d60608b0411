using System.Diagnostics;
using Billing.Api.Hosting;
using Marten;
using Npgsql;
using Wolverine;
using Wolverine.Marten;

namespace Billing.Api.Notifications;

/// <summary>Stores notifications. Those that arrive during a commit share the next one, and one message.</summary>
public sealed class NotificationIntake : IAsyncDisposable
{
    /// <summary>How many notifications may wait for their commit, those being written included.</summary>
    public const int MostWaiting = 4_000;

    /// <summary>Bytes of their bodies.</summary>
    public const long MostBytes = 64 * 1024 * 1024;

    private const int MostInOneCommit = 250;

    // A second commit at once halves the batches: a third more CPU for each notification of 64 connections.
    private const int CommitsAtOnce = 1;

    private readonly IDocumentStore store;
    private readonly IServiceScopeFactory scopes;
    private readonly NotificationBodies bodies;
    private readonly TimeProvider realTime;
    private readonly Failpoints failpoints;
    private readonly SiteBatchers<Notification, bool> batchers;
    private long bytes;
    private int count;

    public NotificationIntake(
        IDocumentStore store, IServiceScopeFactory scopes, NotificationBodies bodies, TimeProvider realTime,
        Failpoints failpoints)
    {
        (this.store, this.scopes, this.bodies, this.realTime) = (store, scopes, bodies, realTime);
        this.failpoints = failpoints;
        batchers = new(MostInOneCommit, CommitsAtOnce, WriteAsync);
    }

    /// <summary>The database is slower than the gateway: refuse further notifications for a moment.</summary>
    public bool IsFull => Volatile.Read(ref count) >= MostWaiting || Interlocked.Read(ref bytes) >= MostBytes;

    /// <param name="body">As it arrived; sealed before this returns.</param>
    /// <param name="headers">A JSON object.</param>
    /// <returns>False when too many wait already: nothing is stored.</returns>
    /// <exception cref="NpgsqlException">It is not stored, or it is not known whether it is.</exception>
    public async Task<bool> KeepAsync(string site, ReadOnlyMemory<byte> body, string headers)
    {
        if (IsFull)
        {
            return false;
        }

        var now = realTime.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var kept = new Notification { Id = id, ReceivedAt = now, Body = bodies.Seal(site, id, headers, body.Span) };
        Activity.Current?.SetTag(BillingTracing.NotificationId, $"{id}");
        Interlocked.Increment(ref count);
        Interlocked.Add(ref bytes, body.Length);

        try
        {
            return await batchers.SendAsync(site, kept);
        }
        finally
        {
            Interlocked.Decrement(ref count);
            Interlocked.Add(ref bytes, -body.Length);
        }
    }

    public ValueTask DisposeAsync() => batchers.DisposeAsync();

    private async Task<IReadOnlyList<bool>> WriteAsync(string site, IReadOnlyList<Notification> batch)
    {
        failpoints.Reach("notification:received");
        await using var scope = scopes.CreateAsyncScope();
        await using var session = store.LightweightSession(site);
        var outbox = scope.ServiceProvider.GetRequiredService<IMartenOutbox>();
        outbox.Enroll(session);
        session.Insert<Notification>([.. batch]);
        await outbox.PublishAsync(
            new ApplyNotifications(site, [.. batch.Select(one => one.Id)]), new DeliveryOptions { TenantId = site });
        await session.SaveChangesAsync();
        failpoints.Reach("notification:kept");

        return [.. batch.Select(_ => true)];
    }
}
