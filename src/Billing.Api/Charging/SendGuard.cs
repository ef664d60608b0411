using Npgsql;

namespace Billing.Api.Charging;

/// <summary>Whether a submission is still the one that is wanted, asked right before the send.</summary>
public enum Sendable
{
    Yes,

    /// <summary>Closed while it waited: looked up, never sent.</summary>
    PreapprovalNotOpen,

    /// <summary>Paused while it waited: due again when the schedule is resumed.</summary>
    Paused,

    /// <summary>Somebody has decided its fate meanwhile, or a later send of the same id is on its way.</summary>
    Superseded,
}

/// <summary>The last look at the books before money moves: both views are written in the transaction of the event that changed them.</summary>
public sealed class SendGuard(NpgsqlDataSource books)
{
    private const string Standing =
        """
        select s.status = 'open', h.status = 'requested' and h.sends = $4, s.is_paused and h.sends = 1 and h.due_on is not null
        from subscriptions s
        join payment_history h on h.tenant_id = s.tenant_id and h.merchant_transaction_id = $3
        where s.tenant_id = $1 and s.preapproval_id = $2
        """;

    public async Task<Sendable> MayBeSentAsync(SubmitCharge command, CancellationToken ct)
    {
        await using var query = books.CreateCommand(Standing);

        foreach (var value in new object[] { command.Tenant, command.PreapprovalId, command.MerchantTransactionId, command.Send })
        {
            query.Parameters.Add(new() { Value = value });
        }

        await using var row = await query.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        var (isOpen, isWanted, isPaused) = (row.GetBoolean(0), row.GetBoolean(1), row.GetBoolean(2));

        return (isOpen, isWanted, isPaused) switch
        {
            (_, false, _) => Sendable.Superseded,
            (false, _, _) => Sendable.PreapprovalNotOpen,
            (_, _, true) => Sendable.Paused,
            _ => Sendable.Yes,
        };
    }
}
