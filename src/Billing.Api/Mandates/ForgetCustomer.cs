using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Streams;
using Billing.Audit.Sealing;
using Billing.Domain.Preapprovals;
using Marten;

namespace Billing.Api.Mandates;

/// <summary>Destroys the key of one stream's personal data: amounts, dates and ids stay, the person is gone.</summary>
public sealed class ForgetCustomer(
    IDocumentStore store, PreapprovalStreams streams, IEnumerable<ForgetHook> hooks, BusinessClock clock)
{
    /// <returns>False when there is no such stream, or its person was forgotten before.</returns>
    public async Task<bool> RunAsync(string site, Guid id, string by, CancellationToken ct)
    {
        await using var session = store.LightweightSession(site);
        var stream = await streams.LockAsync(session, id, ct);

        if (stream.State is null)
        {
            return false;
        }

        var events = await streams.DecideAsync(
            session, stream, state => PreapprovalDecider.Forget(state!, clock.GetUtcNow()), new EventSource(by), ct);

        if (events.Count == 0)
        {
            return false;
        }

        await streams.AppendAsync(session, [stream], ct);
        session.Store(new DataKey { Id = id, Wrapped = null });
        CustomerIndex.Forget(session, id);

        foreach (var hook in hooks)
        {
            await hook(session, id, ct);
        }

        await session.SaveChangesAsync(ct);

        return true;
    }
}
