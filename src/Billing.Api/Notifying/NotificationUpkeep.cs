using Billing.EventStore;
using Billing.Messaging;
using Npgsql;

namespace Billing.Api.Notifying;

/// <summary>Comes back to notifications that nothing became of: hands on what fits by now, and lets go of what never did.</summary>
public sealed class NotificationUpkeep(NpgsqlDataSource books, MessageBus bus)
{
    // The same row, given another chance: its guard may be known by now.
    private const string Fitting =
        """
        select n.tenant_id, n.id
        from notifications n
        where n.status = 'parked' and (
            exists (select from gateway_ids g where g.tenant_id = n.tenant_id and g.kind = 'preapproval' and g.gateway_id = n.gateway_preapproval_id and n.kind = 'Preapproval')
            or exists (select from merchant_preapproval_ids m where m.tenant_id = n.tenant_id and m.merchant_preapproval_id = n.reference and n.kind = 'Preapproval')
            or exists (select from merchant_transaction_ids t where t.tenant_id = n.tenant_id and t.merchant_transaction_id = n.reference and n.kind = 'Payment'))
            and n.reason = 'not_known_yet'
        order by n.received_at
        limit 200
        """;

    // The gateway is asked again. As long as its message waits, another is not written.
    private const string ToAskAgain = "select tenant_id, id from notifications where again_at <= (select clock_timestamp()) order by again_at limit 200";

    // $1 keep, $2 $3 where the page before ended. Fifteen minutes are longer than any healthy message waits.
    private const string Unread =
        """
        select received_at, id, tenant_id
        from notifications
        where status = 'received' and (received_at, id) > ($2, $3)
            and received_at > (select clock_timestamp() - $1) and received_at < (select clock_timestamp() - interval '15 minutes')
        order by received_at, id
        limit 200
        """;

    // Bounded: after a long stop it is done over several runs.
    private const string Expire =
        """
        update notifications
        set status = 'expired', body = null, wrapped_key = null
        where id = any (array(
            select id from notifications
            where status in ('parked', 'kept', 'unreadable') and body is not null and again_at is null and received_at < (select clock_timestamp() - $1)
            order by received_at
            limit 1000))
        """;

    private const int MostPages = 100;

    /// <summary>Hands on parked notifications that fit by now and those that nobody reads any more, and lets go of what never fitted.</summary>
    /// <param name="keep">How long what fits nothing is kept, and what was never read is tried again.</param>
    public async Task<int> RunOnceAsync(TimeSpan keep, CancellationToken ct)
    {
        List<Outgoing> fitting = [.. await ReadAsync(Fitting, ct), .. await ReadAsync(ToAskAgain, ct)];
        await bus.EnqueueAsync(fitting, null, new Metadata(UserName: "notifications"), ct);
        
        await using (var expire = books.CreateBatch())
        {
            expire.Add(Expire, keep);
            await expire.ExecuteNonQueryAsync(ct);
        }


        return fitting.Count + await ReadAgainAsync(keep, ct);
    }

    private async Task<List<Outgoing>> ReadAsync(string sql, CancellationToken ct)
    {
        var found = new List<Outgoing>();
        await using var command = books.CreateCommand(sql);
        await using var row = await command.ExecuteReaderAsync(ct);

        while (await row.ReadAsync(ct))
        {
            found.Add(NotificationLog.Apply(row.GetString(0), row.GetGuid(1)));
        }

        return found;
    }

    // Acknowledged and never read, its message gone: a dead letter that was dropped, or a row removed by hand. As long as a dead letter
    // stands, its replay is the operator's.
    private async Task<int> ReadAgainAsync(TimeSpan keep, CancellationToken ct)
    {
        var (found, last) = (0, (At: DateTimeOffset.UnixEpoch, Id: Guid.Empty));

        for (var pages = 0; pages < MostPages; pages++)
        {
            var unread = new List<StreamKey>();

            await using (var command = books.CreateCommand(Unread))
            {
                command.Parameters.Add(new() { Value = keep });
                command.Parameters.Add(new() { Value = last.At });
                command.Parameters.Add(new() { Value = last.Id });
                await using var row = await command.ExecuteReaderAsync(ct);

                while (await row.ReadAsync(ct))
                {
                    last = (row.GetFieldValue<DateTimeOffset>(0), row.GetGuid(1));
                    unread.Add(new StreamKey(row.GetString(2), last.Id));
                }
            }

            if (unread.Count == 0)
            {
                break;
            }

            var busy = await bus.BusyAsync(unread, ct);
            var lost = unread.Where(one => !busy.Contains(one)).Select(one => NotificationLog.Apply(one.Tenant, one.Id)).ToList();
            await bus.EnqueueAsync(lost, null, new Metadata(UserName: "notifications"), ct);
            found += lost.Count;
        }

        return found;
    }
}
