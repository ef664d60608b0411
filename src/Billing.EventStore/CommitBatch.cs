using Npgsql;
using NpgsqlTypes;

namespace Billing.EventStore;

/// <summary>The statements of one commit, in the order that every writer keeps: events, streams (before their events where they are not locked yet), keys, guards, views, what else was added, commit.</summary>
internal static class CommitBatch
{
    /// <summary>The server writes these while the next are on their way to it.</summary>
    private const int EventsPerStatement = 64;

    internal static NpgsqlBatch Of(Session session, EventStoreOptions options, IReadOnlyList<WritableStream> changed)
    {
        var batch = new NpgsqlBatch(session.Connection);
        var written = changed.Where(s => s.Pending.Count > 0).ToList();
        if (written.Count > 0)
        {
            batch.Add(Sql.PlanOnce);
            AddAppends(batch, [.. written.Where(s => !s.IsWrittenAhead)], options.Aggregate.StreamType);
        }

        AddKeys(batch, changed);
        Project(batch, options, written);
        if (written.Count > 0 && session.Also.BatchCommands.Count > 0)
        {
            batch.Add(Sql.PlanEachTime);
        }

        foreach (var command in session.Also.BatchCommands)
        {
            batch.BatchCommands.Add(command);
        }

        if (batch.BatchCommands.Count == 0)
        {
            // In a transaction that has failed, a bare commit would roll back in silence; this complains.
            batch.Add("select 1");
        }

        batch.Add("commit");
        return batch;
    }

    /// <summary>Events and streams, which may go ahead of the rest of the commit. A stream that is not locked comes before its events: whoever waited for one of these would hold its lock.</summary>
    internal static void AddAppends(NpgsqlBatch batch, IReadOnlyList<WritableStream> streams, string streamType)
    {
        List<WritableStream> recalled = [.. streams.Where(s => s.IsRecalled)], locked = [.. streams.Where(s => !s.IsRecalled)];
        if (recalled.Count > 0)
        {
            batch.Add(Sql.UpdateUnchanged, [.. Columns(recalled, streamType), recalled.Select(s => Convert.FromHexString(s.Memory.Hash!)).ToArray()]);
            AddEvents(batch, recalled);
        }

        if (locked.Count > 0)
        {
            AddEvents(batch, locked);
            AddStreams(batch, locked, streamType);
        }
    }

    private static void AddEvents(NpgsqlBatch batch, IReadOnlyList<WritableStream> streams)
    {
        foreach (var (stored, _, _) in streams.SelectMany(s => s.Foreign))
        {
            batch.Add(Sql.ChainForeignEvent, stored.Key.Tenant, stored.Key.Id, stored.Version, stored.Hash);
        }

        foreach (var events in streams.SelectMany(s => s.Pending).Chunk(EventsPerStatement))
        {
            T[] Column<T>(Func<PendingEvent, T> value) => Array.ConvertAll(events, e => value(e));
            batch.Add(
                Sql.InsertEvents,
                Column(e => e.Stored.EventId),
                Column(e => e.Stored.Key.Id),
                Column(e => e.Stored.Version),
                new NpgsqlParameter { Value = Column(e => e.Stored.Data), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb },
                Column(e => e.Stored.Type),
                Column(e => e.Stored.Timestamp),
                Column(e => e.Stored.Key.Tenant),
                Column(e => e.DotnetType),
                Column(e => e.Stored.CorrelationId),
                Column(e => e.Stored.CausationId),
                Column(e => e.Stored.UserName),
                Column(e => e.Stored.Hash));
        }
    }

    private static void AddStreams(NpgsqlBatch batch, IReadOnlyList<WritableStream> streams, string streamType)
    {
        batch.Add(Sql.UpsertStreams, Columns(streams, streamType));
        foreach (var stream in streams.Where(s => s.Head is { IsArchived: true }))
        {
            batch.Add(Sql.UnarchiveEvents, stream.Key.Tenant, stream.Key.Id);
        }
    }

    private static object[] Columns(IReadOnlyList<WritableStream> streams, string streamType) =>
    [
        streams.Select(s => s.Key.Tenant).ToArray(),
        streams.Select(s => s.Key.Id).ToArray(),
        streamType,
        streams.Select(s => s.Version).ToArray(),
        streams.Select(s => s.LastTimestamp).ToArray(),
        streams.Select(s => Convert.FromHexString(s.HeadHash!)).ToArray(),
    ];

    private static void AddKeys(NpgsqlBatch batch, IReadOnlyList<WritableStream> streams)
    {
        var fresh = streams.Where(s => s.Seal is { IsNew: true, WrappedKey: not null }).ToList();
        if (fresh.Count > 0)
        {
            batch.Add(
                Sql.InsertStreamKeys,
                fresh.Select(s => s.Key.Tenant).ToArray(),
                fresh.Select(s => s.Key.Id).ToArray(),
                fresh.Select(s => s.Seal.WrappedKey!).ToArray(),
                fresh.Select(s => s.DatabaseNow).ToArray());
        }

        foreach (var stream in streams.Where(s => s.ForgetsAtCommit))
        {
            batch.Add(Sql.ForgetStream, stream.Key.Tenant, stream.Key.Id, stream.DatabaseNow);
        }
    }

    private static void Project(NpgsqlBatch batch, EventStoreOptions options, List<WritableStream> streams)
    {
        List<Recorded> events = [.. streams.SelectMany(s => s.Foreign.Concat(s.Pending)).Select(pending => pending.Recorded)];
        foreach (var guard in options.Guards)
        {
            guard.Project(events, batch);
        }

        for (var i = 0; i < options.Views.Count; i++)
        {
            options.Views[i].AddWrite(batch, streams.Select(stream => stream.Views[i]));
        }
    }
}
