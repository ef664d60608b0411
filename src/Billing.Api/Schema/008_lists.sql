-- A list of few among many: those of a status that is rare would else be looked for through all of the site's, newest first.
create index subscriptions_of_status on subscriptions (tenant_id, status, requested_at desc, preapproval_id desc);
comment on index subscriptions_of_status is 'GET /v1/subscriptions?status=…: a site''s own of one status, newest first, keyset pages.';

-- The same as subscriptions_of_nobody.
drop index subscriptions_in_doubt;
