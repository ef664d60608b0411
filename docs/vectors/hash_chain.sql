-- Recomputes every hash of every stream from the tables alone, in psql with the right search_path.
-- One row per event whose stored hash is not the recomputed one; no row: no event was changed. What it cannot see is
-- an event that is gone from the end; that is what mt_streams.version, head_hash and the signed checkpoints are for.

create or replace function pg_temp.field(value text) returns bytea language sql immutable as
$$ select coalesce(int4send(octet_length(convert_to(value, 'UTF8'))) || convert_to(value, 'UTF8'), int4send(-1)) $$;

select e.tenant_id, e.stream_id, e.version, e.headers ->> 'hash' as stored, e.recomputed
from (
    select *, encode(sha256(
        pg_temp.field('1')
        || pg_temp.field(tenant_id)
        || pg_temp.field(stream_id::text)
        || pg_temp.field(version::text)
        || pg_temp.field(id::text)
        || pg_temp.field(type)
        || pg_temp.field(((extract(epoch from timestamp) * 1000000)::bigint)::text)
        || pg_temp.field(correlation_id)
        || pg_temp.field(causation_id)
        || pg_temp.field(user_name)
        || pg_temp.field((coalesce(headers, '{}') - 'hash')::text)
        || pg_temp.field(data::text)
        || pg_temp.field(lag(headers ->> 'hash') over (partition by tenant_id, stream_id order by version))), 'hex') as recomputed
    from mt_events) e
where e.recomputed is distinct from e.headers ->> 'hash'
order by e.tenant_id, e.stream_id, e.version;
