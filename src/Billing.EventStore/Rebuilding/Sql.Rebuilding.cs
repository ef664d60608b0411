namespace Billing.EventStore;

internal static partial class Sql
{
    /// <summary>What a fold reads: no headers and no hash.</summary>
    internal const string FoldedColumns =
        "e.tenant_id, e.stream_id, e.version, e.id, e.type, e.data, e.timestamp, e.correlation_id, e.causation_id, e.user_name, '', null";

    /// <summary>The same columns, of the streams that are named.</summary>
    internal const string StreamsByKey =
        $"""
        select {FoldedColumns}, {OfAnEvent}, wanted.position
        from unnest($1::varchar[], $2::uuid[]) with ordinality as wanted (tenant_id, id, position)
        cross join lateral (
            select * from mt_events one
            where one.tenant_id = wanted.tenant_id and one.stream_id = wanted.id
            offset 0) e
        union all
        select {HeadColumns}, wanted.position
        from unnest($1::varchar[], $2::uuid[]) with ordinality as wanted (tenant_id, id, position)
        cross join lateral (
            select * from mt_streams one
            where one.tenant_id = wanted.tenant_id and one.id = wanted.id
            offset 0) s
        order by position, kind, version
        """;

    internal const string SortIndexInMemory = "set local maintenance_work_mem = '128MB'";

    internal const string TakeSnapshot = "select coalesce((select max(epoch) from mt_events), 0), pg_current_snapshot()::text";

    // Two statements in one, because over a row comparison the planner sees nothing but the epoch, and reads the whole log.
    internal const string ChangedStreams =
        """
        select e.tenant_id, e.stream_id from mt_events e
        where e.epoch = $1 and e.transaction_id >= pg_snapshot_xmin($2::text::pg_snapshot) and not pg_visible_in_snapshot(e.transaction_id, $2::text::pg_snapshot)
            and e.tenant_id is not null and e.stream_id is not null
        union
        select e.tenant_id, e.stream_id from mt_events e
        where e.epoch > $1 and e.tenant_id is not null and e.stream_id is not null
        order by 1, 2
        """;

    internal const string TryLockRebuild = "select pg_try_advisory_lock(hashtextextended('rebuild ' || $1, 0))::text";

    internal const string UnlockRebuild = "select pg_advisory_unlock_all()";

    internal const string LeftBuilds =
        """
        select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = $1 and c.relkind = 'r' and starts_with(c.relname, $2)
        """;

    internal const string Holders =
        "select distinct l.pid::text from pg_locks l where l.locktype = 'relation' and l.relation = $1::regclass and l.granted and l.pid <> pg_backend_pid()";

    /// <summary>What hangs on the table itself and would go with it.</summary>
    internal const string WhatARebuildWouldLose =
        """
        select 'trigger ' || tgname from pg_trigger where tgrelid = $1::regclass and not tgisinternal
        union all select 'policy ' || polname from pg_policy where polrelid = $1::regclass
        union all select 'rule ' || rulename from pg_rewrite where ev_class = $1::regclass
        union all select distinct 'view ' || r.ev_class::regclass from pg_depend d join pg_rewrite r on r.oid = d.objid
            where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = $1::regclass and r.ev_class <> $1::regclass
        union all select 'constraint ' || conname from pg_constraint where contype in ('f', 'x') and (conrelid = $1::regclass or confrelid = $1::regclass)
        union all select 'publication ' || p.pubname from pg_publication_rel r join pg_publication p on p.oid = r.prpubid where r.prrelid = $1::regclass
        union all select 'rights on column ' || attname from pg_attribute where attrelid = $1::regclass and attacl is not null
        union all select 'inheritance' from pg_inherits where $1::regclass in (inhrelid, inhparent)
        """;

    /// <summary>Kind, name, definition, for a constraint what it adds to its index, comment; {0} stands for the table, in a constraint for its index.</summary>
    internal const string ShapeOfTable =
        """
        with it as (select c.*, pg_get_userbyid(c.relowner) as owner from pg_class c where c.oid = $1::regclass)
        select 'column', a.attname::text, format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), ''), null, null, a.attnum
        from it join pg_attribute a on a.attrelid = it.oid and a.attnum > 0 and not a.attisdropped
        left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        union all
        select 'check', conname::text, pg_get_constraintdef(c.oid), null, null, 0 from it join pg_constraint c on c.conrelid = it.oid and c.contype = 'c'
        union all
        select 'setting', 'storage', 'alter table {0} set (' || array_to_string(reloptions, ', ') || ')', null, null, 1 from it where reloptions is not null
        union all
        select 'setting', 'comment', format('comment on table {0} is %L', obj_description(oid, 'pg_class')), null, null, 2 from it where obj_description(oid, 'pg_class') is not null
        union all
        select 'setting', 'right', format('grant %s on {0} to %s%s', g.privilege_type, case g.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(g.grantee)) end,
            case when g.is_grantable then ' with grant option' else '' end), null, null, 3 + g.position
        from it cross join lateral aclexplode(it.relacl) with ordinality as g (grantor, grantee, privilege_type, is_grantable, position)
        union all
        select 'setting', 'owner', format('alter table {0} owner to %I', owner), null, null, 1000 from it where owner <> current_user
        union all
        select case when i.indisunique then 'unique index' else 'index' end, c.relname::text,
            substring(pg_get_indexdef(i.indexrelid) from position(' USING ' in pg_get_indexdef(i.indexrelid))),
            case k.contype when 'p' then 'primary key using index {0}' when 'u' then 'unique using index {0}' end
                || case when k.condeferrable then ' deferrable' else '' end || case when k.condeferred then ' initially deferred' else '' end,
            quote_literal(obj_description(i.indexrelid, 'pg_class')), 0
        from it join pg_index i on i.indrelid = it.oid join pg_class c on c.oid = i.indexrelid
        left join pg_constraint k on k.conindid = i.indexrelid and k.conrelid = it.oid and k.contype in ('p', 'u')
        order by 1, 6, 2
        """;

    internal static string CreateBuild(string live, string build) =>
        $"create table {build} (like {live} including defaults including constraints including generated including identity including storage including comments including statistics)";

    internal static string DeleteFromBuild(string build, string streamColumn) =>
        $"delete from {Quote(build)} b using unnest($1::varchar[], $2::uuid[]) as changed (tenant_id, stream_id) where b.tenant_id = changed.tenant_id and b.{Quote(streamColumn)} = changed.stream_id";
}
