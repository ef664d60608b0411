using System.Text.Json.Serialization;

namespace Billing.Sandbox.Ledger;

/// <summary>GET /sandbox/ledger and /sandbox/ledger/totals.</summary>
internal static class LedgerEndpoint
{
    private const int LargestPage = 10_000;

    public static void MapLedger(this IEndpointRouteBuilder tools)
    {
        tools.MapGet("/ledger", Page);
        tools.MapGet("/ledger/totals", (ChargeLedger ledger, Lock gate) =>
        {
            lock (gate)
            {
                return Results.Json(Totals(ledger.All));
            }
        });
    }

    // Copied under the lock; written to the caller after it.
    private static IResult Page([AsParameters] Question asked, ChargeLedger ledger, Lock gate)
    {
        var limit = Math.Clamp(asked.Limit ?? LargestPage, 1, LargestPage);
        lock (gate)
        {
            var candidates =
                asked.MerchantTransactionId is { } id ? ledger.Of(id) : ledger.All.Skip(Math.Max(0, asked.After ?? 0));
            var found = candidates
                .Where(e => (asked.PreapprovalId is null || e.PreapprovalId == asked.PreapprovalId)
                    && (asked.Movement is null || e.Movements.Exists(m => m.What == asked.Movement)))
                .Take(limit + 1)
                .ToList();
            return Results.Json(
                new Shown([.. found.Take(limit).Select(Copied)], found.Count > limit ? found[limit - 1].Number : null));
        }
    }

    private static object Copied(LedgerEntry e) => new
    {
        e.MerchantTransactionId,
        e.SiteId,
        e.Received,
        e.Lookups,
        e.Captured,
        e.WentBack,
        e.PreapprovalId,
        e.Amount,
        e.Currency,
        PaymentIds = e.PaymentIds.ToArray(),
        Movements = e.Movements.ToArray(),
        Answers = e.Answers.ToArray(),
        Events = e.Events.ToArray(),
    };

    private static object Totals(IReadOnlyList<LedgerEntry> entries) => new
    {
        Charges = entries.Count,
        Received = entries.Sum(e => (long)e.Received),
        Lookups = entries.Sum(e => (long)e.Lookups),
        ReceivedTwice = entries.Count(e => e.Received > 1),
        LookedUpUnsent = entries.Count(e => e.Events is [{ What: ChargeLedger.LookedUpEvent }, ..]),
        CapturedTwice = entries.Count(e => e.Captured > 1),
        Movements = entries
            .SelectMany(e => e.Movements)
            .GroupBy(m => (m.What, m.Currency))
            .Select(g => new { g.Key.What, g.Key.Currency, Count = g.LongCount(), Amount = g.Sum(m => m.Amount) })
            .OrderBy(g => g.What, StringComparer.Ordinal)
            .ThenBy(g => g.Currency, StringComparer.Ordinal)
            .ToArray(),
    };

    /// <param name="Movement">Only charges with such a movement, such as refunded.</param>
    /// <param name="After">The next of the page before.</param>
    /// <param name="Limit">At most, and by default, 10,000.</param>
    private sealed record Question(
        string? MerchantTransactionId, int? PreapprovalId, string? Movement, int? After, int? Limit);

    private sealed record Shown(
        IReadOnlyList<object> Charges,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Next);
}
