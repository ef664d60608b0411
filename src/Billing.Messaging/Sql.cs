namespace Billing.Messaging;

/// <summary>Every statement on messages and dead letters.</summary>
/// <remarks>
/// None may be prepared on the server: after five executions a prepared statement keeps the plan that suits the table of that moment, which is
/// young and empty, and reads a million rows with it later. Planned at each execution, a batch pays a fraction of a millisecond.
/// </remarks>
internal static class Sql
{
    private const string Columns =
        "ctid::text, id, name, body::text, tenant_id, stream_id, claims, attempts, (select at from clock), due_at, position, correlation_id, causation_id, enqueued_at, array(select position from again)";

    /// <summary>$1 limit, $2 how far back rests are looked for, $3 business now, $4 $5 where the scan of due rows starts.</summary>
    /// <remarks>
    /// The clock is a subquery because a volatile function cannot bound an index scan; the lane is a literal because it names a partial
    /// index. Here and below rows are met again by their place (ctid): whatever changes a row moves it, and there is only one plan, however
    /// the table grows. A place that was given to another row since is told by its token or id.
    /// </remarks>
    private static string Due(string lane, string andFree) =>
        $"""
        with clock as materialized (select clock_timestamp() as at),
        again as (
            select ctid, position from messages
            where lane = '{lane}' and available_at > (select at from clock) - $2 and available_at <= (select at from clock)
            order by available_at, position
            limit $1
            for update skip locked),
        due as (
            select ctid from messages
            where lane = '{lane}' and available_at is null and due_at <= $3 and (due_at, position) > ($4, $5){andFree}
            order by due_at, position
            limit $1 - (select count(*) from again)
            for update skip locked)
        """;

    /// <summary>Turns due rows into claimed ones: <see cref="Due"/>, and $6 token, $7 lease.</summary>
    public static string Claim(string lane) =>
        $"""
        {Due(lane, " and (leased_until is null or leased_until <= (select at from clock))")}
        update messages
        set token = $6, leased_until = (select at from clock) + $7, available_at = null, claims = claims + 1
        where ctid = any (array(select ctid from again union all select ctid from due))
        returning {Columns}
        """;

    /// <summary>Locks due rows for the transaction that does what they ask for: <see cref="Due"/>.</summary>
    public static string Take(string lane) =>
        $"""
        {Due(lane, "")}
        select {Columns} from messages
        where ctid = any (array(select ctid from again union all select ctid from due))
        """;

    /// <summary>Locks what is still ours: $1 places, $2 tokens, or ids of what was never claimed.</summary>
    public const string Hold =
        "select ctid::text, coalesce(token, id), clock_timestamp() from messages where ctid = any ($1::tid[]) and coalesce(token, id) = any ($2) for update";

    /// <summary>$1 places, held.</summary>
    public const string Finish = "delete from messages where ctid = any ($1::tid[])";

    /// <summary>$1 place, held; $2 wait.</summary>
    public const string Retry =
        "update messages set token = null, leased_until = null, available_at = clock_timestamp() + $2, attempts = attempts + 1 where ctid = $1::tid";

    /// <summary>$1 places, $2 tokens, $3 wait. A message that was never started was never claimed.</summary>
    public const string HandBack =
        """
        update messages
        set token = null, leased_until = null, available_at = clock_timestamp() + $3, claims = claims - 1
        where ctid = any ($1::tid[]) and token = any ($2)
        """;

    /// <summary>$1 place, held; $2 reason, $3 stack, $4 died at. A letter of the same derived id is replaced: it is the same wish.</summary>
    public const string Bury =
        """
        with died as (delete from messages where ctid = $1::tid returning *)
        insert into dead_letters (id, lane, name, tenant_id, stream_id, body, due_at, claims, attempts, correlation_id, causation_id, enqueued_at, reason, stack, died_at)
        select id, lane, name, tenant_id, stream_id, body, due_at, claims, attempts + 1, correlation_id, causation_id, enqueued_at, $2, $3::text, $4 from died
        on conflict (id) do update
        set body = excluded.body, due_at = excluded.due_at, claims = excluded.claims, attempts = excluded.attempts, correlation_id = excluded.correlation_id,
            causation_id = excluded.causation_id, enqueued_at = excluded.enqueued_at, reason = excluded.reason, stack = excluded.stack, died_at = excluded.died_at
        """;

    /// <summary>Nine arrays of one length; all ids are new.</summary>
    /// <remarks>Apart from <see cref="EnqueueOnce"/> because looking for conflicts costs a third more.</remarks>
    public const string Enqueue =
        """
        insert into messages (id, lane, name, tenant_id, stream_id, body, due_at, correlation_id, causation_id)
        select id, lane, name, tenant_id, stream_id, body::jsonb, due_at, correlation_id, causation_id
        from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::timestamptz[], $8::text[], $9::text[])
            as m (id, lane, name, tenant_id, stream_id, body, due_at, correlation_id, causation_id)
        """;

    /// <summary>The same for derived ids: a row that waits already under the same id stays as it is.</summary>
    public const string EnqueueOnce = $"{Enqueue}\non conflict (id) do nothing";

    /// <summary>$1 tenant, $2 stream, $3 name: what nobody has ever claimed. A row that is locked is being claimed: too late.</summary>
    public const string Withdraw =
        """
        delete from messages
        where ctid = any (array(
            select ctid from messages
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

    /// <summary>$1 business now, $2 most dead letters to count. What is due waits on the business clock, what rests on the database's: each by its own index.</summary>
    public const string Pressure =
        """
        select
            (select count(*) from (select from dead_letters limit $2) counted),
            greatest(
                extract(epoch from $1 - least(
                    (select due_at from messages where lane = 'aggregate' and available_at is null
                         and (leased_until is null or leased_until <= clock_timestamp()) order by due_at, position limit 1),
                    (select due_at from messages where lane = 'network' and available_at is null
                         and (leased_until is null or leased_until <= clock_timestamp()) order by due_at, position limit 1))),
                extract(epoch from clock_timestamp() - least(
                    (select available_at from messages where lane = 'aggregate' and available_at is not null order by available_at, position limit 1),
                    (select available_at from messages where lane = 'network' and available_at is not null order by available_at, position limit 1))))::float8
        """;

    /// <summary>$1 due before then on the business clock, $2 most to count. What is in somebody's hands is not late; what rests after a failure is.</summary>
    public const string Overdue =
        """
        select (select count(*) from (select from messages where lane = 'aggregate' and available_at is null and due_at <= $1
                                          and (leased_until is null or leased_until <= clock_timestamp()) limit $2) counted)
            + (select count(*) from (select from messages where lane = 'network' and available_at is null and due_at <= $1
                                          and (leased_until is null or leased_until <= clock_timestamp()) limit $2) counted)
            + (select count(*) from (select from messages where lane = 'aggregate' and available_at is not null and due_at <= $1 limit $2) counted)
            + (select count(*) from (select from messages where lane = 'network' and available_at is not null and due_at <= $1 limit $2) counted)
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
