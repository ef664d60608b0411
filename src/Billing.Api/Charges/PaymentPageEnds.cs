using System.Security.Cryptography;
using System.Text.Json;
using Marten;
using Npgsql;

namespace Billing.Api.Charges;

/// <summary>Where a page of a payment list ended when it was last answered.</summary>
public sealed class PaymentPageEnd
{
    /// <summary>SHA-256 of what the list shows, in hex, and the number of the page.</summary>
    public string Id { get; set; } = "";

    /// <summary>Of the page's last row, like <see cref="PaymentId"/>.</summary>
    public DateTimeOffset RequestedAt { get; set; }

    public string PaymentId { get; set; } = "";

    /// <summary>Real time.</summary>
    public DateTimeOffset AnsweredAt { get; set; }
}

/// <summary>Lets a page of a payment list begin where the page before it has ended (docs/decisions/0048).</summary>
/// <remarks>
/// Pages are asked for by number and show the newest payment first: counted from the newest of now, every payment that
/// is added between two pages would move a row of the first into the second.
/// </remarks>
public sealed class PaymentPageEnds(IDocumentStore store, TimeProvider realTime)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);

    /// <returns>Null for the first page, and where the page before it was not answered lately.</returns>
    public async Task<PaymentPageEnd?> BeforeAsync(string site, PaymentFilter filter, CancellationToken ct)
    {
        if (filter.PageIndex == 1)
        {
            return null;
        }

        await using var session = store.QuerySession(site);

        return await session.LoadAsync<PaymentPageEnd>(IdOf(filter, filter.PageIndex - 1), ct) is { } end
            && end.AnsweredAt > Expired() ? end : null;
    }

    /// <param name="before">Where the page began.</param>
    public async Task KeepAsync(string site, PaymentPage page, PaymentPageEnd? before, CancellationToken ct)
    {
        var (requestedAt, id) = page.Found.Count > 0
            ? (page.Found[^1].Key.At, page.Found[^1].Key.Id)
            : (before?.RequestedAt ?? default, before?.PaymentId);

        // A list that fits into its first page has no page after it.
        if (id is null || (page.Filter.PageIndex == 1 && page.Found.Count < page.Filter.PageSize))
        {
            return;
        }

        try
        {
            await StoreAsync(site, page, requestedAt, id, ct);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction)
        {
            // A standby can be read too: its pages are counted in rows.
        }
    }

    private async Task StoreAsync(
        string site, PaymentPage page, DateTimeOffset requestedAt, string id, CancellationToken ct)
    {
        await using var session = store.LightweightSession(site);
        session.Store(new PaymentPageEnd
        {
            Id = IdOf(page.Filter, page.Filter.PageIndex), RequestedAt = requestedAt, PaymentId = id,
            AnsweredAt = realTime.GetUtcNow(),
        });
        await session.SaveChangesAsync(ct);

        if (page.Filter.PageIndex == 1)
        {
            await DropExpiredAsync(site, ct);
        }
    }

    // A transaction of its own: with the row above in it, two of them could wait for each other.
    private async Task DropExpiredAsync(string site, CancellationToken ct)
    {
        var expired = Expired();
        await using var session = store.LightweightSession(site);
        session.DeleteWhere<PaymentPageEnd>(end => end.AnsweredAt < expired);
        await session.SaveChangesAsync(ct);
    }

    private DateTimeOffset Expired() => realTime.GetUtcNow() - LongestPause;

    private static string IdOf(PaymentFilter filter, int pageIndex)
    {
        var list = JsonSerializer.SerializeToUtf8Bytes(filter with { PageIndex = 0 });

        return $"{Convert.ToHexStringLower(SHA256.HashData(list))}:{pageIndex}";
    }
}
