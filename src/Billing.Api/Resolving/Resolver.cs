using Billing.Api.Jobs;
using Billing.Api.Refunding;
using Billing.Messaging;
using Npgsql;

namespace Billing.Api.Resolving;

/// <summary>Finds what is unknown and due to be asked about. Safe on any number of nodes at once.</summary>
public sealed class Resolver(NpgsqlDataSource books, MessageBus bus, TimeProvider clock, Settings settings)
{
    private const int AtOnce = 500;

    // Bounded, and far more than one page: what stays unknown must not starve what is due behind it.
    private const int MostPages = 100;

    // Of all: $1 due by then, $2 $3 $4 where the page before ended, $5 limit. The first two columns and the last are what the next page starts after.

    // "Not found" proves nothing while a paused process could still send: until lease and time-out have passed nobody asks in vain.
    private const string UnknownCharges =
        """
        select next_look_up_at, tenant_id, preapproval_id, stream_version, look_ups, sends, merchant_transaction_id
        from payment_history
        where next_look_up_at <= $1 and (next_look_up_at, tenant_id, merchant_transaction_id) > ($2, $3, $4)
            and (unknown_recorded_at is null or unknown_recorded_at <= clock_timestamp() - $6)
        order by next_look_up_at, tenant_id, merchant_transaction_id
        limit $5
        """;

    // A charge that was requested long ago and has no message any more hangs: somebody removed the row, or its dead letter was dropped.
    private const string HangingCharges =
        """
        select requested_at, tenant_id, preapproval_id, stream_version, look_ups, sends, merchant_transaction_id
        from payment_history
        where status = 'requested' and requested_at <= $1 and (requested_at, tenant_id, merchant_transaction_id) > ($2, $3, $4)
        order by requested_at, tenant_id, merchant_transaction_id
        limit $5
        """;

    private const string UnknownMandates =
        """
        select next_look_up_at, tenant_id, preapproval_id, stream_version, coalesce(look_ups, 0), 0, preapproval_id::text as id
        from subscriptions
        where next_look_up_at <= $1 and (next_look_up_at, tenant_id, preapproval_id) > ($2, $3, coalesce(nullif($4, ''), '00000000-0000-0000-0000-000000000000')::uuid)
        order by next_look_up_at, tenant_id, preapproval_id
        limit $5
        """;

    private const string UnknownRefunds =
        """
        select next_look_up_at, tenant_id, preapproval_id, stream_version, look_ups, sends, refund_key
        from refunds
        where next_look_up_at <= $1 and (next_look_up_at, tenant_id, refund_key) > ($2, $3, $4)
            and (unknown_recorded_at is null or unknown_recorded_at <= clock_timestamp() - $6)
        order by next_look_up_at, tenant_id, refund_key
        limit $5
        """;

    private const string HangingRefunds =
        """
        select requested_at, tenant_id, preapproval_id, stream_version, look_ups, sends, refund_key
        from refunds
        where status = 'requested' and requested_at <= $1 and (requested_at, tenant_id, refund_key) > ($2, $3, $4)
        order by requested_at, tenant_id, refund_key
        limit $5
        """;

    // A create, change or close under way that nobody has in hand: its message was removed, or its dead letter dropped. Long ago is the database's time, $6: a claim that may still be at work is younger.
    private const string HangingMandates =
        """
        select 'epoch'::timestamptz, s.tenant_id, s.preapproval_id, s.stream_version, coalesce(s.look_ups, 0), 0, s.preapproval_id::text
        from subscriptions s
        join mt_streams t on t.tenant_id = s.tenant_id and t.id = s.preapproval_id
        where s.unsettled_operation is not null and s.next_look_up_at is null and s.owner is null and $1::timestamptz > $2::timestamptz
            and (s.tenant_id, s.preapproval_id) > ($3, coalesce(nullif($4, ''), '00000000-0000-0000-0000-000000000000')::uuid)
            and t.timestamp <= clock_timestamp() - $6
        order by s.tenant_id, s.preapproval_id
        limit $5
        """;

