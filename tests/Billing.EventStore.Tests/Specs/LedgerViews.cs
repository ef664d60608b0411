using Npgsql;

namespace Billing.EventStore.Tests.Specs;

internal sealed record AccountRow(string Tenant, Guid AccountId, Account Account, long Version);

/// <summary>A snapshot view: one row per stream, its state.</summary>
internal sealed class AccountsView : View<AccountRow>
{
    public override string Name => "accounts";

    public override string StreamColumn => "account_id";

    protected override IReadOnlyList<ViewColumn<AccountRow>> Columns { get; } =
    [
        Key("tenant_id", row => row.Tenant),
        Key("account_id", row => row.AccountId),
        Column("reference", row => row.Account.Reference),
        Column("holder_name", row => row.Account.HolderName),
        Column("bookings", row => row.Account.Bookings),
        Column("total_minor", row => row.Account.TotalMinor),
        Column("stream_version", row => row.Version),
    ];

    protected override void Apply(ViewRows<AccountRow> rows, Recorded recorded)
    {
        if (recorded.State is Account account)
        {
            rows.Set("", new AccountRow(recorded.Tenant, recorded.StreamId, account, recorded.Version));
        }
    }
}

internal sealed record BookingRow(string Tenant, string Reference, Guid AccountId, long AmountMinor, bool IsFinal, DateTimeOffset RecordedAt, long Version);

/// <summary>A view of events: one row per booking, changed when the account closes.</summary>
internal sealed class BookingsView : View<BookingRow>
{
    public override string Name => "bookings";

    public override string StreamColumn => "account_id";

    protected override IReadOnlyList<ViewColumn<BookingRow>> Columns { get; } =
    [
        Key("tenant_id", row => row.Tenant),
        Key("reference", row => row.Reference),
        Column("account_id", row => row.AccountId),
        Column("amount_minor", row => row.AmountMinor),
        Column("is_final", row => row.IsFinal),
        Column("recorded_at", row => row.RecordedAt),
        Column("stream_version", row => row.Version),
    ];

    protected override void Apply(ViewRows<BookingRow> rows, Recorded recorded)
    {
        switch (recorded.Data)
        {
            case Booked e:
                rows.Set(e.Reference, new BookingRow(recorded.Tenant, e.Reference, recorded.StreamId, e.AmountMinor, false, recorded.Timestamp, recorded.Version));
                break;
            case Closed:
                foreach (var (reference, row) in rows.All.ToList())
                {
                    rows.Set(reference, row with { IsFinal = true, Version = recorded.Version });
                }

                break;
        }
    }
}

/// <summary>A guard: no two accounts of a tenant carry one reference.</summary>
internal sealed class ReferenceGuard : IGuard
{
    public void Project(IReadOnlyList<Recorded> events, NpgsqlBatch batch)
    {
        foreach (var recorded in events.Where(e => e.Data is AccountOpened))
        {
            batch.Add(
                "insert into account_references (tenant_id, reference, account_id) values ($1, $2, $3)",
                recorded.Tenant, ((AccountOpened)recorded.Data).Reference, recorded.StreamId);
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
