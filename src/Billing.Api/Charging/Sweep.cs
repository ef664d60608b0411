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
    public async Task<int> RunOnceAsync(CancellationToken ct)
    {
        var (now, found, last) = (clock.GetUtcNow(), 0, (At: DateTimeOffset.UnixEpoch, Tenant: "", Id: Guid.Empty));

        for (var pages = 0; pages < MostPages; pages++)
        {
            var due = new List<Outgoing>();

            await using (var command = books.CreateCommand(Due))
            {
                foreach (var value in new object[] { now, last.At, last.Tenant, last.Id, AtOnce })
                {
                    command.Parameters.Add(new() { Value = value });
                }

                await using var reader = await command.ExecuteReaderAsync(ct);

                while (await reader.ReadAsync(ct))
                {
                    var charge = new ChargeDue(reader.GetString(0), reader.GetGuid(1), reader.GetInt32(2), reader.GetFieldValue<DateOnly>(3), reader.GetInt32(4));
                    due.Add(new Outgoing(charge, Id: charge.MessageId));
                    last = (reader.GetFieldValue<DateTimeOffset>(5), charge.Tenant, charge.PreapprovalId);
                }
            }

            if (due.Count > 0)
            {
                failpoints.Reach("sweep:found");
            }

            await bus.EnqueueAsync(due, null, new EventStore.Metadata(UserName: "sweep"), ct);
            found += due.Count;

            if (due.Count > 0)
            {
                failpoints.Reach("sweep:enqueued");
            }

            if (due.Count < AtOnce)
            {
                break;
            }
        }

        return found;
    }
}
