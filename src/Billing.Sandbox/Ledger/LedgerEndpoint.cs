namespace Billing.Sandbox;

/// <summary>GET /sandbox/ledger[?merchantTransactionId=].</summary>
internal static class LedgerEndpoint
{
    public static void MapLedger(this IEndpointRouteBuilder tools) =>
        tools.MapGet("/ledger", (string? merchantTransactionId, ChargeLedger ledger, Lock gate) =>
        {
            lock (gate)
            {
                return Results.Json(new { Charges = ledger.Entries(merchantTransactionId).Select(Shown).ToArray() });
            }
        });

    // Copied under the lock; written to the caller after it.
    private static object Shown(LedgerEntry e) => new
    {
        e.MerchantTransactionId,
        e.Received,
        e.Lookups,
        e.Captured,
        e.WentBack,
        e.PreapprovalId,
        e.Amount,
        e.Currency,
        PaymentIds = e.PaymentIds.ToArray(),
        Answers = e.Answers.ToArray(),
        Events = e.Events.ToArray(),
    };
}
