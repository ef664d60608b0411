using Billing.Api.Hosting;
using Marten;
using Marten.Linq;
using Marten.Linq.MatchesSql;

namespace Billing.Api.Charges;

/// <summary>Reads the payment history of one site.</summary>
public sealed class PaymentHistory(IDocumentStore store, PaymentPageEnds ends, PageReader pages)
{
    private static readonly RowKeyOf<Payment, string> Key =
        new(payment => new RowKey<string>(payment.Id, payment.RequestedAt));

    private const string Later = "(d.requested_at, d.id) > (?, ?)";
    private const string Earlier = "(d.requested_at, d.id) < (?, ?)";

    // What the gateway has not dated (a refused charge, an unknown one) is found by when it was requested.
    private const string CreatedAt =
        "coalesce(d.data -> 'Charge' -> 'Gateway' ->> 'Created', "
        + "to_char(d.requested_at at time zone 'UTC', 'YYYYMMDDHH24MISS'))";

    public async Task<Payment?> FindAsync(string site, int gatewayPaymentId, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);

        return await session.Query<Payment>().Where(payment => payment.GatewayPaymentId == gatewayPaymentId)
            .OrderBy(payment => payment.RequestedAt).FirstOrDefaultAsync(ct);
    }

    /// <returns>Null when the site has no charge with that MerchantTransactionID.</returns>
    public async Task<Payment?> FindAsync(string site, string merchantTransactionId, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);

        return await session.LoadAsync<Payment>(merchantTransactionId, ct);
    }

    /// <summary>Every attempt at one subscription, stopped and refused ones included, oldest first.</summary>
    /// <param name="after">The last one of the page before: its request time and id.</param>
    public async Task<IReadOnlyList<PageRow<Payment, string>>> OfPreapprovalAsync(
        string site, Guid preapprovalId, (DateTimeOffset At, string Id)? after, int most, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);
        var payments = session.Query<Payment>().Where(payment => payment.PreapprovalId == preapprovalId);

        if (after is var (at, id))
        {
            payments = payments.Where(payment => payment.MatchesSql(Later, at.ToUniversalTime(), id));
        }

        var oldest = payments.OrderBy(payment => payment.RequestedAt).ThenBy(payment => payment.Id);

        return await pages.ReadAsync(session, oldest.Take(most), Key, ct);
    }

    /// <summary>A due charge that the gateway refused is listed as a failed payment.</summary>
    public async Task<PaymentPage> ListAsync(string site, PaymentFilter filter, CancellationToken ct)
    {
        var before = await ends.BeforeAsync(site, filter, ct);
        var page = await ReadAsync(site, filter, before, ct);
        await ends.KeepAsync(site, page, before, ct);

        return page;
    }

    /// <param name="before">Where the page begins; null: at its number of rows.</param>
    private async Task<PaymentPage> ReadAsync(
        string site, PaymentFilter filter, PaymentPageEnd? before, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);
        var payments = session.Query<Payment>().Stats(out var statistics)
            .Where(payment => payment.IsListed);

        if (filter.PreapprovalId is { } preapproval)
        {
            payments = payments.Where(payment => payment.PreapprovalId == preapproval);
        }

        if (filter.MerchantTransactionId is { } id)
        {
            payments = payments.Where(payment => payment.Id == id);
        }

        if (filter.StatusId is { } status)
        {
            payments = payments.Where(payment => payment.ShownStatusId == status);
        }

        if (filter.MethodId is { } method)
        {
            payments = payments.Where(payment => payment.MethodId == method);
        }

        if (filter.Currency is { } currency)
        {
            payments = payments.Where(payment => payment.Currency == currency);
        }

        if (filter.From is { } from)
        {
            payments = payments.Where(payment => payment.MatchesSql(CreatedAt + " >= ?", from));
        }

        if (filter.Until is { } until)
        {
            payments = payments.Where(payment => payment.MatchesSql(CreatedAt + " <= ?", until));
        }

        if (before is not null)
        {
            payments = payments.Where(payment => payment.MatchesSql(
                filter.IsAscending ? Later : Earlier, before.RequestedAt.ToUniversalTime(), before.PaymentId));
        }

        var ordered = filter.IsAscending
            ? payments.OrderBy(payment => payment.RequestedAt).ThenBy(payment => payment.Id)
            : payments.OrderByDescending(payment => payment.RequestedAt).ThenByDescending(payment => payment.Id);
        var shown = filter.PageSize * (filter.PageIndex - 1);
        var asked = ordered.Skip(before is null ? shown : 0).Take(filter.PageSize);
        var rows = await pages.ReadAsync(session, asked, Key, ct);

        // A page behind the last one has no row that could carry the total.
        return new PaymentPage(filter, rows, rows.Count == 0 && filter.PageIndex > 1
            ? (await ReadAsync(site, filter with { PageIndex = 1, PageSize = 1 }, null, ct)).Total
            : statistics.TotalResults + (before is null ? 0 : shown));
    }
}
