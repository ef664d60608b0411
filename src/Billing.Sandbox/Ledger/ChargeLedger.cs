using System.Globalization;
using System.Text.Json;
using Billing.Sandbox.Clock;
using Billing.Sandbox.Settings;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Ledger;

/// <summary>The record of charge requests, look-ups and movements of money, per MerchantTransactionID.</summary>
/// <remarks>
/// It counts requests before uniqueness is checked, so it shows a double send. Callers hold the one lock.
/// </remarks>
internal sealed class ChargeLedger(SandboxClock clock, SandboxSettings settings, Journal journal) : IRemembered
{
    /// <summary>The name of a look-up. As the first event of an entry: it was looked up before it was sent.</summary>
    public const string LookedUpEvent = "looked_up";

    private readonly Dictionary<(int Site, string Id), LedgerEntry> entries = [];
    private readonly List<LedgerEntry> inOrder = [];

    /// <summary>In the order of their first request; entry n has the number n, from 1.</summary>
    public IReadOnlyList<LedgerEntry> All => inOrder;

    public LedgerEntry? Find(int site, string merchantTransactionId) =>
        entries.GetValueOrDefault((site, merchantTransactionId));

    /// <summary>Those of one id: one per site that used it.</summary>
    public IEnumerable<LedgerEntry> Of(string merchantTransactionId) =>
        settings.Sites.Keys.Select(site => Find(site, merchantTransactionId)).OfType<LedgerEntry>();

    public void Received(int site, string id, int? preapproval, long? amount, string? currency)
    {
        var entry = At(site, id);
        entry.Received++;
        entry.PreapprovalId ??= preapproval;
        entry.Amount ??= amount;
        entry.Currency ??= currency;
        Note(
            entry, "received",
            string.Create(CultureInfo.InvariantCulture, $"preapproval {preapproval}, {amount} {currency}"));
    }

    public void LookedUp(int site, string id)
    {
        var entry = At(site, id);
        entry.Lookups++;
        Note(entry, LookedUpEvent, "");
    }

    public void Captured(Payment payment) => Moved(payment, "captured", payment.CapturedAmount ?? payment.Amount);

    /// <summary>Money left the merchant again, in hundredths: refunded, reversed or charged back.</summary>
    public void WentBack(Payment payment, long amount, string how, string detail)
    {
        if (Of(payment) is { } entry)
        {
            entry.WentBack += amount;
            entry.Movements.Add(new Movement(clock.Now, how, payment.Id, amount, payment.Currency));
            Note(entry, how, $"{detail}, {amount} {payment.Currency}");
        }
    }

    /// <summary>Something about a payment that moved no money.</summary>
    public void Note(Payment payment, string what, string detail)
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
            Note(
                entry, "failed",
                $"payment {payment.Id}, {string.Join(' ', payment.Reasons?.Select(r => r.Code) ?? [])}");
        }
    }

    /// <summary>The payment exists; a status that moves money after the success is noted once.</summary>
    public void Knows(Payment payment)
    {
        if (Of(payment) is { } entry && Movement.Of(payment.StatusId) is { } what
            && entry.Movements.All(m => m.PaymentId != payment.Id || !Movement.Covers(m.What, what)))
        {
            Moved(payment, what, payment.Amount);
        }
    }

    /// <summary>Money went to the merchant or back.</summary>
    /// <param name="payment">The payment that it belongs to.</param>
    /// <param name="what">captured, refunded, reversed and so on.</param>
    /// <param name="amount">Hundredths, without sign.</param>
    public void Moved(Payment payment, string what, long? amount)
    {
        if (Of(payment) is { } entry)
        {
            entry.Captured += what == "captured" ? 1 : 0;
            entry.Movements.Add(new Movement(clock.Now, what, payment.Id, amount ?? 0, payment.Currency));
            Note(
                entry, what,
                string.Create(CultureInfo.InvariantCulture, $"payment {payment.Id}, {amount} {payment.Currency}"));
        }
    }

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
            if (entries.TryGetValue((entry.SiteId, entry.MerchantTransactionId), out var older))
            {
                inOrder[older.Number - 1] = entry;
                entry.Number = older.Number;
            }
            else
            {
                Append(entry);
            }

            entries[(entry.SiteId, entry.MerchantTransactionId)] = entry;
        }
    }

    public IEnumerable<(string Kind, object Row)> Rows() => inOrder.Select(e => ("ledger", (object)e));

    public void Forget()
    {
        entries.Clear();
        inOrder.Clear();
    }

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
            Append(entry);
        }

        return entry;
    }

    private void Append(LedgerEntry entry)
    {
        inOrder.Add(entry);
        entry.Number = inOrder.Count;
    }

    private void Note(LedgerEntry entry, string what, string detail)
    {
        entry.Events.Add(new LedgerEvent(clock.RealNow, what, detail));
        journal.Write("ledger", entry);
    }
}
