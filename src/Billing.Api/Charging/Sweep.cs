using Billing.Api.Jobs;
using Billing.Messaging;
using Npgsql;

namespace Billing.Api.Charging;

/// <summary>Finds what is due and hands it to the deciders. Its cost grows with what is due, not with what exists.</summary>
public sealed class Sweep(NpgsqlDataSource books, MessageBus bus, TimeProvider clock, Failpoints failpoints)
{
    private const int AtOnce = 1_000;

    // Bounded, and far more than one page: what cannot be decided and stays due must not starve what is due behind it.
    private const int MostPages = 100;

    private const string Due =
        """
        select tenant_id, preapproval_id, next_due_revision, next_due_on, next_due_attempt, next_due_at
        from subscriptions
        where next_due_at <= $1 and (next_due_at, tenant_id, preapproval_id) > ($2, $3, $4)
        order by next_due_at, tenant_id, preapproval_id
        limit $5
        """;

    /// <returns>How many due instants were handed on, counting those that were waiting already.</returns>
    public Task<int> RunOnceAsync(CancellationToken ct) => new DuePages(books, AtOnce, MostPages).EachAsync(
        Due, clock.GetUtcNow(), [DateTimeOffset.UnixEpoch, "", Guid.Empty], Read, due => HandOnAsync(due, ct), ct);

    private static (ChargeDue Row, object[] After) Read(NpgsqlDataReader row)
    {
        var charge = new ChargeDue(row.GetString(0), row.GetGuid(1), row.GetInt32(2), row.GetFieldValue<DateOnly>(3), row.GetInt32(4));

        return (charge, [row.GetFieldValue<DateTimeOffset>(5), charge.Tenant, charge.PreapprovalId]);
    }

    private async Task<int> HandOnAsync(IReadOnlyList<ChargeDue> due, CancellationToken ct)
    {
        if (due.Count == 0)
        {
            return 0;
        }

        failpoints.Reach("sweep:found");
        await bus.EnqueueAsync([.. due.Select(charge => new Outgoing(charge, Id: charge.MessageId))], null, new EventStore.Metadata(UserName: "sweep"), ct);
        failpoints.Reach("sweep:enqueued");

        return due.Count;
    }
}
