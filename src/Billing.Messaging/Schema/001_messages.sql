-- Durable commands. A row waits, is worked on, and is deleted in the commit that does its work.
--   waiting:  never claimed, or replayed          leased_until and available_at null; due on the business clock
--   claimed:  a network call is under way         token and leased_until set; a lease that ran out may be claimed again
--   resting:  failed or was handed back           available_at set
-- An aggregate command is never claimed: its row is locked by the transaction that decides, appends and deletes it.
-- Leases and rests run on clock_timestamp(), due_at on the business clock: the two never meet in one comparison.
create table messages (
    id uuid not null,
    position bigint generated always as identity,
    lane text not null,
    name text not null,
    tenant_id varchar,
    stream_id uuid,
    body jsonb not null,
    due_at timestamptz not null,
    available_at timestamptz,
    token uuid,
    leased_until timestamptz,
    claims int not null default 0,
    attempts int not null default 0,
    correlation_id varchar,
    causation_id varchar,
    enqueued_at timestamptz not null default clock_timestamp(),
    constraint pk_messages primary key (id),
    constraint ck_messages_lane check (lane in ('aggregate', 'network')),
    constraint ck_messages_lease check (num_nonnulls(token, leased_until) in (0, 2)),
    constraint ck_messages_one_wait check (num_nonnulls(leased_until, available_at) <= 1),
    constraint ck_messages_counts check (claims >= 0 and attempts >= 0),
    constraint ck_messages_stream check (stream_id is null or tenant_id is not null)
) with (
    -- A claim touches no indexed column: with room on the page it is a heap-only update and writes no index.
    fillfactor = 50,
    -- Every row is inserted and deleted within moments: vacuum by the thousand, not by the fifth, and fast enough for a minute of 20,000/s.
    autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_limit = 1000,
    autovacuum_analyze_scale_factor = 0.1, autovacuum_analyze_threshold = 1000
);

-- Waiting and claimed rows, oldest due first, so that what is scheduled for later is never read. Claimed rows stay in it until they are
-- deleted: a scan starts behind them (LowWater), and now and then at the bottom, where leases that ran out are found.
create index ix_messages_aggregate_due on messages (due_at, position) where lane = 'aggregate' and available_at is null;
create index ix_messages_network_due on messages (due_at, position) where lane = 'network' and available_at is null;

-- Resting rows whose rest is over.
create index ix_messages_aggregate_again on messages (available_at, position) where lane = 'aggregate' and available_at is not null;
create index ix_messages_network_again on messages (available_at, position) where lane = 'network' and available_at is not null;

-- Withdraw and count what one stream has waiting or under way.
create index ix_messages_stream on messages (stream_id, name) where stream_id is not null;

-- What could not be done: kept whole, so that it can be replayed.
create table dead_letters (
    id uuid not null,
    lane text not null,
    name text not null,
    tenant_id varchar,
    stream_id uuid,
    body jsonb not null,
    due_at timestamptz not null,
    claims int not null,
    attempts int not null,
    correlation_id varchar,
    causation_id varchar,
    enqueued_at timestamptz not null,
    reason text not null,
    stack text,
    died_at timestamptz not null,
    constraint pk_dead_letters primary key (id),
    constraint ck_dead_letters_lane check (lane in ('aggregate', 'network'))
);

-- Listing, oldest first, a page at a time.
create index ix_dead_letters_died_at on dead_letters (died_at, id);
