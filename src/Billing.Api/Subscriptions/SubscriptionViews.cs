using Billing.EventStore;
using Npgsql;

namespace Billing.Api.Subscriptions;

public sealed record ScheduleView(
    long AmountMinor, string Currency, int Every, string Unit, DateOnly FirstDueOn, string TimeZone, DateOnly? EndsOn, int? Periods, string CatchUp, int Revision);

public sealed record NextDueView(DateOnly On, DateTimeOffset At, int Attempt);

/// <param name="Operation">create, change or close: asked of the gateway, outcome not recorded yet.</param>
public sealed record UnsettledView(string Operation, DateTimeOffset? NextLookUpAt, string? Owner);

/// <summary>A subscription as its merchant sees it; nothing personal.</summary>
/// <param name="Drift">Fields in which the gateway shows other values than we hold.</param>
/// <param name="Version">The stream version that this shows.</param>
public sealed record SubscriptionView(
    Guid Id, string MerchantPreapprovalId, int? GatewayPreapprovalId, int MethodId, string Status, ScheduleView? Schedule, bool IsPaused, DateOnly? LastDecidedOn,
    NextDueView? NextDue, UnsettledView? Unsettled, IReadOnlyList<string> Drift, DateTimeOffset RequestedAt, DateTimeOffset? OpenedAt, DateTimeOffset? ClosedAt, string? ClosedBy,
    bool IsForgotten, long Version);

/// <param name="Next">Send it as <c>after</c> to get the next page; null on the last.</param>
public sealed record SubscriptionPage(IReadOnlyList<SubscriptionView> Subscriptions, string? Next);

/// <summary>Reads the subscriptions of one site.</summary>
public sealed class SubscriptionViews(NpgsqlDataSource books)
{
    private const string Columns =
        """
        preapproval_id, merchant_preapproval_id, gateway_preapproval_id, method_id, status, amount_minor, currency, every, unit, first_due_on, time_zone, ends_on, periods, catch_up,
        schedule_revision, is_paused, last_decided_on, next_due_on, next_due_at, next_due_attempt, unsettled_operation, next_look_up_at, owner, drift, requested_at, opened_at,
        closed_at, closed_by, is_forgotten, stream_version
        """;

    private const string Named = "with named as materialized (select * from subscriptions where tenant_id = $1 and merchant_preapproval_id = $3)";

    public async Task<SubscriptionView?> FindAsync(string tenant, Guid id, CancellationToken ct)
    {
        await using var command = books.CreateCommand($"select {Columns} from subscriptions where tenant_id = $1 and preapproval_id = $2");
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = id });
        await using var row = await command.ExecuteReaderAsync(ct);

        return await row.ReadAsync(ct) ? Read(row) : null;
    }

    /// <summary>Those whose create, change or close a person has to settle.</summary>
    public async Task<IReadOnlyList<StreamKey>> WithOwnerAsync(string tenant, CancellationToken ct)
    {
        await using var command = books.CreateCommand("select preapproval_id from subscriptions where tenant_id = $1 and owner is not null limit 1000");
        command.Parameters.Add(new() { Value = tenant });
        await using var row = await command.ExecuteReaderAsync(ct);
        var keys = new List<StreamKey>();

        while (await row.ReadAsync(ct))
        {
            keys.Add(new StreamKey(tenant, row.GetGuid(0)));
        }

        return keys;
    }

    /// <summary>Newest first.</summary>
    /// <param name="after">The last one of the page before: its request time and id.</param>
    public async Task<SubscriptionPage> ListAsync(
        string tenant, string? status, string? merchantPreapprovalId, (DateTimeOffset At, Guid Id)? after, int limit, CancellationToken ct)
    {
        // A merchant's own id names few, but a planner that has not seen the table yet would walk through all by their age.
        await using var command = books.CreateCommand(
            $"""
            {(merchantPreapprovalId is null ? "" : Named)}
            select {Columns}
            from {(merchantPreapprovalId is null ? "subscriptions" : "named")} one
            where tenant_id = $1 and ($2::varchar is null or status = $2) and ($3::varchar is null or merchant_preapproval_id = $3)
                and ($4::timestamptz is null or (requested_at, preapproval_id) < ($4, $5::uuid))
            order by requested_at desc, preapproval_id desc
            limit $6
            """);

        foreach (var value in new object?[] { tenant, status, merchantPreapprovalId, after?.At, after?.Id, limit + 1 })
        {
            command.Parameters.Add(new() { Value = value ?? DBNull.Value });
        }

        await using var row = await command.ExecuteReaderAsync(ct);
        var rows = new List<SubscriptionView>();

        while (await row.ReadAsync(ct))
        {
            rows.Add(Read(row));
        }

        var page = rows.Take(limit).ToList();

        return new SubscriptionPage(page, rows.Count > limit ? Cursor.Write(page[^1].RequestedAt, page[^1].Id) : null);
    }

    private static SubscriptionView Read(NpgsqlDataReader row)
    {
        T? Get<T>(int column) => row.IsDBNull(column) ? default : row.GetFieldValue<T>(column);

        return new SubscriptionView(
            row.GetGuid(0), row.GetString(1), (int?)Get<long?>(2), row.GetInt32(3), row.GetString(4),
            Get<long?>(5) is { } amount
                ? new ScheduleView(
                    amount, row.GetString(6), row.GetInt32(7), row.GetString(8), row.GetFieldValue<DateOnly>(9), row.GetString(10), Get<DateOnly?>(11), Get<int?>(12), row.GetString(13),
                    row.GetInt32(14))
                : null,
            row.GetBoolean(15), Get<DateOnly?>(16),
            Get<DateOnly?>(17) is { } due ? new NextDueView(due, row.GetFieldValue<DateTimeOffset>(18), row.GetInt32(19)) : null,
            Get<string>(20) is { } operation ? new UnsettledView(operation, Get<DateTimeOffset?>(21), Get<string>(22)) : null,
            row.GetString(23).Split(',', StringSplitOptions.RemoveEmptyEntries), row.GetFieldValue<DateTimeOffset>(24), Get<DateTimeOffset?>(25), Get<DateTimeOffset?>(26), Get<string>(27),
            row.GetBoolean(28), row.GetInt64(29));
    }
}
