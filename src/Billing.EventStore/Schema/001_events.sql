-- The event tables are Marten 9.29's with conjoined tenancy and all metadata on, column for column, so that a Marten
-- application can replay and append to the same streams. What is ours comes after Marten's columns and has a default.

create sequence mt_events_sequence;

create table mt_streams (
    tenant_id varchar not null default '*DEFAULT*',
    id uuid not null,
    type varchar null,
    version bigint null,
    timestamp timestamptz not null default now(),
    created timestamptz not null default now(),
    is_archived boolean null default false,
    -- The hash of the last chained event and its version; behind `version` where a writer without hashes appended.
    head_hash bytea null,
    head_hash_version bigint null,
    constraint pkey_mt_streams_tenant_id_id primary key (tenant_id, id)
) with (fillfactor = 60);
comment on index pkey_mt_streams_tenant_id_id is 'lock and load a stream; audit and rebuild page through the streams in this order';

-- Marten's foreign key to mt_streams is left out on purpose: the append guarantees it, the audit checks it.
create table mt_events (
    seq_id bigint not null default nextval('mt_events_sequence'),
    id uuid not null,
    stream_id uuid null,
    version bigint not null,
    data jsonb not null,
    bdata bytea null,
    type varchar(500) not null,
    timestamp timestamptz not null default now(),
    tenant_id varchar null default '*DEFAULT*',
    mt_dotnet_type varchar null,
    correlation_id varchar null,
    causation_id varchar null,
    headers jsonb null,
    user_name varchar null,
    is_archived boolean null default false,
    -- Where the log is read from: positions alone are handed out in another order than transactions commit in.
    transaction_id xid8 not null default pg_current_xact_id(),
    -- Raised after a restore into another cluster, whose transaction ids start over.
    epoch int not null default 0,
    constraint pkey_mt_events_seq_id primary key (seq_id)
);
alter sequence mt_events_sequence owned by mt_events.seq_id;
comment on index pkey_mt_events_seq_id is 'Marten reads the log by position';

create unique index pk_mt_events_stream_and_version on mt_events (tenant_id, stream_id, version);
comment on index pk_mt_events_stream_and_version is 'read one stream in order; a second writer of the same version fails here';

create index ix_mt_events_epoch_transaction_seq on mt_events (epoch, transaction_id, seq_id);
comment on index ix_mt_events_epoch_transaction_seq is 'read the log without gaps: cursor (epoch, transaction_id, seq_id)';

create table mt_event_progression (
    name varchar not null,
    last_seq_id bigint null,
    last_updated timestamptz null default transaction_timestamp(),
    last_transaction_id xid8 not null default '0',
    last_epoch int not null default 0,
    constraint pk_mt_event_progression primary key (name)
);
comment on index pk_mt_event_progression is 'load and move the checkpoint of one reader of the log';

-- One data key per stream, wrapped by the master key. No key left means forgotten, and stays so.
create table stream_keys (
    tenant_id varchar not null,
    stream_id uuid not null,
    wrapped_key bytea null,
    created_at timestamptz not null,
    forgotten_at timestamptz null,
    constraint pk_stream_keys primary key (tenant_id, stream_id),
    constraint ck_stream_keys_forgotten_has_no_key check ((wrapped_key is null) = (forgotten_at is not null))
);
comment on index pk_stream_keys is 'find the key of a stream that is loaded for writing or read unsealed';
