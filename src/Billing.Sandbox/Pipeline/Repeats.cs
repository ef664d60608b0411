using System.Text.Json;
using Billing.Sandbox.Calls;
using Billing.Sandbox.Clock;
using Billing.Sandbox.Operations;
using Billing.Sandbox.Settings;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Pipeline;

/// <summary>
/// Answers by RequestId: an equal request gets the same answer, another is refused (docs/globalpay.md section 5).
/// </summary>
/// <remarks>
/// Kept for 24 hours of the sandbox clock, at most 50,000. Dedupe=off lets a second charge or refund through.
/// </remarks>
internal sealed class Repeats(SandboxClock clock, SandboxSettings settings, Journal journal) : IRemembered
{
    private const int Limit = 50_000;
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private readonly Dictionary<(int Site, string RequestId), Row> rows = [];
    private readonly Queue<(int Site, string RequestId)> order = new();

    public Answer Run(Call call, IGatewayOperation operation, Func<Answer> act)
    {
        var isFree = operation.Name is OperationName.Charge or OperationName.Refund && !settings.Dedupe;
        if (call.RequestId is not { } requestId || isFree)
        {
            return act();
        }

        ForgetOld();
        var key = (call.Site.Id, requestId);
        if (rows.TryGetValue(key, out var first))
        {
            return first.Fingerprint == call.Fingerprint
                ? new Answer(first.Status, first.Body, first.Says)
                : operation.Refuse(call, ReturnCode.ValidationFailed.Because("RequestId was used for another request"));
        }

        var answer = act();
        Keep(new Row(call.Site.Id, requestId, call.Fingerprint, clock.Now, answer.Status, answer.Body, answer.Says));
        journal.Write("repeat", rows[key]);
        return answer;
    }

    public void Recall(string kind, JsonElement row)
    {
        if (kind == "repeat")
        {
            Keep(row.Deserialize<Row>()!);
        }
    }

    public IEnumerable<(string Kind, object Row)> Rows() => order.Select(key => ("repeat", (object)rows[key]));

    public void Forget()
    {
        rows.Clear();
        order.Clear();
    }

    private void Keep(Row row)
    {
        if (rows.TryAdd((row.Site, row.RequestId), row))
        {
            order.Enqueue((row.Site, row.RequestId));
        }
    }

    private void ForgetOld()
    {
        while (order.TryPeek(out var oldest) && (order.Count > Limit || rows[oldest].At + Lifetime < clock.Now))
        {
            rows.Remove(order.Dequeue());
        }
    }

    private sealed record Row(
        int Site, string RequestId, string Fingerprint, DateTimeOffset At, int Status, byte[] Body, string Says);
}
