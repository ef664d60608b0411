using System.Diagnostics.Metrics;
using Billing.Api.Hosting.Sealing;
using Billing.Audit.Sealing;
using Billing.Domain;
using Billing.Domain.Preapprovals;
using JasperFx.Events;
using Marten;
using Marten.Events;
using Marten.Events.Archiving;
using Npgsql;

namespace Billing.Api.Hosting.Streams;

/// <summary>Reads, locks and appends to the streams of preapprovals within a Marten session.</summary>
/// <remarks>
/// Streams are always locked in the order of their ids, so that batches of the same streams wait for each other instead
/// of running into deadlocks or conflicts. Personal data is sealed as events are appended.
/// </remarks>
public sealed class PreapprovalStreams
{
    private readonly PersonalData personal;
    private readonly Counter<long> staleSnapshots;

    public PreapprovalStreams(PersonalData personal, IMeterFactory meters)
    {
        this.personal = personal;
        staleSnapshots = meters.Create(BillingMeter.Name).CreateCounter<long>(
            "billing.snapshots.stale",
            description: "Snapshots whose version differed from their stream's; the stream was folded instead.");
    }

    /// <summary>Locks the streams and loads their decision states, in the session's transaction.</summary>
    /// <param name="ids">In any order, also repeated.</param>
    public async Task<IReadOnlyDictionary<Guid, LockedPreapproval>> LockAsync(
        IDocumentSession session, IEnumerable<Guid> ids, CancellationToken ct)
    {
        var sorted = ids.Distinct().Order().ToArray();
        await session.BeginTransactionAsync(ct);
        var versions = await LockRowsAsync(session, sorted, ct);

        // The projection of the snapshot takes what is loaded here from the session, and loads nothing itself.
        session.UseIdentityMapFor<Preapproval>();
        var snapshots = (await session.LoadManyAsync<Preapproval>(ct, sorted)).ToDictionary(state => state.Id);
        var locked = new Dictionary<Guid, LockedPreapproval>();

        foreach (var id in sorted)
        {
            var version = versions.GetValueOrDefault(id);
            var state = await StateAsync(session, id, version, snapshots.GetValueOrDefault(id), ct);
            locked.Add(id, new LockedPreapproval(id, state, version));
        }

        return locked;
    }

    /// <inheritdoc cref="LockAsync(IDocumentSession, IEnumerable{Guid}, CancellationToken)"/>
    public async Task<LockedPreapproval> LockAsync(IDocumentSession session, Guid id, CancellationToken ct) =>
        (await LockAsync(session, [id], ct))[id];

    /// <summary>Applies a rule to the locked state and appends what it decides.</summary>
    /// <param name="rule">
    /// If it needs charges that the snapshot no longer holds, it is applied again to the folded stream.
    /// </param>
    /// <exception cref="RuleViolation">The rule refuses.</exception>
    public async Task<IReadOnlyList<PreapprovalEvent>> DecideAsync(
        IDocumentSession session, LockedPreapproval locked, Func<Preapproval?, IReadOnlyList<PreapprovalEvent>> rule,
        EventSource source, CancellationToken ct)
    {
        IReadOnlyList<PreapprovalEvent> events;

        try
        {
            events = rule(locked.State);
        }
        catch (NeedsFullHistoryException)
        {
            var full = await FoldAsync(session, locked.Id, ct);
            locked.Replace(
                locked.Appended.Aggregate(full, (state, appended) => Preapproval.Fold(state, appended.Event)));
            events = rule(locked.State);
        }

        locked.Append(events, source);

        return events;
    }

    /// <summary>Adds the new events of locked streams to the session; the caller or Wolverine saves it.</summary>
    /// <remarks>A stream that begins with them gets its data key in the same transaction.</remarks>
    public async Task AppendAsync(IDocumentSession session, IEnumerable<LockedPreapproval> all, CancellationToken ct)
    {
        var changed = all.Where(locked => locked.Appended.Count > 0).OrderBy(locked => locked.Id).ToArray();
        var withPersonal = changed.Where(locked => !locked.IsNew && locked.Appended.Any(one => HasUnsealed(one.Event)))
            .Select(locked => locked.Id).ToArray();
        await TakeOutOfArchiveAsync(session, changed, ct);
        var ciphers = withPersonal.Length == 0 ? null : await personal.SealingCiphersAsync(session, withPersonal, ct);

        foreach (var locked in changed)
        {
            var cipher = locked.IsNew ? personal.Create(session, locked.Id) : ciphers?.GetValueOrDefault(locked.Id);

            foreach (var (before, @event, _) in locked.Appended)
            {
                Guards.Apply(session, before, @event);
            }

            var events = locked.Appended.Select(one => (object)Wrap(session, one.Event, one.Source, cipher)).ToArray();

            if (locked.IsNew)
            {
                session.Events.StartStream<Preapproval>(locked.Id, events).ExpectedVersionOnServer = 0;
            }
            else
            {
                session.Events.Append(locked.Id, locked.Version, events);
            }
        }
    }

