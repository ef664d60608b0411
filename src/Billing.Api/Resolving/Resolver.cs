using Billing.Messaging;
using Npgsql;

namespace Billing.Api.Resolving;

/// <summary>Finds what is unknown and due to be asked about. Safe on any number of nodes at once.</summary>
public sealed class Resolver(NpgsqlDataSource books, MessageBus bus, TimeProvider clock, Settings settings)
{
    private const int AtOnce = 500;

    // "Not found" proves nothing while a paused process could still send: until lease and time-out have passed nobody asks in vain.
    private const string UnknownCharges =
        """
        select tenant_id, preapproval_id, merchant_transaction_id, stream_version, look_ups
        from payment_history
        where next_look_up_at <= $1 and (unknown_recorded_at is null or unknown_recorded_at <= clock_timestamp() - $2)
        order by next_look_up_at
        limit $3
        """;

    // A charge that was requested long ago and has no message any more hangs: somebody removed the row, or its dead letter was dropped.
    private const string HangingCharges =
        """
        select tenant_id, preapproval_id, merchant_transaction_id, stream_version, look_ups
        from payment_history
        where status = 'requested' and requested_at <= $1
        order by requested_at
        limit $2
        """;

    private const string UnknownMandates =
        "select tenant_id, preapproval_id, stream_version, coalesce(look_ups, 0) from subscriptions where next_look_up_at <= $1 order by next_look_up_at limit $2";

    /// <returns>How many look-ups were enqueued, counting those that were there already.</returns>
    public async Task<int> RunOnceAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var due = new List<Outgoing>();
        List<LookUpCharge> old;

        await using var batch = books.CreateBatch();
        batch.BatchCommands.Add(Command(UnknownCharges, now, settings.LookUps.Fence, AtOnce));
        batch.BatchCommands.Add(Command(HangingCharges, now - settings.LookUps.QuietPeriod, AtOnce));
        batch.BatchCommands.Add(Command(UnknownMandates, now, AtOnce));

        await using (var reader = await batch.ExecuteReaderAsync(ct))
        {
            due.AddRange((await ChargesAsync(reader, ct)).Select(charge => new Outgoing(charge, Id: charge.MessageId)));
            await reader.NextResultAsync(ct);
            old = await ChargesAsync(reader, ct);
            await reader.NextResultAsync(ct);

            while (await reader.ReadAsync(ct))
            {
                var mandate = new LookUpMandate(reader.GetString(0), reader.GetGuid(1), reader.GetInt64(2), reader.GetInt32(3));
                due.Add(new Outgoing(mandate, Id: mandate.MessageId));
            }
        }

        var busy = old.Count == 0 ? null : await bus.BusyAsync([.. old.Select(charge => new EventStore.StreamKey(charge.Tenant, charge.PreapprovalId)).Distinct()], ct);
        due.AddRange(old.Where(charge => !busy!.Contains(new(charge.Tenant, charge.PreapprovalId))).Select(charge => new Outgoing(charge, Id: charge.MessageId)));

        await bus.EnqueueAsync(due, null, new EventStore.Metadata(UserName: "resolver"), ct);

        return due.Count;
    }

    private static async Task<List<LookUpCharge>> ChargesAsync(NpgsqlDataReader row, CancellationToken ct)
    {
        var charges = new List<LookUpCharge>();

        while (await row.ReadAsync(ct))
        {
            charges.Add(new LookUpCharge(row.GetString(0), row.GetGuid(1), row.GetString(2), row.GetInt64(3), row.GetInt32(4)));
        }

        return charges;
    }

    private static NpgsqlBatchCommand Command(string sql, params ReadOnlySpan<object> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);

        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new() { Value = parameter });
        }

        return command;
    }
}
