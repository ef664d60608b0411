using System.Data.Common;
using System.Text.Json;
using Billing.Api.Hosting;
using Marten;
using Npgsql;

namespace Billing.Api.Operations.Audit;

/// <summary>Reads the rows of many streams with two statements.</summary>
public static class StreamPage
{
    // Failed appends leave rows of this type behind, and a stream of version 0.
    private const string NoTombstone = "type <> 'tombstone'";

    /// <summary>Runs a command in the caller's transaction.</summary>
    public delegate Task<DbDataReader> Run(NpgsqlCommand command, CancellationToken ct);

    /// <summary>All streams of a range.</summary>
    public static Task<IReadOnlyList<StoredStream>> ReadAsync(
        Run run, Database database, ISerializer serializer, StreamRange range, CancellationToken ct) => ReadAsync(
        run, serializer, range.Site,
        Command(
            $"""
            select id, version, is_archived from {database.Schema}.mt_streams
            where tenant_id = $1 and id > $2 and id <= $3
            """, range),
        Command(
            $"""
            select {StoredRow.Columns}, e.is_archived from {database.Schema}.mt_events e
            where tenant_id = $1 and stream_id > $2 and stream_id <= $3 and {NoTombstone} order by stream_id, version
            """, range),
        ct);

    /// <summary>Locks streams, in the order of their ids, and then reads them.</summary>
    public static async Task<IReadOnlyList<StoredStream>> LockAsync(
        IDocumentSession session, Database database, IReadOnlyCollection<Guid> ids, CancellationToken ct)
    {
        var wanted = ids.ToArray();
        await session.BeginTransactionAsync(ct);

        return await ReadAsync(
            session.ExecuteReaderAsync, session.DocumentStore.Options.Serializer(), session.TenantId,
            Command(
                $"""
                select id, version, is_archived from {database.Schema}.mt_streams
                where tenant_id = $1 and id = any ($2) order by id for update
                """,
                session.TenantId, wanted),
            Command(
                $"""
                select {StoredRow.Columns}, e.is_archived from {database.Schema}.mt_events e
                where tenant_id = $1 and stream_id = any ($2) and {NoTombstone} order by stream_id, version
                """,
                session.TenantId, wanted),
            ct);
    }

    public static NpgsqlCommand Command(string sql, StreamRange range) =>
        Command(sql, range.Site, range.After, range.UpTo);

    public static NpgsqlCommand Command(string sql, params ReadOnlySpan<object> parameters) =>
        new NpgsqlCommand(sql).With(parameters);

    private static async Task<IReadOnlyList<StoredStream>> ReadAsync(
        Run run, ISerializer serializer, string site, NpgsqlCommand streams, NpgsqlCommand events, CancellationToken ct)
    {
        var versions = new SortedDictionary<Guid, (long Version, bool IsArchived)>();

        await using (streams)
        await using (var row = await run(streams, ct))
        {
            while (await row.ReadAsync(ct))
            {
                versions.Add(row.GetGuid(0), (row.GetInt64(1), row.GetBoolean(2)));
            }
        }

        var rows = await EventsAsync(run, serializer, events, ct);

        var all = versions.Keys.Union(rows.Keys).Select(id => Stream(site, id, versions, rows));

        return [.. all.Where(stream => !IsOfTombstones(stream))];
    }

    private static StoredStream Stream(
        string site, Guid id, SortedDictionary<Guid, (long Version, bool IsArchived)> versions,
        Dictionary<Guid, StoredRows> rows)
    {
        var stored = rows.GetValueOrDefault(id) ?? new();
        var (version, isArchived) = versions.GetValueOrDefault(id);
        var misfiled = stored.Archived.Where(one => one.IsArchived != isArchived).Select(one => one.Version);

        return new(site, id, version, stored.Events, stored.Unreadable, [.. misfiled]);
    }

    private static bool IsOfTombstones(StoredStream stream) =>
        stream is { Version: 0, Events.Count: 0, Unreadable.Count: 0 };

    private static async Task<Dictionary<Guid, StoredRows>> EventsAsync(
        Run run, ISerializer serializer, NpgsqlCommand command, CancellationToken ct)
    {
        var rows = new Dictionary<Guid, StoredRows>();

        await using (command)
        await using (var row = await run(command, ct))
        {
            while (await row.ReadAsync(ct))
            {
                var (id, version) = StoredRow.PlaceOf(row);

                if (!rows.TryGetValue(id, out var stream))
                {
                    rows.Add(id, stream = new());
                }

                stream.Archived.Add((version, row.GetBoolean(StoredRow.ColumnCount)));

                try
                {
                    stream.Events.Add(StoredRow.Read(row, serializer));
                }
                catch (Exception error) when (
                    error is JsonException or InvalidDataException or InvalidOperationException or FormatException)
                {
                    stream.Unreadable.Add((version, error.GetType().Name));
                }
            }
        }

        return rows;
    }

    private sealed class StoredRows
    {
        public List<StoredRow> Events { get; } = [];

        public List<(long Version, string Why)> Unreadable { get; } = [];

        public List<(long Version, bool IsArchived)> Archived { get; } = [];
    }
}