    /// <returns>How many look-ups were enqueued, counting those that were there already.</returns>
    public async Task<int> RunOnceAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();

        return await EachPageAsync(UnknownCharges, now, LookUpCharges, ct, settings.LookUps.Fence)
            + await EachPageAsync(HangingCharges, now - settings.LookUps.QuietPeriod, async page => LookUpCharges(await HangingAsync(page, ct)), ct)
            + await EachPageAsync(UnknownRefunds, now, LookUpRefunds, ct, settings.LookUps.Fence)
            + await EachPageAsync(HangingRefunds, now - settings.LookUps.QuietPeriod, async page => LookUpRefunds(await HangingAsync(page, ct)), ct)
            + await EachPageAsync(UnknownMandates, now, LookUpMandates, ct)
            + await EachPageAsync(HangingMandates, now, async page => LookUpMandates(await HangingAsync(page, ct)), ct, settings.LookUps.Fence);
    }

    private Task<int> EachPageAsync(string sql, DateTimeOffset until, Func<IEnumerable<Found>, IEnumerable<Outgoing>> lookUp, CancellationToken ct, params object[] more) =>
        EachPageAsync(sql, until, page => Task.FromResult(lookUp(page)), ct, more);

    private Task<int> EachPageAsync(string sql, DateTimeOffset until, Func<IReadOnlyList<Found>, Task<IEnumerable<Outgoing>>> lookUp, CancellationToken ct, params object[] more) =>
        new DuePages(books, AtOnce, MostPages).EachAsync(sql, until, [DateTimeOffset.UnixEpoch, "", ""], Read, async page => await HandOnAsync([.. await lookUp(page)], ct), ct, more);

    private static (Found Row, object[] After) Read(NpgsqlDataReader row)
    {
        var (at, tenant, id) = (row.GetFieldValue<DateTimeOffset>(0), row.GetString(1), row.GetString(6));

        return (new Found(tenant, row.GetGuid(2), row.GetInt64(3), row.GetInt32(4), row.GetInt32(5), id), [at, tenant, id]);
    }

    private async Task<int> HandOnAsync(IReadOnlyCollection<Outgoing> due, CancellationToken ct)
    {
        await bus.EnqueueAsync(due, null, new EventStore.Metadata(UserName: "resolver"), ct);

        return due.Count;
    }

    private async Task<IEnumerable<Found>> HangingAsync(IReadOnlyList<Found> old, CancellationToken ct)
    {
        var busy = old.Count == 0 ? null : await bus.BusyAsync([.. old.Select(one => new EventStore.StreamKey(one.Tenant, one.PreapprovalId)).Distinct()], ct);

        return old.Where(one => !busy!.Contains(new(one.Tenant, one.PreapprovalId)));
    }

    private static IEnumerable<Outgoing> LookUpCharges(IEnumerable<Found> found) => found
        .Select(one => new LookUpCharge(one.Tenant, one.PreapprovalId, one.Id, one.StreamVersion, one.LookUps, one.Sends))
        .Select(charge => new Outgoing(charge, Id: charge.MessageId));

    private static IEnumerable<Outgoing> LookUpRefunds(IEnumerable<Found> found) => found
        .Select(one => new LookUpRefund(one.Tenant, one.PreapprovalId, one.Id, one.StreamVersion, one.LookUps, one.Sends))
        .Select(refund => new Outgoing(refund, Id: refund.MessageId));

    private static IEnumerable<Outgoing> LookUpMandates(IEnumerable<Found> found) => found
        .Select(one => new LookUpMandate(one.Tenant, one.PreapprovalId, one.StreamVersion, one.LookUps))
        .Select(mandate => new Outgoing(mandate, Id: mandate.MessageId));

    /// <param name="Id">The merchant's id of a charge; a refund's key; the stream's own of a mandate.</param>
    /// <param name="Sends">0 of a mandate: which create, change or close was seen is told by the version of its stream.</param>
    private sealed record Found(string Tenant, Guid PreapprovalId, long StreamVersion, int LookUps, int Sends, string Id);
}
