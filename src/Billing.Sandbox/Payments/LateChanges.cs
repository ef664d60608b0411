using System.Text.Json;
using Billing.Sandbox.Clock;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Payments;

/// <summary>Statuses of payments and refunds that the future holds, by the sandbox clock.</summary>
internal sealed class LateChanges(SandboxClock clock, Journal journal) : IRemembered
{
    private readonly SortedSet<LateChange> waiting = new(
        Comparer<LateChange>.Create((a, b) => (a.Due, a.Id).CompareTo((b.Due, b.Id))));
    private int lastId;

    public int DueCount => waiting.TakeWhile(c => c.Due <= clock.Now).Count();

    public void Add(
        int paymentId, DateTimeOffset due, int fromStatusId, int statusId, Reason? reason, int? refundId = null)
    {
        var change = new LateChange(++lastId, paymentId, due, fromStatusId, statusId, reason, refundId);
        waiting.Add(change);
        journal.Write("late", change);
    }

    /// <summary>The earliest change that is due, which no longer waits; null when none is.</summary>
    public LateChange? TakeDue()
    {
        if (waiting.Min is not { } next || next.Due > clock.Now)
        {
            return null;
        }

        waiting.Remove(next);
        journal.Write("late_done", next);
        return next;
    }

    public void Recall(string kind, JsonElement row)
    {
        if (kind is "late" or "late_done")
        {
            var change = row.Deserialize<LateChange>()!;
            lastId = Math.Max(lastId, change.Id);
            if (kind == "late")
            {
                waiting.Add(change);
            }
            else
            {
                waiting.Remove(change);
            }
        }
    }

    public IEnumerable<(string Kind, object Row)> Rows() => waiting.Select(c => ("late", (object)c));

    public void Forget() => waiting.Clear();
}

/// <summary>One later status; it applies only if the payment or refund still has the status it had then.</summary>
internal sealed record LateChange(
    int Id, int PaymentId, DateTimeOffset Due, int FromStatusId, int StatusId, Reason? Reason, int? RefundId = null);
