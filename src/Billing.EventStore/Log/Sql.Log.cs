namespace Billing.EventStore;

internal static partial class Sql
{
    private const string LogColumns = $"{EventColumns}, e.epoch, e.transaction_id, e.seq_id";

    // What the next event gets by default is the current epoch, also before anything was written in it.
    private const string CurrentEpoch =
        """
        (select pg_get_expr(d.adbin, d.adrelid)::int
         from pg_attribute a join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
         where a.attrelid = 'mt_events'::regclass and a.attname = 'epoch')
        """;

    // One statement, one snapshot: whatever it sees was written below its xmax, or in another cluster.
    internal const string LogBound =
        $"""
        select {CurrentEpoch}, pg_snapshot_xmin(snapshot), pg_snapshot_xmax(snapshot), newest.epoch, newest.transaction_id, newest.seq_id
        from pg_current_snapshot() as snapshot
        left join lateral (
            select one.epoch, one.transaction_id, one.seq_id from mt_events one
            order by one.epoch desc, one.transaction_id desc, one.seq_id desc
            limit 1) newest on true
        """;

    // (epoch, transaction) < (current, xmin) says: of an earlier epoch, or of a transaction that ended before the bound was taken.
    // A predecessor matters only where it comes later in cursor order; `offset 0` keeps its look-up a look-up. The values are hidden
    // from the planner by `select`: it would take an epoch that all rows share for a filter that leaves none, and sort all that is left of the log per window.
    internal const string LogWindow =
        $"""
        select {LogColumns}, predecessor.epoch, predecessor.transaction_id, predecessor.seq_id
        from (
            select * from mt_events one
            where (one.epoch, one.transaction_id, one.seq_id) > ((select $1), (select $2), (select $3)) and (one.epoch, one.transaction_id) < ((select $4), (select $5))
            order by one.epoch, one.transaction_id, one.seq_id
            limit (select $6)) e
        left join lateral (
            select one.epoch, one.transaction_id, one.seq_id from mt_events one
            where one.tenant_id = e.tenant_id and one.stream_id = e.stream_id and one.version = e.version - 1
                and (one.epoch, one.transaction_id, one.seq_id) > (e.epoch, e.transaction_id, e.seq_id)
            offset 0) predecessor on true
        order by e.epoch, e.transaction_id, e.seq_id
        """;

    internal const string RegisterReader =
        """
        with reader as (insert into log_readers (name) values ($1) on conflict do nothing)
        insert into mt_event_progression (name, last_seq_id) values ($1, 0) on conflict do nothing
        """;

    internal const string LookAtReader =
        """
        select r.term, coalesce(extract(epoch from r.leased_until - clock_timestamp()), 0)::float8, coalesce(r.retry_at > clock_timestamp(), false), r.failures,
            p.last_epoch, p.last_transaction_id, coalesce(p.last_seq_id, 0)
        from log_readers r
        join mt_event_progression p on p.name = r.name
        where r.name = $1
        """;

    // Whoever is writing under the lease at this moment holds the row's lock: that is no one to take over from.
    internal const string ClaimReader =
        """
        update log_readers set term = term + 1, holder = $2, leased_until = clock_timestamp() + $3
        where name = (
            select name from log_readers
            where name = $1 and (leased_until is null or leased_until <= clock_timestamp())
            for update skip locked)
        returning term
        """;

    internal const string RenewReader =
        "update log_readers set leased_until = clock_timestamp() + $3 where name = $1 and term = $2 and leased_until > clock_timestamp()";

    internal const string ReleaseReader =
        "update log_readers set leased_until = null, holder = null where name = $1 and term = $2";

    // The fence: no row, and therefore no checkpoint, for whoever's lease ran out or was taken over. It stays locked to the commit.
    internal const string MoveReader =
        """
        with fence as (
            update log_readers
            set leased_until = clock_timestamp() + $3, failures = 0, retry_at = null, stopped_at = null, reason = null, stack = null, failed_at_event = null
            where name = $1 and term = $2 and leased_until > clock_timestamp()
            returning name)
        update mt_event_progression p
        set last_epoch = $7, last_transaction_id = $8, last_seq_id = $9, last_updated = transaction_timestamp()
        from fence
        where p.name = fence.name and p.last_epoch = $4 and p.last_transaction_id = $5 and coalesce(p.last_seq_id, 0) = $6
        """;

