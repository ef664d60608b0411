-- Who reads the log. The checkpoint itself stands in Marten's mt_event_progression, under the same name.
create table log_readers (
    name varchar not null,
    -- The fencing term: one higher with each holder and each reset. A checkpoint moves only under the current one.
    term bigint not null default 0,
    holder varchar null,
    leased_until timestamptz null,
    -- Failures in a row, and what the last one was. Beyond the last try of the ladder the projection is stopped.
    failures int not null default 0,
    retry_at timestamptz null,
    stopped_at timestamptz null,
    reason varchar null,
    stack varchar null,
    failed_at_event varchar null,
    constraint pk_log_readers primary key (name),
    constraint ck_log_readers_failure_says_why check ((failures = 0) = (reason is null)),
    constraint ck_log_readers_stopped_has_failed check (stopped_at is null or failures > 0)
) with (fillfactor = 60);
comment on index pk_log_readers is 'look at, claim, renew and fence one reader of the log';

-- The public order of events: dense from 1, written by one fenced sequencer, never changed.
create table event_feed (
    position bigint not null,
    seq_id bigint not null,
    constraint pk_event_feed primary key (position),
    constraint uq_event_feed_seq_id unique (seq_id),
    constraint ck_event_feed_position_counts_from_1 check (position > 0)
);
comment on index pk_event_feed is 'page through the feed; find its last position';
comment on index uq_event_feed_seq_id is 'no event stands in the feed twice';
