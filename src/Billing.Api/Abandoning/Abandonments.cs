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
    public async Task<int> RunOnceAsync(CancellationToken ct)
    {
        if (settings.AbandonAfter is not { } age)
        {
            return 0;
        }

        var (before, found, last) = (clock.GetUtcNow() - age, 0, (At: DateTimeOffset.UnixEpoch, Tenant: "", Id: Guid.Empty));

        for (var pages = 0; pages < MostPages; pages++)
        {
            var stale = new List<Outgoing>();

            await using (var command = books.CreateCommand(Stale))
            {
                foreach (var value in new object[] { before, last.At, last.Tenant, last.Id, AtOnce })
                {
                    command.Parameters.Add(new() { Value = value });
                }

                await using var row = await command.ExecuteReaderAsync(ct);

                while (await row.ReadAsync(ct))
                {
                    var one = new AbandonPreapproval(row.GetString(1), row.GetGuid(2), row.GetInt64(3));
                    stale.Add(new Outgoing(one, Id: one.MessageId));
                    last = (row.GetFieldValue<DateTimeOffset>(0), one.Tenant, one.PreapprovalId);
                }
            }

            await bus.EnqueueAsync(stale, null, new EventStore.Metadata(UserName: "abandon"), ct);
            found += stale.Count;

            if (stale.Count < AtOnce)
            {
                break;
            }
        }

        return found;
    }
}
