using Billing.Api.Audit;
using Billing.Api.GlobalPay;
using Billing.Domain.Explanations;
using Billing.Domain.Preapprovals;
using Billing.EventStore;

namespace Billing.Api.Explanations;

/// <summary>Reads a stream as explanations want it; what is sealed stays sealed.</summary>
public sealed class Stories(EventStore.EventStore store)
{
    /// <exception cref="NotThere">This site has no such subscription.</exception>
    public async Task<IReadOnlyList<Happened>> OfAsync(StreamKey key, CancellationToken ct)
    {
        var stream = await store.ReadStreamAsync(key, ct: ct);

        return stream.Count == 0 ? throw new NotThere() : [.. stream.Select(Of)];
    }

    private static Happened Of(Recorded recorded)
    {
        var @event = (PreapprovalEvent)recorded.Data;

        return new Happened(recorded.Version, recorded.Type, BusinessTime.Of(@event), recorded.Timestamp, recorded.UserName, @event);
    }
}
