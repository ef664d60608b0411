using Billing.Api.Jobs;
using Billing.Messaging;
using Npgsql;

namespace Billing.Api.Abandoning;

/// <summary>Finds preapprovals whose customers never answered. Its cost grows with those, not with what exists.</summary>
public sealed class Abandonments(NpgsqlDataSource books, MessageBus bus, TimeProvider clock, Settings settings)
{
    private const int AtOnce = 500;

    // Bounded: while the gateway cannot be asked they stay, and the rest comes at the next run.
    private const int MostPages = 20;

    private const string Stale =
        """
        select requested_at, tenant_id, preapproval_id, stream_version
        from subscriptions
        where status = 'pending' and unsettled_operation is null and requested_at <= $1 and (requested_at, tenant_id, preapproval_id) > ($2, $3, $4)
        order by requested_at, tenant_id, preapproval_id
        limit $5
        """;

    /// <returns>How many were handed on, counting those that were waiting already.</returns>
    public async Task<int> RunOnceAsync(CancellationToken ct) => settings.AbandonAfter is not { } age ? 0 : await new DuePages(books, AtOnce, MostPages).EachAsync(
        Stale, clock.GetUtcNow() - age, [DateTimeOffset.UnixEpoch, "", Guid.Empty], Read, stale => HandOnAsync(stale, ct), ct);

    private static (AbandonPreapproval Row, object[] After) Read(NpgsqlDataReader row)
    {
        var one = new AbandonPreapproval(row.GetString(1), row.GetGuid(2), row.GetInt64(3));

        return (one, [row.GetFieldValue<DateTimeOffset>(0), one.Tenant, one.PreapprovalId]);
    }

    private async Task<int> HandOnAsync(IReadOnlyList<AbandonPreapproval> stale, CancellationToken ct)
    {
        await bus.EnqueueAsync([.. stale.Select(one => new Outgoing(one, Id: one.MessageId))], null, new EventStore.Metadata(UserName: "abandon"), ct);

        return stale.Count;
    }
}
