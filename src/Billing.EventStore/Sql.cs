namespace Billing.EventStore;

/// <summary>Every statement that appends and reads; those of audit and rebuild stand in their folder.</summary>
internal static partial class Sql
{
    // The hash is over the headers without itself; headers that another writer left null count as an empty object,
    // because chaining that event later writes its hash there.
    private const string EventColumns =
        """
        e.tenant_id, e.stream_id, e.version, e.id, e.type, e.data, e.timestamp, e.correlation_id, e.causation_id, e.user_name,
        coalesce(case when jsonb_typeof(e.headers) = 'object' then e.headers - 'hash' else e.headers end, '{}'), e.headers ->> 'hash'
        """;

    /// <summary>For statements whose plan is the same whatever the tables hold: planned again each time, planning costs more than running.</summary>
    internal const string PlanOnce = "set local plan_cache_mode = force_generic_plan";

    /// <summary>For statements of others in the same transaction: one planned on a young table would stay wrong.</summary>
    internal const string PlanEachTime = "set local plan_cache_mode = force_custom_plan";

    // Locked inside the lateral, one after the other in the callers' order, which is the order of stream keys everywhere;
    // and by the index also while the table is young, where a join would be planned as a scan and stay one.
    internal const string LockStreams = $"{HeadsOfWanted} for update) s";

    /// <summary>The same without the lock.</summary>
    internal const string HeadsOfStreams = $"{HeadsOfWanted} offset 0) s";

    private const string HeadsOfWanted =
        """
        select s.tenant_id, s.id, s.version, s.timestamp, s.head_hash, s.head_hash_version, s.is_archived
        from unnest($1::varchar[], $2::uuid[]) as wanted (tenant_id, id)
        cross join lateral (
            select * from mt_streams one
            where one.tenant_id = wanted.tenant_id and one.id = wanted.id
        """;

    // In a load for writing a statement of its own after the lock: the lock's own snapshot may predate a forget that it waited for.
    internal const string StreamKeys =
        $"""
        select wanted.tenant_id, wanted.id, k.stream_id is not null, k.wrapped_key
        {KeysOfWanted}
        """;

    internal const string TransactionAndClock = "select pg_current_xact_id(), clock_timestamp()";

    private const string KeysOfWanted =
        """
        from unnest($1::varchar[], $2::uuid[]) as wanted (tenant_id, id)
        left join lateral (
            select * from stream_keys one
            where one.tenant_id = wanted.tenant_id and one.stream_id = wanted.id
            offset 0) k on true
        """;

    /// <summary>$3: of each stream, the version after which it is read.</summary>
    // `offset 0` keeps the planner from flattening this into a join that reads the whole table while it is young.
    internal const string EventsOfStreamsAfter =
        $"""
        select {EventColumns}
        from unnest($1::varchar[], $2::uuid[]) with ordinality as wanted (tenant_id, id, position)
        cross join lateral (
            select * from mt_events one
            where one.tenant_id = wanted.tenant_id and one.stream_id = wanted.id and one.version > ($3::bigint[])[wanted.position]
            order by one.version
            offset 0) e
        order by wanted.position, e.version
        """;

    internal const string EventsOfStream = $"select {EventColumns} {OneStream}";

    /// <summary>As little as a fold needs.</summary>
    internal const string FoldOfStream = $"select e.version, e.type, e.data, e.timestamp {OneStream}";

    private const string OneStream =
        """
        from mt_events e
        where e.tenant_id = $1 and e.stream_id = $2
            and ($3::bigint is null or e.version <= $3) and ($4::timestamptz is null or e.timestamp <= $4)
        order by e.version
        """;

    internal const string InsertEvents =
        """
        insert into mt_events (id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type, correlation_id, causation_id, user_name, headers)
        select e.id, e.stream_id, e.version, e.data, e.type, e.timestamp, e.tenant_id, e.dotnet_type, e.correlation_id, e.causation_id, e.user_name,
            jsonb_build_object('hash', e.hash)
        from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::jsonb[], $5::varchar[], $6::timestamptz[], $7::varchar[], $8::varchar[], $9::varchar[], $10::varchar[], $11::varchar[], $12::text[])
            as e (id, stream_id, version, data, type, timestamp, tenant_id, dotnet_type, correlation_id, causation_id, user_name, hash)
        """;

    // An upsert, because an update joined to unnest is planned on a young table and stays wrong. It cannot hide a race:
    // the events went in first, and of two writers of version 1 one failed there.
    internal const string UpsertStreams =
        """
        insert into mt_streams (tenant_id, id, type, version, timestamp, created, head_hash, head_hash_version)
        select s.tenant_id, s.id, $3, s.version, s.timestamp, s.timestamp, s.head_hash, s.version
        from unnest($1::varchar[], $2::uuid[], $4::bigint[], $5::timestamptz[], $6::bytea[]) as s (tenant_id, id, version, timestamp, head_hash)
        on conflict (tenant_id, id) do update
        set version = excluded.version, timestamp = excluded.timestamp, head_hash = excluded.head_hash, head_hash_version = excluded.head_hash_version,
            is_archived = false
        """;

    /// <summary>For streams that nobody has locked. $7: the hashes of their last events, each of which can be of one stream only; division_by_zero when a stream is not there, or not as it was.</summary>
    // An upsert too, for the order of its locks and for its plan: a row that had to be inserted is told by the time it was created, and fails the statement.
    internal const string UpdateUnchanged =
        """
        with updated as (
            insert into mt_streams as there (tenant_id, id, type, version, timestamp, created, head_hash, head_hash_version)
            select s.tenant_id, s.id, $3, s.version, s.timestamp, 'infinity', s.head_hash, s.version
            from unnest($1::varchar[], $2::uuid[], $4::bigint[], $5::timestamptz[], $6::bytea[]) as s (tenant_id, id, version, timestamp, head_hash)
            on conflict (tenant_id, id) do update
            set version = excluded.version, timestamp = excluded.timestamp, head_hash = excluded.head_hash, head_hash_version = excluded.head_hash_version
            where there.head_hash = any ($7::bytea[]) and there.is_archived is not true
            returning there.created)
        select 1 / (count(*) = cardinality($2))::int from updated where created < 'infinity'
        """;

    /// <summary>$1 tenant, $2 stream: what an append brings back. Marten marks each event too.</summary>
    internal const string UnarchiveEvents = "update mt_events set is_archived = false where tenant_id = $1 and stream_id = $2 and is_archived";

    internal const string InsertStreamKeys =
        """
        insert into stream_keys (tenant_id, stream_id, wrapped_key, created_at)
        select * from unnest($1::varchar[], $2::uuid[], $3::bytea[], $4::timestamptz[])
        """;

    internal const string ForgetStream =
        """
        insert into stream_keys (tenant_id, stream_id, wrapped_key, created_at, forgotten_at)
        values ($1, $2, null, $3, $3)
        on conflict (tenant_id, stream_id) do update
        set wrapped_key = null, forgotten_at = coalesce(stream_keys.forgotten_at, excluded.forgotten_at)
        """;

    internal const string ChainForeignEvent =
        """
        update mt_events set headers = coalesce(headers, '{}') || jsonb_build_object('hash', $4)
        where tenant_id = $1 and stream_id = $2 and version = $3
        """;
}
