namespace Billing.Messaging;

/// <summary>Every statement on messages and dead letters.</summary>
internal static class Sql
{
    /// <summary>$1 limit, $2 business now, $3 $4 where the scan of fresh rows starts, $5 token, $6 lease.</summary>
    /// <remarks>
    /// The clock is a subquery because a volatile function cannot bound an index scan; the lane is a literal because it names a partial
    /// index; rows are updated by an array of ids because a join might be planned over the whole table.
    /// </remarks>
    public static string Claim(string lane) =>
        $"""
        with clock as materialized (select clock_timestamp() as at),
        again as (
            select id from messages
            where lane = '{lane}' and coalesce(leased_until, available_at) <= (select at from clock)
            order by coalesce(leased_until, available_at), position
            limit $1
            for update skip locked),
        fresh as (
            select id from messages
            where lane = '{lane}' and leased_until is null and available_at is null and due_at <= $2 and (due_at, position) > ($3, $4)
            order by due_at, position
            limit $1 - (select count(*) from again)
            for update skip locked)
        update messages
        set token = $5, leased_until = (select at from clock) + $6, available_at = null, claims = claims + 1
        where id = any (array(select id from again union all select id from fresh))
        returning id, name, body::text, tenant_id, stream_id, claims, attempts, leased_until, due_at, position, correlation_id, causation_id, enqueued_at
        """;

    /// <summary>Locks the rows that are still ours ($1 ids, $2 tokens), in one order everywhere.</summary>
    public const string LockOwn =
        "select id, token, clock_timestamp() from messages where id = any ($1) and token = any ($2) order by id for update";

    public const string Finish = "delete from messages where id = any ($1) and token = any ($2)";

    /// <summary>$1 id, $2 token, $3 wait.</summary>
    public const string Retry =
        """
        update messages
        set token = null, leased_until = null, available_at = clock_timestamp() + $3, attempts = attempts + 1
        where id = $1 and token = $2
        """;

    /// <summary>$1 ids, $2 tokens, $3 wait. A message that was never started was never claimed.</summary>
    public const string HandBack =
        """
        update messages
        set token = null, leased_until = null, available_at = clock_timestamp() + $3, claims = claims - 1
        where id = any ($1) and token = any ($2)
        """;

    /// <summary>$1 id, $2 token, $3 reason, $4 stack, $5 died at. A letter of the same derived id is replaced: it is the same wish.</summary>
    public const string Bury =
        """
        with died as (delete from messages where id = $1 and token = $2 returning *)
        insert into dead_letters (id, lane, name, tenant_id, stream_id, body, due_at, claims, attempts, correlation_id, causation_id, enqueued_at, reason, stack, died_at)
        select id, lane, name, tenant_id, stream_id, body, due_at, claims, attempts + 1, correlation_id, causation_id, enqueued_at, $3, $4::text, $5 from died
        on conflict (id) do update
        set body = excluded.body, due_at = excluded.due_at, claims = excluded.claims, attempts = excluded.attempts, correlation_id = excluded.correlation_id,
            causation_id = excluded.causation_id, enqueued_at = excluded.enqueued_at, reason = excluded.reason, stack = excluded.stack, died_at = excluded.died_at
        """;

    /// <summary>Nine arrays of one length; a row that waits already under the same id stays as it is.</summary>
    public const string Enqueue =
        """
        insert into messages (id, lane, name, tenant_id, stream_id, body, due_at, correlation_id, causation_id)
        select id, lane, name, tenant_id, stream_id, body::jsonb, due_at, correlation_id, causation_id
        from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::timestamptz[], $8::text[], $9::text[])
            as m (id, lane, name, tenant_id, stream_id, body, due_at, correlation_id, causation_id)
        on conflict (id) do nothing
        """;

    /// <summary>$1 tenant, $2 stream, $3 name: what nobody has ever claimed. A row that is locked is being claimed: too late.</summary>
    public const string Withdraw =
        """
        delete from messages
        where id = any (array(
            select id from messages
            where stream_id = $2 and name = $3 and tenant_id = $1 and claims = 0 and token is null
            for update skip locked))
        returning body::text
        """;

    public const string CountSending =
        "select count(*) from messages where stream_id = $2 and name = $3 and tenant_id = $1 and leased_until > clock_timestamp()";

    /// <summary>$1 tenants and $2 ids of streams: those that have a message or a dead letter.</summary>
    public const string Busy =
        """
        select s.tenant_id, s.id
        from unnest($1::varchar[], $2::uuid[]) s (tenant_id, id)
        where exists (select from messages m where m.tenant_id = s.tenant_id and m.stream_id = s.id)
            or exists (select from dead_letters d where d.tenant_id = s.tenant_id and d.stream_id = s.id)
        """;

    /// <summary>$1 business now, $2 most dead letters to count. Fresh messages fall due on the business clock, those that come back on the database's: each by its own index.</summary>
    public const string Pressure =
        """
        select
            (select count(*) from (select from dead_letters limit $2) counted),
            greatest(
                extract(epoch from $1 - least(
                    (select due_at from messages where lane = 'aggregate' and leased_until is null and available_at is null order by due_at limit 1),
                    (select due_at from messages where lane = 'network' and leased_until is null and available_at is null order by due_at limit 1))),
                extract(epoch from clock_timestamp() - least(
                    (select coalesce(leased_until, available_at) from messages
                     where lane = 'aggregate' and coalesce(leased_until, available_at) is not null order by coalesce(leased_until, available_at) limit 1),
                    (select coalesce(leased_until, available_at) from messages
                     where lane = 'network' and coalesce(leased_until, available_at) is not null order by coalesce(leased_until, available_at) limit 1))))::float8
        """;

    /// <summary>$1 business now.</summary>
    public const string Status =
        """
        select count(*) filter (where due_at <= $1 and (leased_until is null or leased_until <= clock_timestamp())),
               count(*) filter (where due_at > $1 and leased_until is null),
               count(*) filter (where leased_until > clock_timestamp()),
               (select count(*) from dead_letters)
        from messages
        """;

    /// <summary>$1 limit, $2 $3 the letter to go on after.</summary>
    public const string ListDead =
        """
        select id, name, tenant_id, stream_id, reason, claims, attempts, enqueued_at, died_at, correlation_id, causation_id
        from dead_letters where (died_at, id) > ($2, $3) order by died_at, id limit $1
        """;

    /// <summary>$1 id, null: all. Claims are kept: whoever gets it next knows that it was tried before.</summary>
    public const string Replay =
        """
        with raised as (delete from dead_letters where $1::uuid is null or id = $1 returning *)
        insert into messages (id, lane, name, tenant_id, stream_id, body, due_at, claims, correlation_id, causation_id, enqueued_at)
        select id, lane, name, tenant_id, stream_id, body, due_at, claims, correlation_id, causation_id, enqueued_at from raised order by died_at, id
        on conflict (id) do update set claims = greatest(messages.claims, excluded.claims)
        """;
}
