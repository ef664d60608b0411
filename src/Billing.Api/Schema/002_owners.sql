-- What waits for a person: few rows in good times, asked for by every readiness check.

create index payment_history_with_owner on payment_history (owner) where owner is not null;
comment on index payment_history_with_owner is 'GET /health/ready: charges that an owner has to settle.';
create index subscriptions_with_owner on subscriptions (owner) where owner is not null;
comment on index subscriptions_with_owner is 'GET /health/ready: creates, changes and closes that an owner has to settle.';
