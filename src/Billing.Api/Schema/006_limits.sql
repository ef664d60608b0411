-- What each version of a method profile says; written before any charge obeys it, never changed.
create table method_profiles (
    method_id int not null,
    version int not null,
    terms varchar not null,
    first_used_at timestamptz not null default clock_timestamp(),
    constraint pkey_method_profiles primary key (method_id, version)
);

-- The pace towards the gateway, one row per site that has a limit: until when turns are given away. Taken in blocks, in a statement of its own.
create table gateway_pace (
    tenant_id varchar not null,
    given_until timestamptz not null,
    constraint pkey_gateway_pace primary key (tenant_id)
) with (fillfactor = 50);
