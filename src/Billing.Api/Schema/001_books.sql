-- Guards: uniqueness lives here, written in the append transaction, and not in views, which may be rebuilt.

create table merchant_preapproval_ids (
    tenant_id varchar not null,
    merchant_preapproval_id varchar not null,
    preapproval_id uuid not null,
    constraint pkey_merchant_preapproval_ids primary key (tenant_id, merchant_preapproval_id)
);

create table merchant_transaction_ids (
    tenant_id varchar not null,
    merchant_transaction_id varchar not null,
    preapproval_id uuid not null,
    constraint pkey_merchant_transaction_ids primary key (tenant_id, merchant_transaction_id)
);

create table gateway_ids (
    tenant_id varchar not null,
    kind varchar not null,
    gateway_id bigint not null,
    preapproval_id uuid not null,
    constraint pkey_gateway_ids primary key (tenant_id, kind, gateway_id)
);

create unique index gateway_ids_of_one_stream on gateway_ids (tenant_id, kind, gateway_id, preapproval_id);
comment on index gateway_ids_of_one_stream is 'A stream may learn its id twice; that of another stream meets the primary key.';

create table due_dates (
    tenant_id varchar not null,
    preapproval_id uuid not null,
    due_on date not null,
    attempt int not null,
    constraint pkey_due_dates primary key (tenant_id, preapproval_id, due_on, attempt)
);

-- A storefront's RequestId on a write: the same id and call meet the same answer.
create table request_ids (
    tenant_id varchar not null,
    request_id varchar(100) not null,
    fingerprint bytea not null,
    preapproval_id uuid not null,
    from_version bigint not null,
    merchant_transaction_id varchar null,
    received_at timestamptz not null default clock_timestamp(),
    constraint pkey_request_ids primary key (tenant_id, request_id)
);

-- Look-up by e-mail: a keyed hash over tenant and address, never the address.
create table customer_index (
    tenant_id varchar not null,
    email_hmac bytea not null,
    key_version smallint not null,
    preapproval_id uuid not null,
    constraint pkey_customer_index primary key (tenant_id, email_hmac, preapproval_id)
);

create index customer_index_of_preapproval on customer_index (tenant_id, preapproval_id);
comment on index customer_index_of_preapproval is 'Forgetting: the rows of one stream go with their person.';

-- Views.

create table subscriptions (
    tenant_id varchar not null,
    preapproval_id uuid not null,
    merchant_preapproval_id varchar not null,
    gateway_preapproval_id bigint null,
    method_id int not null,
    status varchar not null,
    amount_minor bigint null,
    currency varchar(3) null,
    every int null,
    unit varchar null,
    first_due_on date null,
    ends_on date null,
    periods int null,
    time_zone varchar null,
    catch_up varchar null,
    schedule_revision int null,
    is_paused boolean not null,
    last_decided_on date null,
    next_due_on date null,
    next_due_at timestamptz null,
    next_due_revision int null,
    next_due_attempt int null,
    unsettled_operation varchar null,
    next_look_up_at timestamptz null,
    look_ups int null,
    owner varchar null,
    drift varchar not null,
    requested_at timestamptz not null,
    opened_at timestamptz null,
    closed_at timestamptz null,
    closed_by varchar null,
    is_forgotten boolean not null,
    stream_version bigint not null,
    constraint pkey_subscriptions primary key (tenant_id, preapproval_id),
    constraint subscriptions_status_known check (status in ('requested', 'pending', 'open', 'closing', 'closed', 'refused', 'abandoned')),
    constraint subscriptions_amount_positive check (amount_minor > 0),
    constraint subscriptions_only_open_falls_due check (next_due_at is null or status = 'open')
) with (fillfactor = 60);

create index subscriptions_due on subscriptions (next_due_at, tenant_id, preapproval_id) where next_due_at is not null;
comment on index subscriptions_due is 'Sweep: what is due, oldest first, in keyset pages; cost grows with what is due.';
create index subscriptions_to_look_up on subscriptions (next_look_up_at, tenant_id, preapproval_id) where next_look_up_at is not null;
comment on index subscriptions_to_look_up is 'Resolver: creates, changes and closes of unknown outcome.';
create index subscriptions_newest on subscriptions (tenant_id, requested_at desc, preapproval_id desc);
comment on index subscriptions_newest is 'GET /v1/subscriptions and GET /v1/preapprovals: a site''s own, newest first, keyset pages.';

create index subscriptions_of_merchant on subscriptions (tenant_id, merchant_preapproval_id);
comment on index subscriptions_of_merchant is 'GET /v1/subscriptions?merchantPreapprovalId=…';
create index subscriptions_of_gateway on subscriptions (tenant_id, gateway_preapproval_id desc) where gateway_preapproval_id is not null;
comment on index subscriptions_of_gateway is 'GET /v1/preapprovals: what the gateway has of a site, newest first.';

