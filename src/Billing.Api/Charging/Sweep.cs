using System.Diagnostics;
using Billing.Api.Jobs;
using Billing.Messaging;
using Npgsql;

namespace Billing.Api.Charging;

/// <summary>Finds what is due and hands it to the deciders. Its cost grows with what is due, not with what exists.</summary>
/// <remarks>
/// What was handed on stays due until it is decided. So a run goes on where the last one ended. It begins anew, for what fell due behind that:
/// each time as long as that finds less than a page, else when it takes a twentieth of the time at most, or after ten seconds.
/// Runs of one process follow each other.
/// </remarks>
public sealed class Sweep(NpgsqlDataSource books, MessageBus bus, TimeProvider clock, Failpoints failpoints)
{
    private const int AtOnce = 1_000;

    // Bounded, and far more than one page: what cannot be decided and stays due must not starve what is due behind it.
    private const int MostPages = 100;

    private const int RestsForEachWholeRun = 20;
    private static readonly TimeSpan WholeAtLeastEvery = TimeSpan.FromSeconds(10);
    private static readonly object[] Beginning = [DateTimeOffset.UnixEpoch, "", Guid.Empty];

    private const string Due =
        """
        select tenant_id, preapproval_id, next_due_revision, next_due_on, next_due_attempt, next_due_at
        from subscriptions
        where next_due_at <= $1 and (next_due_at, tenant_id, preapproval_id) > ($2, $3, $4)
        order by next_due_at, tenant_id, preapproval_id
        limit $5
        """;

    private readonly DuePages pages = new(books, AtOnce, MostPages);
    private object[] handedOn = Beginning;
    private long endOfWhole;
    private TimeSpan untilNextWhole = TimeSpan.Zero;

    /// <returns>How many due instants were handed on, counting those of a run from the beginning that were waiting already.</returns>
    public async Task<int> RunOnceAsync(CancellationToken ct)
    {
        var (started, isWhole) = (Stopwatch.GetTimestamp(), Stopwatch.GetElapsedTime(endOfWhole) >= untilNextWhole);
        var last = isWhole ? Beginning : handedOn;
        var count = await pages.EachAsync(Due, clock.GetUtcNow(), last, row => Read(row, out last), due => HandOnAsync(due, ct), ct);

        // One that was cut short at the oldest has not come to where others went on from.
        if (!isWhole || count < AtOnce * MostPages || handedOn == Beginning)
        {
            handedOn = last;
        }

        if (isWhole)
        {
            endOfWhole = Stopwatch.GetTimestamp();
            var rest = count < AtOnce ? TimeSpan.Zero : Stopwatch.GetElapsedTime(started, endOfWhole) * RestsForEachWholeRun;
            untilNextWhole = rest < WholeAtLeastEvery ? rest : WholeAtLeastEvery;
        }

        return count;
    }

    private static (ChargeDue Row, object[] After) Read(NpgsqlDataReader row, out object[] last)
    {
        var charge = new ChargeDue(row.GetString(0), row.GetGuid(1), row.GetInt32(2), row.GetFieldValue<DateOnly>(3), row.GetInt32(4));
        last = [row.GetFieldValue<DateTimeOffset>(5), charge.Tenant, charge.PreapprovalId];

        return (charge, last);
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
