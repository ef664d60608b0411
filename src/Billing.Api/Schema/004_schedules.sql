-- Preapprovals that nobody approved, and what is nobody's: found by state, at a cost that grows with what is found.

create index subscriptions_pending on subscriptions (requested_at, tenant_id, preapproval_id) where status = 'pending';
comment on index subscriptions_pending is 'Abandon job: customers who never answered, oldest first, in keyset pages.';

create index subscriptions_of_nobody on subscriptions (tenant_id, preapproval_id) where unsettled_operation is not null and next_look_up_at is null and owner is null;
comment on index subscriptions_of_nobody is 'Resolver, watchdog: creates, changes and closes under way; one without a message hangs.';

create index payment_history_of_nobody on payment_history (tenant_id, merchant_transaction_id) where status = 'unknown' and next_look_up_at is null and owner is null;
comment on index payment_history_of_nobody is 'Watchdog: charges of unknown outcome that neither a look-up nor a person is going to settle; there should be none.';
