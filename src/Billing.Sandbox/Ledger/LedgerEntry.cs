namespace Billing.Sandbox.Ledger;

/// <summary>What is known of one MerchantTransactionID of one site. Amount in hundredths, as first asked for.</summary>
internal sealed class LedgerEntry
{
    public int Number { get; set; }
    public required int SiteId { get; init; }
    public required string MerchantTransactionId { get; init; }
    public int Received { get; set; }
    public int Lookups { get; set; }
    public int Captured { get; set; }

    /// <summary>Hundredths that left the merchant again.</summary>
    public long WentBack { get; set; }
    public int? PreapprovalId { get; set; }
    public long? Amount { get; set; }
    public string? Currency { get; set; }
    public List<int> PaymentIds { get; init; } = new(1);
    public List<Movement> Movements { get; init; } = new(1);
    public List<string> Answers { get; init; } = new(1);
    public List<LedgerEvent> Events { get; init; } = new(3);
}

/// <summary>One thing that happened, in real time.</summary>
internal readonly record struct LedgerEvent(DateTimeOffset At, string What, string Detail);

/// <summary>Money that moved, or is held, by the sandbox clock.</summary>
/// <param name="What">
/// captured, refunded, partially_refunded, reversed, charged_back, disputed, dispute_won, dispute_lost.
/// </param>
/// <param name="Amount">Hundredths, without sign.</param>
internal readonly record struct Movement(DateTimeOffset At, string What, int PaymentId, long Amount, string? Currency)
{
    /// <summary>
    /// The movement of money that a status after the success means (docs/globalpay.md section 9); null: none.
    /// </summary>
    public static string? Of(int? statusId) => statusId switch
    {
        16 => "reversed",
        19 => "disputed",
        21 => "partially_refunded",
        22 => "refunded",
        23 => "dispute_won",
        24 => "dispute_lost",
        26 => "charged_back",
        _ => null,
    };

    /// <summary>
    /// Whether an earlier movement covers the status: each refund is noted before the status that it leads to.
    /// </summary>
    public static bool Covers(string there, string status) =>
        there == status || (there == "refunded" && status == "partially_refunded");
}
