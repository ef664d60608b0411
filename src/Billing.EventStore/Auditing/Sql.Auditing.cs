using Npgsql;

namespace Billing.EventStore;

internal static partial class Sql
{
    internal const string CountStreams = "select count(*) from mt_streams";

    /// <summary>The last of the next $3 streams after ($1, $2); no row when fewer are left.</summary>
    internal const string NextBound =
        """
        select tenant_id, id from mt_streams
        where $1::varchar is null or (tenant_id, id) > ($1, $2::uuid)
        order by tenant_id, id
        offset $3::bigint - 1 limit 1
        """;

    internal static readonly string HeadsOfRange =
        $"""
        select s.tenant_id, s.id, s.version, s.timestamp, s.head_hash, s.head_hash_version
        from mt_streams s
        where {InRange("s.id")}
        order by s.tenant_id, s.id
        """;

    // "C": the order in which every writer locks, whatever the database's collation.
    internal static readonly string LockRange =
        $"""
        select s.tenant_id, s.id, s.version, s.timestamp, s.head_hash, s.head_hash_version
        from mt_streams s
        where {InRange("s.id")}
        order by s.tenant_id collate "C", s.id
        for update
        """;

    internal static readonly string EventsOfRange =
        $"""
        select {EventColumns}
        from mt_events e
        where e.tenant_id is not null and e.stream_id is not null and {InRange("e.stream_id")}
        order by e.tenant_id, e.stream_id, e.version
        """;

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
    internal static string Compare(string schema, string view, string streamColumn, IReadOnlyList<string> primaryKey)
    {
        var (live, stream, key) = ($"select v.* from {Quote(schema)}.{Quote(view)} v where {InRange($"v.{Quote(streamColumn)}", "v.tenant_id")}", Quote(streamColumn), Quote(primaryKey[0]));
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

    /// <summary>Rows of the streams ($5, $6), and rows within the range ($1 to $4) whose stream does not exist.</summary>
    internal static string DeleteRows(string view, string streamColumn) =>
        $"""
        delete from {Quote(view)} v
        where {InRange($"v.{Quote(streamColumn)}", "v.tenant_id")}
            and ((v.tenant_id, v.{Quote(streamColumn)}) in (select * from unnest($5::varchar[], $6::uuid[]))
                or not exists (select 1 from mt_streams s where s.tenant_id = v.tenant_id and s.id = v.{Quote(streamColumn)}))
        """;

    internal static string Quote(string identifier) => new NpgsqlCommandBuilder().QuoteIdentifier(identifier);

    // After ($1, $2), up to and including ($3, $4); a null tenant leaves that end open.
    private static string InRange(string stream, string? tenant = null)
    {
        tenant ??= stream.Split('.')[0] + ".tenant_id";
        return $"($1::varchar is null or ({tenant}, {stream}) > ($1, $2::uuid)) and ($3::varchar is null or ({tenant}, {stream}) <= ($3, $4::uuid))";
    }
}
