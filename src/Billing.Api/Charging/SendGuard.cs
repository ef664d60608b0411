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
/// <remarks>Those who ask while others are being answered are answered together: hundreds of charges are on their way at once.</remarks>
public sealed class SendGuard
{
    private const int Most = 500;

    // Each by its keys, one after the other, whatever a planner thinks of tables that are young.
    private const string Standing =
        """
        select asked.position, s.is_open, h.is_requested and h.sends = asked.send, s.is_paused and h.sends = 1 and h.has_due_date
        from unnest($1::varchar[], $2::uuid[], $3::varchar[], $4::int[]) with ordinality as asked (tenant_id, preapproval_id, merchant_transaction_id, send, position)
        cross join lateral (
            select one.status = 'open' as is_open, one.is_paused
            from subscriptions one
            where one.tenant_id = asked.tenant_id and one.preapproval_id = asked.preapproval_id
            offset 0) s
        cross join lateral (
            select one.status = 'requested' as is_requested, one.sends, one.due_on is not null as has_due_date
            from payment_history one
            where one.tenant_id = asked.tenant_id and one.merchant_transaction_id = asked.merchant_transaction_id
            offset 0) h
        """;

    private readonly NpgsqlDataSource books;
    private readonly Together<SubmitCharge, Sendable?> asking;

    public SendGuard(NpgsqlDataSource books) => (this.books, asking) = (books, new Together<SubmitCharge, Sendable?>(Most, atOnce: 2, AskAsync));

    /// <exception cref="NpgsqlException">The books did not answer.</exception>
    /// <exception cref="InvalidOperationException">The views do not know the charge.</exception>
    public async Task<Sendable> MayBeSentAsync(SubmitCharge command, CancellationToken ct) => await asking.AskAsync(command, ct)
        ?? throw new InvalidOperationException($"No view shows charge {command.MerchantTransactionId}: rebuild them.");

    private async Task<IReadOnlyList<Sendable?>> AskAsync(IReadOnlyList<SubmitCharge> commands)
    {
        await using var query = books.CreateCommand(Standing);

        foreach (var column in new object[]
        {
            commands.Select(c => c.Tenant).ToArray(), commands.Select(c => c.PreapprovalId).ToArray(), commands.Select(c => c.MerchantTransactionId).ToArray(), commands.Select(c => c.Send).ToArray(),
        })
        {
            query.Parameters.Add(new() { Value = column });
        }

        var standing = new Sendable?[commands.Count];
        await using var row = await query.ExecuteReaderAsync();

        while (await row.ReadAsync())
        {
            standing[row.GetInt64(0) - 1] = Of(row.GetBoolean(1), row.GetBoolean(2), row.GetBoolean(3));
        }

        return standing;
    }

    private static Sendable Of(bool isOpen, bool isWanted, bool isPaused) => (isOpen, isWanted, isPaused) switch
    {
        (_, false, _) => Sendable.Superseded,
        (false, _, _) => Sendable.PreapprovalNotOpen,
        (_, _, true) => Sendable.Paused,
        _ => Sendable.Yes,
    };
}
