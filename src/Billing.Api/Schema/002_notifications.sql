-- The notification log, for whoever looks for one of them; and those that the gateway is asked about again.

alter table notifications
    add column outcome varchar null,
    add column gateway_id bigint null,
    add column tries int not null default 0,
    add column again_at timestamptz null,
    add constraint notifications_outcome_known check (outcome in ('applied', 'duplicate', 'stale', 'unrecognised')),
    add constraint notifications_tries_counted check (tries >= 0);

comment on column notifications.outcome is 'What became of one that fitted: applied; duplicate, known already; stale, less than is known; unrecognised, a status that nobody knows.';
comment on column notifications.gateway_id is 'The gateway''s own id of what it tells of: a preapproval''s or a payment''s.';
comment on column notifications.again_at is 'When the gateway is asked once more whether it is so; database clock.';

-- What is sealed does not compress: the attempt was most of what a row cost.
alter table notifications alter column body set storage external;

drop index notifications_of_site;
create index notifications_of_site on notifications (tenant_id, received_at, id);
comment on index notifications_of_site is 'notifications list, GET /v1/notifications: a site''s own, newest first, keyset pages.';
create index notifications_of_status on notifications (tenant_id, status, received_at, id) where status <> 'received';
comment on index notifications_of_status is '--status: parked, kept, matched and so on, of one site, newest first; what is not read yet is in notifications_unread.';
create index notifications_of_outcome on notifications (tenant_id, outcome, received_at, id) where outcome <> 'applied';
comment on index notifications_of_outcome is '--status duplicate, stale, unrecognised: what fitted and told nothing new.';
create index notifications_of_kind on notifications (tenant_id, kind, received_at, id) where kind is not null;
comment on index notifications_of_kind is '--kind: Payment, Preapproval or any other root key, newest first.';
create index notifications_of_reference on notifications (tenant_id, reference, received_at, id) where reference is not null;
comment on index notifications_of_reference is '--reference: the merchant''s id of a preapproval or payment.';
create index notifications_of_gateway_id on notifications (tenant_id, gateway_id, received_at, id) where gateway_id is not null;
comment on index notifications_of_gateway_id is '--reference: the gateway''s number of a preapproval or payment.';
create index notifications_to_ask on notifications (again_at) where again_at is not null;
comment on index notifications_to_ask is 'Notification job: what the gateway has not confirmed yet and is asked about again, oldest first.';
