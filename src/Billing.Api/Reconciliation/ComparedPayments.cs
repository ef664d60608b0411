using Billing.Api.Charges;
using Billing.Api.Hosting;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Marten;
using Npgsql;

namespace Billing.Api.Reconciliation;

/// <summary>The payments that a run compares, and which of them the gateway's pages have shown.</summary>
public sealed class ComparedPayments(NpgsqlDataSource dataSource, Database database, IDocumentStore store)
{
    /// <summary>What we hold of the charges that a page shows, by MerchantTransactionID.</summary>
    public async Task<IReadOnlyDictionary<string, Payment>> LoadAsync(string site, string[] ids, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);

        var found = await session.LoadManyAsync<Payment>(ct, ids);

        return found.ToDictionary(payment => payment.Id, StringComparer.Ordinal);
    }

    /// <summary>Remembers for this run that pages have shown these charges.</summary>
    public async Task MarkSeenAsync(string site, string[] ids, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            insert into {database.Schema}.{SeenPaymentTable.Name}
            select $1, id from unnest($2) as m (id) on conflict do nothing
            """);
        command.With(site, ids);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Charges of the run's period that have a gateway payment which no page has shown.</summary>
    public async Task<IReadOnlyList<Payment>> MissingAsync(ReconciliationRun run, int most, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select d.id from {database.Schema}.mt_doc_payment d
            where d.tenant_id = $1 and d.id > $2 and d.requested_at >= $3 and d.requested_at <= $4
                and d.gateway_payment_id is not null
                and (d.data #>> $6 in ('Pending', 'Failed', 'Charged')
                    or (d.data #>> $6 = 'Unknown' and d.owner is not null))
                and not exists (select from {database.Schema}.{SeenPaymentTable.Name} s
                    where s.tenant_id = d.tenant_id and s.merchant_transaction_id = d.id)
            order by d.id limit $5
            """);
        command.With(
            run.Site, run.AfterCharge, run.Since.ToUniversalTime(), run.Until.ToUniversalTime(), most,
            new[] { "Charge", "State" });
        var ids = new List<string>();

        await using (var row = await command.ExecuteReaderAsync(ct))
        {
            while (await row.ReadAsync(ct))
            {
                ids.Add(row.GetString(0));
            }
        }

        return [.. (await LoadAsync(run.Site, [.. ids], ct)).Values.OrderBy(payment => ids.IndexOf(payment.Id))];
    }

    /// <summary>Whether a row of a list gives reason to ask. Its limited detail decides nothing by itself.</summary>
    /// <remarks>
    /// What was stopped because the gateway did not have it may show up there after all; that it failed there changes
    /// nothing.
    /// </remarks>
    public static bool MayDiffer(Payment payment, PaymentSnapshot row)
    {
        var (charge, state) = (payment.Charge, payment.Charge.State);
        var isCompared = state is MoneyState.Pending or MoneyState.Failed or MoneyState.Charged or MoneyState.Stopped
            || (state is MoneyState.Unknown && charge.Owner is not null);

        return isCompared && ((row.Amount is { } amount && amount != charge.ShownAmount) || row.State switch
        {
            PaymentStatus.Unrecognised => false,
            PaymentStatus.Pending or PaymentStatus.UnderReview => state is not MoneyState.Pending,
            PaymentStatus.Failed => state is not (MoneyState.Failed or MoneyState.Stopped),
            PaymentStatus.Charged => state is not MoneyState.Charged,
            _ => state is not MoneyState.Charged || !Knows(charge, row.State),
        });
    }

    private static bool Knows(Charge charge, PaymentStatus status) => status switch
    {
        PaymentStatus.Reversed => charge.Has(PostPaymentFact.Reversed),
        PaymentStatus.Disputed => charge.Has(PostPaymentFact.Disputed),
        PaymentStatus.DisputeWon => charge.Has(PostPaymentFact.DisputeWon),
        PaymentStatus.DisputeLost => charge.Has(PostPaymentFact.DisputeLost),
        PaymentStatus.ChargedBack => charge.Has(PostPaymentFact.ChargedBack),
        _ => charge.RefundedMinor > 0,
    };
}