    /// <summary>The state of one preapproval without a lock: its snapshot. Null when there is none.</summary>
    public static Task<Preapproval?> FindAsync(IQuerySession session, Guid id, CancellationToken ct) =>
        session.LoadAsync<Preapproval>(id, ct);

    /// <summary>Every event of a stream, in order; sealed values stay closed.</summary>
    public static async Task<IReadOnlyList<IEvent>> ReadAsync(IQuerySession session, Guid id, CancellationToken ct)
    {
        var events = await session.Events.FetchStreamAsync(id, token: ct);

        // The events of an archived stream are read only where they are asked for.
        return events.Count > 0 ? events : await session.Events.QueryAllRawEvents()
            .Where(stored => stored.StreamId == id && stored.MaybeArchived()).OrderBy(stored => stored.Version)
            .ToListAsync(ct);
    }

    /// <summary>Every event of a stream, with its personal data opened where its key still exists.</summary>
    public async Task<IReadOnlyList<IEvent>> ReadOpenedAsync(IQuerySession session, Guid id, CancellationToken ct)
    {
        var events = await ReadAsync(session, id, ct);
        var cipher = await personal.CipherAsync(session, id, ct);

        foreach (var @event in events)
        {
            PersonalData.Open(cipher, (PreapprovalEvent)@event.Data);
        }

        return events;
    }

    /// <summary>The whole history folded, sealed values closed; null when there is no such stream.</summary>
    public static async Task<Preapproval?> FoldAsync(IQuerySession session, Guid id, CancellationToken ct) =>
        Fold(await ReadAsync(session, id, ct));

    /// <summary>The whole history folded, personal data opened if its key exists; null without a stream.</summary>
    public async Task<Preapproval?> FoldOpenedAsync(IQuerySession session, Guid id, CancellationToken ct) =>
        Fold(await ReadOpenedAsync(session, id, ct));

    /// <summary>The events of one stream folded. Like a snapshot, the result has the version of the stream.</summary>
    public static Preapproval? Fold(IReadOnlyList<IEvent> events)
    {
        var state = events.Aggregate(
            (Preapproval?)null, (before, @event) => Preapproval.Fold(before, (PreapprovalEvent)@event.Data));

        if (state is not null)
        {
            state.Version = (int)events[^1].Version;
        }

        return state;
    }

    // The version of each stream that exists, by its id; in the order of the ids, as every batch locks.
    private static async Task<Dictionary<Guid, long>> LockRowsAsync(
        IDocumentSession session, Guid[] sorted, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select id, version from {session.DocumentStore.Options.DatabaseSchemaName}.mt_streams
            where tenant_id = $1 and id = any ($2) order by id for update
            """).With(session.TenantId, sorted);
        await using var row = await session.ExecuteReaderAsync(command, ct);
        var versions = new Dictionary<Guid, long>();

        while (await row.ReadAsync(ct))
        {
            versions.Add(row.GetGuid(0), row.GetInt64(1));
        }

        return versions;
    }

    // A snapshot that is not of the stream's version is not decided on.
    private async Task<Preapproval?> StateAsync(
        IDocumentSession session, Guid id, long version, Preapproval? snapshot, CancellationToken ct)
    {
        if (version == (snapshot?.Version ?? 0))
        {
            return snapshot;
        }

        staleSnapshots.Add(1);

        return await FoldAsync(session, id, ct);
    }

    // Only a closed preapproval is archived, and an archived stream takes no events.
    private static async Task TakeOutOfArchiveAsync(
        IDocumentSession session, IEnumerable<LockedPreapproval> changed, CancellationToken ct)
    {
        if (changed.Where(locked => locked.State is { Status: PreapprovalStatus.Closed }).Select(locked => locked.Id)
            .ToArray() is not { Length: > 0 } closed)
        {
            return;
        }

        var schema = session.DocumentStore.Options.DatabaseSchemaName;
        await using var streams = new NpgsqlCommand(
            $"update {schema}.mt_streams set is_archived = false where tenant_id = $1 and id "
            + "= any ($2) and is_archived").With(session.TenantId, closed);

        if (await session.ExecuteAsync(streams, ct) > 0)
        {
            await using var events = new NpgsqlCommand(
                $"update {schema}.mt_events set is_archived = false where tenant_id = $1 and "
                + "stream_id = any ($2) and is_archived")
                .With(session.TenantId, closed);
            await session.ExecuteAsync(events, ct);
        }
    }

    private static bool HasUnsealed(PreapprovalEvent @event) =>
        @event.SealedFields.Any(field => field.Value is { IsSealed: false });

    private IEvent Wrap(IDocumentSession session, PreapprovalEvent @event, EventSource source, StreamCipher? cipher)
    {
        personal.Seal(cipher, session.TenantId, @event);
        var wrapped = session.Events.BuildEvent(@event);
        wrapped.Id = EventIds.Of(session.TenantId, @event);
        (wrapped.UserName, wrapped.CausationId, wrapped.CorrelationId) =
            (source.User, source.Cause, source.Correlation);

        return wrapped;
    }
}
