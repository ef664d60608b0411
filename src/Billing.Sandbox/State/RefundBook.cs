using System.Text.Json;

namespace Billing.Sandbox.State;

/// <summary>All refunds, by their own id, by payment, and by the merchant's id.</summary>
/// <remarks>
/// Callers hold the one lock. A refund may have its payment's MerchantTransactionID, as at the real gateway.
/// </remarks>
internal sealed class RefundBook(Journal journal) : IRemembered
{
    // Where the documents' examples begin.
    private const int FirstId = 16405;

    private readonly Dictionary<int, Refund> refunds = [];
    private readonly Dictionary<int, SortedSet<int>> byPayment = [];
    private readonly HashSet<(int Site, string Id)> transactions = [];

    public int NextId { get; private set; } = FirstId;

    public Refund? Find(int id) => refunds.GetValueOrDefault(id);

    public bool KnowsTransaction(int site, string id) => transactions.Contains((site, id));

    /// <summary>Newest first.</summary>
    public IEnumerable<Refund> OfPayment(int paymentId) =>
        byPayment.TryGetValue(paymentId, out var ids) ? ids.Reverse().Select(id => refunds[id]) : [];

    /// <summary>What has gone back or may still go back, in hundredths: refunds that failed do not count.</summary>
    public long Reserved(int paymentId) =>
        OfPayment(paymentId).Where(r => r.StatusId != PaymentStatus.Failed).Sum(r => r.Amount ?? 0);

    /// <summary>What has gone back, in hundredths.</summary>
    public long Returned(int paymentId) =>
        OfPayment(paymentId).Where(r => r.StatusId == PaymentStatus.Success).Sum(r => r.Amount ?? 0);

    public Refund Save(Refund row)
    {
        Index(row);
        journal.Write("refund", row);
        return row;
    }

    public void Recall(string kind, JsonElement row)
    {
        if (kind == "refund")
        {
            Index(row.Deserialize<Refund>()!);
        }
    }

    public IEnumerable<(string Kind, object Row)> Rows() => refunds.Values.Select(r => ("refund", (object)r));

    public void Forget()
    {
        refunds.Clear();
        byPayment.Clear();
        transactions.Clear();
        NextId = FirstId;
    }

    private void Index(Refund row)
    {
        refunds[row.Id] = row;
        NextId = Math.Max(NextId, row.Id + 1);
        if (!byPayment.TryGetValue(row.PaymentId, out var ids))
        {
            byPayment[row.PaymentId] = ids = [];
        }

        ids.Add(row.Id);
        if (row.MerchantTransactionId is { } id)
        {
            transactions.Add((row.SiteId, id));
        }
    }
}
