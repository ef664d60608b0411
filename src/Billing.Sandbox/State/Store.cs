using System.Text.Json;
using Billing.Sandbox.Settings;

namespace Billing.Sandbox.State;

/// <summary>All preapprovals and payments, and the indexes that answer the gateway's questions.</summary>
/// <remarks>Callers hold the one lock: endpoints, and the two background loops.</remarks>
internal sealed class Store(Journal journal) : IRemembered
{
    private readonly Dictionary<int, Preapproval> preapprovals = [];
    private readonly Dictionary<int, Payment> payments = [];
    private readonly Dictionary<(int Site, string Id), int> byMerchantPreapprovalId = [];
    private readonly Dictionary<(int Site, string Id), List<int>> byMerchantTransactionId = [];
    private readonly Dictionary<int, int> byLanding = [];
    private readonly Dictionary<int, SortedSet<int>> preapprovalsBySite = [];
    private readonly Dictionary<int, SortedSet<int>> paymentsBySite = [];
    private readonly Dictionary<int, SortedSet<int>> paymentsByPreapproval = [];

    public Preapproval? Preapproval(int id) => preapprovals.GetValueOrDefault(id);

    /// <summary>Null for another site's, too.</summary>
    public Preapproval? Preapproval(int id, Site site) =>
        Preapproval(id) is { } found && found.SiteId == site.Id ? found : null;

    public Preapproval? PreapprovalByMerchantId(int site, string id) =>
        byMerchantPreapprovalId.TryGetValue((site, id), out var found) ? preapprovals[found] : null;

    public Preapproval? PreapprovalByLanding(int landing) =>
        byLanding.TryGetValue(landing, out var found) ? preapprovals[found] : null;

    public Payment? Payment(int id) => payments.GetValueOrDefault(id);

    public Payment? Payment(int id, Site site) => Payment(id) is { } found && found.SiteId == site.Id ? found : null;

    public bool KnowsTransaction(int site, string id) => byMerchantTransactionId.ContainsKey((site, id));

    /// <summary>Newest first, as every list of the gateway is.</summary>
    public IEnumerable<Preapproval> PreapprovalsOf(int site) =>
        Newest(preapprovalsBySite, site).Select(id => preapprovals[id]);

    public IEnumerable<Payment> PaymentsOf(int site) => Newest(paymentsBySite, site).Select(id => payments[id]);

    public IEnumerable<Payment> PaymentsOfPreapproval(int preapproval) =>
        Newest(paymentsByPreapproval, preapproval).Select(id => payments[id]);

    public IEnumerable<Payment> PaymentsOfTransaction(int site, string id) =>
        byMerchantTransactionId.TryGetValue((site, id), out var ids)
            ? ids.OrderDescending().Select(i => payments[i])
            : [];

    public Preapproval Save(Preapproval row)
    {
        Index(row);
        journal.Write("preapproval", row);
        return row;
    }

    public Payment Save(Payment row)
    {
        Index(row);
        journal.Write("payment", row);
        return row;
    }

    public int PreapprovalCount => preapprovals.Count;

    public int PaymentCount => payments.Count;

    public bool HasPreapproval(int id) => preapprovals.ContainsKey(id);

    public bool HasPayment(int id) => payments.ContainsKey(id);

    public void Recall(string kind, JsonElement row)
    {
        switch (kind)
        {
            case "preapproval":
                Index(row.Deserialize<Preapproval>()!);
                break;
            case "payment":
                Index(row.Deserialize<Payment>()!);
                break;
        }
    }

    public IEnumerable<(string Kind, object Row)> Rows() =>
        preapprovals.Values.Select(p => ("preapproval", (object)p))
            .Concat(payments.Values.Select(p => ("payment", (object)p)));

    public void Forget()
    {
        preapprovals.Clear();
        payments.Clear();
        byMerchantPreapprovalId.Clear();
        byMerchantTransactionId.Clear();
        byLanding.Clear();
        preapprovalsBySite.Clear();
        paymentsBySite.Clear();
        paymentsByPreapproval.Clear();
    }

    private void Index(Preapproval row)
    {
        preapprovals[row.Id] = row;
        At(preapprovalsBySite, row.SiteId).Add(row.Id);
        if (row.MerchantPreapprovalId is { } id)
        {
            byMerchantPreapprovalId[(row.SiteId, id)] = row.Id;
        }

        if (row.LandingHash is not null)
        {
            byLanding[row.LandingId] = row.Id;
        }
    }

    private void Index(Payment row)
    {
        var isNew = payments.TryAdd(row.Id, row);
        payments[row.Id] = row;
        if (!isNew)
        {
            return;
        }

        At(paymentsBySite, row.SiteId).Add(row.Id);
        if (row.PreapprovalId is { } preapproval)
        {
            At(paymentsByPreapproval, preapproval).Add(row.Id);
        }

        if (row.MerchantTransactionId is { } id)
        {
            if (!byMerchantTransactionId.TryGetValue((row.SiteId, id), out var ids))
            {
                byMerchantTransactionId[(row.SiteId, id)] = ids = [];
            }

            ids.Add(row.Id);
        }
    }

    private static SortedSet<int> At(Dictionary<int, SortedSet<int>> index, int key)
    {
        if (!index.TryGetValue(key, out var ids))
        {
            index[key] = ids = [];
        }

        return ids;
    }

    private static IEnumerable<int> Newest(Dictionary<int, SortedSet<int>> index, int key) =>
        index.TryGetValue(key, out var ids) ? ids.Reverse() : [];
}
