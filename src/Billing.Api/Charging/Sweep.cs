using Billing.Messaging;
using Npgsql;

namespace Billing.Api.Charging;

/// <summary>Finds what is due and hands it to the deciders. Its cost grows with what is due, not with what exists.</summary>
public sealed class Sweep(NpgsqlDataSource books, MessageBus bus, TimeProvider clock)
{
    private const int AtOnce = 1_000;

    private const string Due =
        """
        select tenant_id, preapproval_id, next_due_revision, next_due_on, next_due_attempt
        from subscriptions
        where next_due_at <= $1
        order by next_due_at
        limit $2
        """;

    /// <returns>How many due instants were handed on, counting those that were waiting already.</returns>
    public async Task<int> RunOnceAsync(CancellationToken ct)
    {
        var due = new List<Outgoing>();

        await using var command = books.CreateCommand(Due);
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        command.Parameters.Add(new() { Value = AtOnce });

        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                var charge = new ChargeDue(reader.GetString(0), reader.GetGuid(1), reader.GetInt32(2), reader.GetFieldValue<DateOnly>(3), reader.GetInt32(4));
                due.Add(new Outgoing(charge, Id: charge.MessageId));
            }
        }

        await bus.EnqueueAsync(due, null, new EventStore.Metadata(UserName: "sweep"), ct);

        return due.Count;
    }
}
