using System.Text.Json;

namespace Billing.Sandbox;

/// <summary>The witness: every charge request received, every look-up, every movement of money, per MerchantTransactionID.</summary>
/// <remarks>It counts what came in, whatever the gateway made of it; so it shows a double send that uniqueness would hide.</remarks>
internal sealed class ChargeLedger(SandboxClock clock, SandboxSettings settings, Journal journal) : IRemembered
{
    private readonly Dictionary<(int Site, string Id), LedgerEntry> entries = [];

    /// <summary>All of them, or those of one id: one per site that used it.</summary>
    public IEnumerable<LedgerEntry> Entries(string? merchantTransactionId) => merchantTransactionId is null
        ? entries.Values
        : settings.Sites.Keys.Select(site => entries.GetValueOrDefault((site, merchantTransactionId))).OfType<LedgerEntry>();

    public void Received(int site, string id, int? preapproval, long? amount, string? currency)
    {
        var entry = At(site, id);
        entry.Received++;
        entry.PreapprovalId ??= preapproval;
        entry.Amount ??= amount;
        entry.Currency ??= currency;
        Note(entry, "received", $"preapproval {preapproval}, {amount} {currency}");
    }

    public void LookedUp(int site, string id)
    {
        var entry = At(site, id);
        entry.Lookups++;
        Note(entry, "looked_up", "");
    }

    public void Captured(Payment payment)
    {
        if (Of(payment) is { } entry)
        {
            entry.Captured++;
            Note(entry, "captured", $"payment {payment.Id}, {payment.CapturedAmount ?? payment.Amount} {payment.Currency}");
        }
    }

    /// <summary>Money left the merchant again, in hundredths: refunded, reversed or charged back.</summary>
    public void WentBack(Payment payment, long amount, string how, string detail)
    {
        if (Of(payment) is { } entry)
        {
            entry.WentBack += amount;
            Note(entry, how, $"{detail}, {amount} {payment.Currency}");
        }
    }

    /// <summary>Something about a payment that moved no money.</summary>
    public void Tell(Payment payment, string what, string detail)
    {
        if (Of(payment) is { } entry)
        {
            Note(entry, what, detail);
        }
    }

    public void Failed(Payment payment)
    {
        if (Of(payment) is { } entry)
        {
            Note(entry, "failed", $"payment {payment.Id}, {string.Join(' ', payment.Reasons?.Select(r => r.Code) ?? [])}");
        }
    }

    /// <summary>The payment exists; no money moved yet, or none moved now.</summary>
    public void Knows(Payment payment) => Of(payment);

    public void Answered(int site, string id, string says)
    {
        var entry = At(site, id);
        entry.Answers.Add(says);
        Note(entry, "answered", says);
    }

    public void Recall(string kind, JsonElement row)
    {
        if (kind == "ledger")
        {
            var entry = row.Deserialize<LedgerEntry>()!;
            entries[(entry.SiteId, entry.MerchantTransactionId)] = entry;
        }
    }

    public IEnumerable<(string Kind, object Row)> Rows() => entries.Values.Select(e => ("ledger", (object)e));

    public void Forget() => entries.Clear();

    private LedgerEntry? Of(Payment payment)
    {
        if (payment.MerchantTransactionId is not { } id)
        {
            return null;
        }

        var entry = At(payment.SiteId, id);
        if (!entry.PaymentIds.Contains(payment.Id))
        {
            entry.PaymentIds.Add(payment.Id);
        }

        return entry;
    }

    private LedgerEntry At(int site, string id)
    {
        if (!entries.TryGetValue((site, id), out var entry))
        {
            entries[(site, id)] = entry = new LedgerEntry { SiteId = site, MerchantTransactionId = id };
        }

        return entry;
    }

    private void Note(LedgerEntry entry, string what, string detail)
    {
        entry.Events.Add(new LedgerEvent(clock.RealNow, what, detail));
        journal.Write("ledger", entry);
    }
}

/// <summary>All that is known of one MerchantTransactionID of one site. Amount in hundredths, as first asked for.</summary>
internal sealed class LedgerEntry
{
    public required int SiteId { get; init; }
    public required string MerchantTransactionId { get; init; }
    public int Received { get; set; }
    public int Lookups { get; set; }
    public int Captured { get; set; }
    public long WentBack { get; set; }
    public int? PreapprovalId { get; set; }
    public long? Amount { get; set; }
    public string? Currency { get; set; }
    public List<int> PaymentIds { get; init; } = [];
    public List<string> Answers { get; init; } = [];
    public List<LedgerEvent> Events { get; init; } = [];
}

/// <summary>One thing that happened, in real time.</summary>
internal sealed record LedgerEvent(DateTimeOffset At, string What, string Detail);
