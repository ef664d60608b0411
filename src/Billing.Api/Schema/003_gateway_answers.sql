-- Answers of the gateway that do not fit what was asked: they moved nothing, and a person has to look. The body is sealed as a notification's is.
create table gateway_answers (
    id uuid not null,
    tenant_id varchar not null,
    received_at timestamptz not null default clock_timestamp(),
    last_at timestamptz not null default clock_timestamp(),
    times int not null default 1,
    operation varchar not null,
    reference varchar not null,
    gateway_preapproval_id bigint null,
    named_id bigint null,
    reason varchar not null,
    http_status int not null,
    preapproval_id uuid null,
    named_preapproval_id uuid null,
    body bytea null,
    wrapped_key bytea null,
    status varchar not null default 'open',
    dismissed_at timestamptz null,
    dismissed_by varchar null,
    because bytea null,
    because_key bytea null,
    constraint pkey_gateway_answers primary key (id),
    constraint gateway_answers_status_known check (status in ('open', 'dismissed'))
);

create unique index gateway_answers_open on gateway_answers (tenant_id, operation, reference, reason) where status = 'open';
comment on index gateway_answers_open is 'The same contradiction met again is counted, not kept again; GET /health/ready counts the open ones.';
create index gateway_answers_of_stream on gateway_answers (tenant_id, preapproval_id);
comment on index gateway_answers_of_stream is 'Forgetting a person erases the answers to what was asked about them.';
create index gateway_answers_naming_stream on gateway_answers (tenant_id, named_preapproval_id) where named_preapproval_id is not null;
comment on index gateway_answers_naming_stream is 'Forgetting a person erases the answers that spoke of them though somebody else was asked about.';
create index gateway_answers_expiring on gateway_answers (received_at) where body is not null or status = 'dismissed';
comment on index gateway_answers_expiring is 'Answer job: what has been kept long enough, oldest first.';