create table payment_history (
    tenant_id varchar not null,
    merchant_transaction_id varchar not null,
    preapproval_id uuid not null,
    gateway_preapproval_id bigint null,
    method_id int not null,
    schedule_revision int null,
    due_on date null,
    attempt int not null,
    origin varchar not null,
    amount_minor bigint not null,
    currency varchar(3) not null,
    captured_minor bigint null,
    refunded_minor bigint not null default 0,
    status varchar not null,
    afterwards varchar not null default '',
    symptom varchar null,
    code varchar null,
    gateway_payment_id bigint null,
    gateway_status_id int null,
    gateway_status_info varchar null,
    gateway_created varchar null,
    notified_at varchar null,
    learnt_from varchar null,
    sends int not null default 1,
    look_ups int not null default 0,
    next_look_up_at timestamptz null,
    unknown_recorded_at timestamptz null,
    owner varchar null,
    requested_at timestamptz not null,
    settled_at timestamptz null,
    stream_version bigint not null,
    constraint pkey_payment_history primary key (tenant_id, merchant_transaction_id),
    constraint payment_history_status_known check (status in ('requested', 'unknown', 'stopped', 'pending', 'failed', 'charged')),
    constraint payment_history_amount_positive check (amount_minor > 0)
) with (fillfactor = 60);

create index payment_history_of_preapproval on payment_history (tenant_id, preapproval_id, requested_at desc);
comment on index payment_history_of_preapproval is 'The payments of one subscription, newest first; replay of one stream.';
create index payment_history_by_gateway_id on payment_history (tenant_id, gateway_payment_id) where gateway_payment_id is not null;
comment on index payment_history_by_gateway_id is 'GET /v1/payments/{id}.';
create index payment_history_newest on payment_history (tenant_id, requested_at desc, merchant_transaction_id desc);
comment on index payment_history_newest is 'GET /v1/payments: a site''s own, newest first.';
create index payment_history_to_look_up on payment_history (next_look_up_at, tenant_id, merchant_transaction_id) where next_look_up_at is not null;
comment on index payment_history_to_look_up is 'Resolver: charges of unknown outcome whose next look-up is due.';
create index payment_history_requested on payment_history (requested_at, tenant_id, merchant_transaction_id) where status = 'requested';
comment on index payment_history_requested is 'Resolver: charges that were requested long ago and hang without a message.';

create index payment_history_with_owner on payment_history (owner) where owner is not null;
comment on index payment_history_with_owner is 'GET /health/ready: charges that an owner has to settle.';
create index subscriptions_with_owner on subscriptions (owner) where owner is not null;
comment on index subscriptions_with_owner is 'GET /health/ready and operator recover: creates, changes and closes that an owner has to settle.';

-- Notifications as they came: the body sealed, kept whatever becomes of it.
create table notifications (
    id uuid not null,
    tenant_id varchar not null,
    received_at timestamptz not null default clock_timestamp(),
    body bytea null,
    wrapped_key bytea null,
    headers jsonb not null,
    status varchar not null default 'received',
    kind varchar null,
    reason varchar null,
    reference varchar null,
    gateway_preapproval_id bigint null,
    preapproval_id uuid null,
    notified_at varchar null,
    constraint pkey_notifications primary key (id),
    constraint notifications_status_known check (status in ('received', 'matched', 'parked', 'kept', 'unreadable', 'expired'))
);

create index notifications_of_site on notifications (tenant_id, received_at desc);
comment on index notifications_of_site is 'The notification log of a site, newest first.';
create index notifications_parked on notifications (received_at) where status = 'parked';
comment on index notifications_parked is 'Parked ones are tried again as soon as what they name is known.';
create index notifications_expiring on notifications (received_at) where status in ('parked', 'kept', 'unreadable') and body is not null;
comment on index notifications_expiring is 'Notification job: bodies that fitted nothing and are let go in time, oldest first.';
create index notifications_unread on notifications (received_at, id) where status = 'received';
comment on index notifications_unread is 'Notification job: what was acknowledged long ago and never read, in keyset pages.';
create index notifications_mismatched on notifications (received_at) where status = 'parked' and reason like 'mismatch%';
comment on index notifications_mismatched is 'GET /health/ready: notifications that do not say what was asked for; a person has to look.';
create index notifications_of_payment on notifications (tenant_id, reference, notified_at) where kind = 'Payment' and status = 'matched';
comment on index notifications_of_payment is 'Every read of payments: when the gateway last told of one, also where it told nothing new and made no event.';

-- Sandbox mode only: how far business time has been moved; it never goes back, also not over a restart.
create table business_clock (
    id int not null,
    offset_seconds double precision not null,
    constraint pkey_business_clock primary key (id),
    constraint business_clock_one_row check (id = 1)
);
