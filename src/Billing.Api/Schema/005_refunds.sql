-- Refunds have a namespace of their own: the real gateway took one whose MerchantTransactionID was its payment's.
create table refund_references (
    tenant_id varchar not null,
    refund_reference varchar not null,
    preapproval_id uuid not null,
    constraint pkey_refund_references primary key (tenant_id, refund_reference)
);

-- View: one row per refund, whoever asked for it.
create table refunds (
    tenant_id varchar not null,
    refund_key varchar not null,
    preapproval_id uuid not null,
    payment_merchant_transaction_id varchar not null,
    gateway_payment_id bigint null,
    reference varchar null,
    gateway_refund_id bigint null,
    cause varchar null,
    amount_minor bigint not null,
    currency varchar(3) not null,
    status varchar not null,
    symptom varchar null,
    code varchar null,
    type_id int null,
    gateway_status_id int null,
    gateway_status_info varchar null,
    gateway_created varchar null,
    learnt_from varchar null,
    sends int not null,
    look_ups int not null,
    next_look_up_at timestamptz null,
    unknown_recorded_at timestamptz null,
    owner varchar null,
    requested_at timestamptz not null,
    settled_at timestamptz null,
    stream_version bigint not null,
    constraint pkey_refunds primary key (tenant_id, refund_key),
    constraint refunds_status_known check (status in ('requested', 'unknown', 'pending', 'failed', 'refunded')),
    constraint refunds_amount_positive check (amount_minor > 0)
) with (fillfactor = 60);

create index refunds_of_preapproval on refunds (tenant_id, preapproval_id, requested_at);
comment on index refunds_of_preapproval is 'The refunds of one subscription''s payments; replay of one stream.';
create index refunds_of_payment on refunds (tenant_id, gateway_payment_id, requested_at desc) where gateway_payment_id is not null;
comment on index refunds_of_payment is 'GET /v1/payments/{id}/refunds.';
create index refunds_to_look_up on refunds (next_look_up_at, tenant_id, refund_key) where next_look_up_at is not null;
comment on index refunds_to_look_up is 'Resolver: refunds of unknown outcome, and those that are open for too long.';
create index refunds_requested on refunds (requested_at, tenant_id, refund_key) where status = 'requested';
comment on index refunds_requested is 'Resolver: refunds that were requested long ago and hang without a message.';
create index refunds_with_owner on refunds (owner) where owner is not null;
comment on index refunds_with_owner is 'GET /health/ready: refunds that an owner has to settle.';

-- What a reversal or a chargeback took back; until now both took all that was left.
alter table payment_history add column taken_back_minor bigint not null default 0;
update payment_history
set taken_back_minor = coalesce(captured_minor, amount_minor) - refunded_minor
where status = 'charged' and (afterwards like '%reversed%' or afterwards like '%charged_back%') and coalesce(captured_minor, amount_minor) > refunded_minor;
