using Npgsql;

namespace Billing.EventStore;

internal static partial class Sql
{
    /// <summary>After the columns of an event: what only a stream's row has, and that this is none.</summary>
    private const string OfAnEvent = "null::bytea as head_hash, null::bigint as head_hash_version, 1 as kind";

    /// <summary>A stream's row in the place of an event: its version and timestamp stand where an event has its own.</summary>
    private const string HeadColumns =
        "s.tenant_id, s.id, s.version, null::uuid, null::varchar, null::jsonb, s.timestamp, null::varchar, null::varchar, null::varchar, null, null::text, s.head_hash, s.head_hash_version, 0";

    internal const string CountStreams = "select count(*) from mt_streams";

    /// <summary>The last of the next so many streams; no row when fewer are left.</summary>
    internal static string LastOfNext(StreamRange rest, int streams) =>
        $"select s.tenant_id, s.id from mt_streams s where {rest.Within("s.tenant_id", "s.id")} order by s.tenant_id, s.id offset {streams - 1} limit 1";

    /// <summary>Of each stream first its row and then its events; either may be missing. Not joined, so that several processes of the server can scan and sort; ordered by id first, because it is cheap to compare and no index is tempting that reads the log page by page.</summary>
    internal static string Streams(StreamSet set, string columns = EventColumns) =>
        $"""
        select * from (
            select {columns}, {OfAnEvent}
            from mt_events e where e.tenant_id is not null and e.stream_id is not null and {set.Within("e.tenant_id", "e.stream_id")}
            union all
            select {HeadColumns}
            from mt_streams s where {set.Within("s.tenant_id", "s.id")}) one
        order by stream_id, tenant_id collate "C", kind, version
        """;

    /// <summary>In the transaction that reads a part: a sort of gigabytes in the default 4 MB goes over the disk again and again.</summary>
    internal const string SortInMemory = "set local work_mem = '64MB'";

    internal static string Hold(string schema, IEnumerable<string> views) =>
        $"lock table {string.Join(", ", views.Select(view => $"{Quote(schema)}.{Quote(view)}"))} in access share mode";

    internal const string EventsOutsideStreams =
        "select e.id, e.version from mt_events e where e.tenant_id is null or e.stream_id is null order by e.seq_id";

    internal const string PrimaryKey =
        """
        select a.attname
        from pg_index i
        cross join unnest(i.indkey::int2[]) with ordinality as k (attnum, position)
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
        where i.indrelid = $1::regclass and i.indisprimary
        order by k.position
        """;

    /// <summary>An empty table of the same name that hides the live one from this transaction's statements.</summary>
    internal static string Shadow(string schema, string view) =>
        $"""
        create temp table {Quote(view)} (like {Quote(schema)}.{Quote(view)}
            including defaults including constraints including indexes including generated) on commit drop
        """;

    /// <summary>Rows that only one side has, paired by primary key: tenant, stream, the live row is there, the replayed row is there, the columns that differ.</summary>
    internal static string Compare(StreamSet range, string schema, string view, string streamColumn, IReadOnlyList<string> primaryKey)
    {
        var (live, stream, key) = ($"select v.* from {Quote(schema)}.{Quote(view)} v where {range.Within("v.tenant_id", $"v.{Quote(streamColumn)}")}", Quote(streamColumn), Quote(primaryKey[0]));
        var replayed = $"select * from pg_temp.{Quote(view)}";
        return
            $"""
            with live as ({live} except {replayed}), replayed as ({replayed} except {live})
            select coalesce(l.tenant_id, r.tenant_id), coalesce(l.{stream}, r.{stream}), l.{key} is not null, r.{key} is not null,
                (select string_agg(a.key, ', ' order by a.key)
                 from jsonb_each(to_jsonb(l)) a join jsonb_each(to_jsonb(r)) b using (key)
                 where a.value is distinct from b.value)
            from live l full join replayed r using ({string.Join(", ", primaryKey.Select(Quote))})
            """;
    }

    internal static string Quote(string identifier) => new NpgsqlCommandBuilder().QuoteIdentifier(identifier);
}
