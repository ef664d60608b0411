namespace Billing.EventStore;

internal static partial class Sql
{
    /// <summary>$1 tenants, $2 streams, $3 versions, in the order of stream keys: those that are still at that version and not archived yet, with how many events.</summary>
    /// <remarks>
    /// Who waits for an appender meets another version then, and the stream falls out. Under the stream's lock nobody moves its events,
    /// so that rows are met again by their place and there is only one plan.
    /// </remarks>
    internal const string ArchiveStreams =
        """
        with held as materialized (
            select s.place, s.tenant_id, s.id
            from unnest($1::varchar[], $2::uuid[], $3::bigint[]) as wanted (tenant_id, id, version)
            cross join lateral (
                select one.ctid as place, one.tenant_id, one.id from mt_streams one
                where one.tenant_id = wanted.tenant_id and one.id = wanted.id and one.version = wanted.version and one.is_archived is not true
                for update) s),
        streams as (update mt_streams set is_archived = true where ctid = any (array(select place from held)) returning tenant_id, id),
        events as (
            update mt_events set is_archived = true
            where ctid = any (array(
                select e.place from held
                cross join lateral (
                    select one.ctid as place from mt_events one
                    where one.tenant_id = held.tenant_id and one.stream_id = held.id and one.is_archived is not true
                    offset 0) e))
            returning stream_id)
        select streams.tenant_id, streams.id, (select count(*) from events where events.stream_id = streams.id)
        from streams
        """;
}
