-- The comparison of our books with the gateway: one row per site, the walk under way or the last one. Its cursor survives a restart; the lease says which node walks.
create table drift_walks (
    tenant_id varchar not null,
    stage varchar not null,
    after_preapproval uuid null,
    after_charge varchar null,
    page int not null default 1,
    since timestamptz not null,
    until timestamptz not null,
    heal boolean not null,
    walked_by varchar not null,
    preapprovals bigint not null default 0,
    payments bigint not null default 0,
    found bigint not null default 0,
    healed bigint not null default 0,
    unasked bigint not null default 0,
    token uuid null,
    leased_until timestamptz null,
    started_at timestamptz not null,
    finished_at timestamptz null,
    constraint pkey_drift_walks primary key (tenant_id),
    constraint drift_walks_stage_known check (stage in ('preapprovals', 'strays', 'payments', 'missing', 'done')),
    constraint drift_walks_done check ((stage = 'done') = (finished_at is not null))
);

-- What the gateway has and our books lack, and what looks like ours: raised, never adopted by itself.
create table drift_strays (
    tenant_id varchar not null,
    kind varchar not null,
    gateway_id bigint not null,
    reference varchar null,
    gateway_status_id int null,
    reason varchar not null,
    found_at timestamptz not null,
    gone_at timestamptz null,
    constraint pkey_drift_strays primary key (tenant_id, kind, gateway_id),
    constraint drift_strays_kind_known check (kind in ('preapproval', 'payment'))
);

create index drift_strays_open on drift_strays (tenant_id) where gone_at is null;
comment on index drift_strays_open is 'billing audit drift and GET /health/ready: what a person has to look at.';

-- Which of our charges the pages of the walk under way have shown. Scratch: after a crash of the database it is empty, and every charge of the window is asked for by itself.
create unlogged table drift_seen (
    tenant_id varchar not null,
    merchant_transaction_id varchar not null,
    constraint pkey_drift_seen primary key (tenant_id, merchant_transaction_id)
);

create index subscriptions_drifted on subscriptions (tenant_id) where drift <> '';
comment on index subscriptions_drifted is 'billing audit drift: subscriptions in which the gateway shows other values than we hold.';

create index subscriptions_in_doubt on subscriptions (tenant_id, preapproval_id) where unsettled_operation is not null and next_look_up_at is null and owner is null;
comment on index subscriptions_in_doubt is 'Resolver: creates, changes and closes under way; one that nobody has in hand any more hangs.';
