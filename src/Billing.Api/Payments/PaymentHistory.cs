using Billing.Domain;
using Billing.Domain.Preapprovals;
using Npgsql;

namespace Billing.Api.Payments;

/// <summary>One charge as the view shows it.</summary>
public sealed record PaymentRow(
    string Tenant, string MerchantTransactionId, Guid PreapprovalId, int? GatewayPreapprovalId, int MethodId, int? ScheduleRevision, DateOnly? DueOn, int Attempt, string Origin,
    Money Amount, Money? CapturedAmount, Money Refunded, Money TakenBack, MoneyState State, string Afterwards, string? Symptom, int LookUps, DateTimeOffset? NextLookUpAt, string? Owner, string? LearntFrom,
    DateTimeOffset RequestedAt, DateTimeOffset? SettledAt, GatewayPayment Gateway)
{
    /// <summary>Minor units that the merchant has kept; 0 before the success.</summary>
    public long NetMinor => State is MoneyState.Charged ? (CapturedAmount ?? Amount).Minor - Refunded.Minor - TakenBack.Minor : 0;
}

public sealed record PaymentPage(PaymentFilter Filter, IReadOnlyList<PaymentRow> Rows, long Total);

/// <summary>Reads the payment history of one site.</summary>
public sealed class PaymentHistory(NpgsqlDataSource books)
{
    // A notification that tells nothing new makes no event, yet its time is the last one: fourteen digits, so that the greatest is the latest.
    private const string Columns =
        """
        tenant_id, merchant_transaction_id, preapproval_id, gateway_preapproval_id, method_id, schedule_revision, due_on, attempt, origin, amount_minor, currency, captured_minor,
        refunded_minor, status, afterwards, symptom, look_ups, next_look_up_at, owner, learnt_from, requested_at, settled_at, gateway_payment_id, gateway_created,
        gateway_status_id, gateway_status_info, code,
        greatest(notified_at, (
            select max(n.notified_at)
            from notifications n
            where n.tenant_id = payment_history.tenant_id and n.reference = payment_history.merchant_transaction_id and n.kind = 'Payment' and n.status = 'matched')),
        taken_back_minor
        """;

    // Withdrawn ones never reached the gateway, and what it refused never became a payment: neither is listed as one.
    private const string Filtered =
        """
        from payment_history
        where tenant_id = $1
            and status <> 'stopped' and (status <> 'failed' or gateway_payment_id is not null)
            and ($2::uuid is null or preapproval_id = $2) and ($3::varchar is null or merchant_transaction_id = $3)
            and ($4::int is null or case when status in ('requested', 'unknown') then 7 else gateway_status_id end = $4)
            and ($5::int is null or method_id = $5) and ($6::varchar is null or currency = $6)
            and ($7::varchar is null or gateway_created >= $7) and ($8::varchar is null or gateway_created <= $8)
        """;

    public async Task<PaymentRow?> FindAsync(string tenant, int gatewayPaymentId, CancellationToken ct)
    {
        await using var command = books.CreateCommand($"select {Columns} from payment_history where tenant_id = $1 and gateway_payment_id = $2 order by requested_at limit 1");
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = (long)gatewayPaymentId });
        await using var row = await command.ExecuteReaderAsync(ct);

        return await row.ReadAsync(ct) ? Read(row) : null;
    }

    /// <summary>Every attempt at one subscription, withdrawn and refused ones included, oldest first.</summary>
    public async Task<IReadOnlyList<PaymentRow>> OfPreapprovalAsync(string tenant, Guid preapprovalId, CancellationToken ct)
    {
        await using var command = books.CreateCommand(
            $"select {Columns} from payment_history where tenant_id = $1 and preapproval_id = $2 order by requested_at, merchant_transaction_id");
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = preapprovalId });
        await using var row = await command.ExecuteReaderAsync(ct);
        var rows = new List<PaymentRow>();

        while (await row.ReadAsync(ct))
        {
            rows.Add(Read(row));
        }

        return rows;
    }

    public async Task<PaymentPage> ListAsync(string tenant, PaymentFilter filter, CancellationToken ct)
    {
        var order = filter.IsAscending ? "asc" : "desc";
        await using var batch = books.CreateBatch();
        batch.BatchCommands.Add(Command($"select count(*) {Filtered}", tenant, filter));

        var page = Command($"select {Columns} {Filtered} order by requested_at {order}, merchant_transaction_id {order} limit $9 offset $10", tenant, filter);
        page.Parameters.Add(new() { Value = filter.PageSize });
        page.Parameters.Add(new() { Value = (long)filter.PageSize * (filter.PageIndex - 1) });
        batch.BatchCommands.Add(page);

        await using var row = await batch.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        var total = row.GetInt64(0);
        await row.NextResultAsync(ct);
        var rows = new List<PaymentRow>();

        while (await row.ReadAsync(ct))
        {
            rows.Add(Read(row));
        }

        return new PaymentPage(filter, rows, total);
    }

    private static NpgsqlBatchCommand Command(string sql, string tenant, PaymentFilter filter)
    {
        var command = new NpgsqlBatchCommand(sql);

        foreach (var value in new object?[] { tenant, filter.PreapprovalId, filter.MerchantTransactionId, filter.StatusId, filter.MethodId, filter.Currency, filter.From, filter.Until })
        {
            command.Parameters.Add(new() { Value = value ?? DBNull.Value });
        }

        return command;
    }

    private static PaymentRow Read(NpgsqlDataReader row)
    {
        T? Get<T>(int column) => row.IsDBNull(column) ? default : row.GetFieldValue<T>(column);

        var currency = row.GetString(10);

        return new PaymentRow(
            row.GetString(0), row.GetString(1), row.GetGuid(2), (int?)Get<long?>(3), row.GetInt32(4), Get<int?>(5), Get<DateOnly?>(6), row.GetInt32(7), row.GetString(8),
            new Money(row.GetInt64(9), currency), Get<long?>(11) is { } captured ? new Money(captured, currency) : null, new Money(row.GetInt64(12), currency), new Money(row.GetInt64(28), currency),
            Enum.Parse<MoneyState>(row.GetString(13), ignoreCase: true), row.GetString(14), Get<string>(15), row.GetInt32(16), Get<DateTimeOffset?>(17), Get<string>(18), Get<string>(19),
            row.GetFieldValue<DateTimeOffset>(20), Get<DateTimeOffset?>(21),
            new GatewayPayment((int?)Get<long?>(22), Get<string>(23), Get<int?>(24), Get<string>(25), Get<string>(26), Get<string>(27)));
    }
}
