using System.Text.Json;

namespace Billing.Sandbox.State;

/// <summary>
/// A customer's claim on a payment. Amount in hundredths; status 1 Open, 23 DisputeWon, 24 DisputeLost.
/// </summary>
internal sealed record Dispute(
    int Id, string Created, int SiteId, int ShownSiteId, int PaymentId, int? MethodId, long Amount, string? Currency,
    int StatusId);

/// <summary>All disputes, and the latest of each payment.</summary>
/// <remarks>Callers hold the one lock.</remarks>
internal sealed class DisputeBook(Journal journal) : IRemembered
{
    // As in the documents' example.
    private const int FirstId = 14;

    private readonly Dictionary<int, Dispute> disputes = [];
    private readonly Dictionary<int, int> latest = [];

    public int NextId { get; private set; } = FirstId;

    public Dispute? Find(int id) => disputes.GetValueOrDefault(id);

    public Dispute? OfPayment(int paymentId) => latest.TryGetValue(paymentId, out var id) ? disputes[id] : null;

    public Dispute Save(Dispute row)
    {
        Index(row);
        journal.Write("dispute", row);
        return row;
    }

    public void Recall(string kind, JsonElement row)
    {
        if (kind == "dispute")
        {
            Index(row.Deserialize<Dispute>()!);
        }
    }

    public IEnumerable<(string Kind, object Row)> Rows() =>
        disputes.Values.OrderBy(d => d.Id).Select(d => ("dispute", (object)d));

    public void Forget()
    {
        disputes.Clear();
        latest.Clear();
        NextId = FirstId;
    }

    private void Index(Dispute row)
    {
        disputes[row.Id] = row;
        latest[row.PaymentId] = Math.Max(latest.GetValueOrDefault(row.PaymentId), row.Id);
        NextId = Math.Max(NextId, row.Id + 1);
    }
}
