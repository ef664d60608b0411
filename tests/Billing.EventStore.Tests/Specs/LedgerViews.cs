using Npgsql;

namespace Billing.EventStore.Tests.Specs;

/// <summary>A snapshot view: one row per stream, written for the last event of an append.</summary>
internal sealed class AccountsView : IInlineProjection
{
    public string Name => "accounts";

    public bool IsView => true;

    public string StreamColumn => "account_id";

    public void Project(Recorded recorded, NpgsqlBatch batch)
    {
        if (recorded is { IsLast: true, State: Account account })
        {
            batch.Add(
                """
                insert into accounts (tenant_id, account_id, reference, holder_name, bookings, total_minor, stream_version) values ($1, $2, $3, $4::varchar, $5, $6, $7)
                on conflict (tenant_id, account_id) do update set reference = excluded.reference, holder_name = excluded.holder_name,
                    bookings = excluded.bookings, total_minor = excluded.total_minor, stream_version = excluded.stream_version
                """,
                recorded.Tenant, recorded.StreamId, account.Reference, account.HolderName, account.Bookings, account.TotalMinor, recorded.Version);
        }
    }
}

/// <summary>A view of events: one row per booking, changed when the account closes.</summary>
internal sealed class BookingsView : IInlineProjection
{
    public string Name => "bookings";

    public bool IsView => true;

    public string StreamColumn => "account_id";

    public void Project(Recorded recorded, NpgsqlBatch batch)
    {
        switch (recorded.Data)
        {
            case Booked e:
                batch.Add(
                    "insert into bookings (tenant_id, reference, account_id, amount_minor, is_final, recorded_at, stream_version) values ($1, $2, $3, $4, false, $5, $6)",
                    recorded.Tenant, e.Reference, recorded.StreamId, e.AmountMinor, recorded.Timestamp, recorded.Version);
                break;
            case Closed:
                batch.Add(
                    "update bookings set is_final = true, stream_version = $3 where tenant_id = $1 and account_id = $2",
                    recorded.Tenant, recorded.StreamId, recorded.Version);
                break;
        }
    }
}

/// <summary>A guard: no two accounts of a tenant carry one reference.</summary>
internal sealed class ReferenceGuard : IInlineProjection
{
    public string Name => "account_references";

    public bool IsView => false;

    public string StreamColumn => "account_id";

    public void Project(Recorded recorded, NpgsqlBatch batch)
    {
        if (recorded.Data is AccountOpened e)
        {
            batch.Add("insert into account_references (tenant_id, reference, account_id) values ($1, $2, $3)", recorded.Tenant, e.Reference, recorded.StreamId);
        }
    }
}

internal static class LedgerSchema
{
    public static readonly SchemaScript Script = new(
        "ledger", 1, "views",
        """
        create table accounts (
            tenant_id varchar not null, account_id uuid not null, reference varchar not null, holder_name varchar null, bookings int not null, total_minor bigint not null,
            stream_version bigint not null,
            constraint pk_accounts primary key (tenant_id, account_id));
        create table bookings (
            tenant_id varchar not null, reference varchar not null, account_id uuid not null, amount_minor bigint not null, is_final boolean not null,
            recorded_at timestamptz not null, stream_version bigint not null,
            constraint pk_bookings primary key (tenant_id, reference),
            constraint ck_bookings_amount_is_positive check (amount_minor > 0));
        create index ix_bookings_account on bookings (tenant_id, account_id);
        create table account_references (
            tenant_id varchar not null, reference varchar not null, account_id uuid not null,
            constraint pk_account_references primary key (tenant_id, reference));
        """);
}