    internal const string FailReader =
        """
        update log_readers
        set failures = $3, retry_at = clock_timestamp() + $4, stopped_at = case when $5 then coalesce(stopped_at, clock_timestamp()) end,
            reason = $6, stack = $7::varchar, failed_at_event = $8::varchar
        where name = $1 and term = $2
        """;

    internal const string ResumeReader =
        """
        update log_readers set failures = 0, retry_at = null, stopped_at = null, reason = null, stack = null, failed_at_event = null
        where name = $1
        """;

    internal const string ResetReader =
        """
        with fence as (
            update log_readers
            set term = term + 1, leased_until = null, holder = null, failures = 0, retry_at = null, stopped_at = null, reason = null, stack = null, failed_at_event = null
            where name = $1
            returning name)
        update mt_event_progression p
        set last_epoch = 0, last_transaction_id = '0', last_seq_id = 0, last_updated = transaction_timestamp()
        from fence
        where p.name = fence.name
        """;

    /// <summary>Every reader with what it has not projected yet, counted up to $1.</summary>
    internal const string Lags =
        """
        select r.name, case when r.leased_until > clock_timestamp() then r.holder end, behind.events, coalesce(extract(epoch from clock_timestamp() - behind.since), 0)::float8,
            r.failures, r.stopped_at, r.retry_at, r.reason, r.failed_at_event
        from log_readers r
        join mt_event_progression p on p.name = r.name
        cross join lateral (
            select count(*), min(next.timestamp)
            from (
                select one.timestamp from mt_events one
                where (one.epoch, one.transaction_id, one.seq_id) > (p.last_epoch, p.last_transaction_id, coalesce(p.last_seq_id, 0))
                order by one.epoch, one.transaction_id, one.seq_id
                limit (select $1)) next) as behind (events, since)
        order by r.name
        """;

    /// <summary>The oldest writing transaction of the cluster, if events that are committed wait for it.</summary>
    /// <remarks>Of other roles' sessions PostgreSQL shows state and age to members of pg_read_all_stats only; the process and its name to everybody.</remarks>
    internal const string Stall =
        $"""
        select writer.pid, writer.gid, writer.application_name, writer.database, writer.state,
            extract(epoch from clock_timestamp() - writer.since)::float8, greatest(extract(epoch from clock_timestamp() - waiting.since), 0)::float8
        from (
            select one.timestamp from mt_events one
            where (one.epoch, one.transaction_id) >= ({CurrentEpoch}, pg_snapshot_xmin(pg_current_snapshot()))
            order by one.epoch, one.transaction_id, one.seq_id
            limit 1) as waiting (since)
        cross join lateral (
            select pid, null, application_name, datname, state, xact_start, age(backend_xid) from pg_stat_activity where backend_xid is not null
            union all
            select null, gid, null, database, 'prepared', prepared, age(transaction) from pg_prepared_xacts
            order by 7 desc
            limit 1) as writer (pid, gid, application_name, database, state, since, age)
        """;

    internal const string AppendToFeed =
        """
        insert into event_feed (position, seq_id)
        select coalesce((select max(position) from event_feed), 0) + e.place, e.seq_id
        from unnest($1::bigint[]) with ordinality as e (seq_id, place)
        """;

    internal const string FeedPage =
        $"""
        select {LogColumns}, f.position
        from (select * from event_feed where position > $1 order by position limit $2) f
        cross join lateral (select * from mt_events one where one.seq_id = f.seq_id offset 0) e
        order by f.position
        """;

    /// <summary>$1 after, $2 positions to look at, $3 limit, $4 tenant.</summary>
    /// <remarks>Where others write most of the log, a page is short rather than slow. Hidden from the planner like those of <see cref="LogWindow"/>: it would sort.</remarks>
    internal const string FeedPageOfTenant =
        $"""
        select {LogColumns}, f.position
        from (select * from event_feed where position > $1 order by position limit (select $2::bigint)) f
        cross join lateral (select * from mt_events one where one.seq_id = f.seq_id offset 0) e
        where e.tenant_id = $4
        order by f.position
        limit $3
        """;

    internal const string FeedHead = "select coalesce(max(position), 0) from event_feed";
}
