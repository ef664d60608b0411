using Billing.Api.Parking;
using Billing.Api.Subscribing;
using Billing.Domain.Preapprovals;
using Billing.EventStore;

namespace Billing.Api.Forgetting;

/// <summary>Destroys the key of one stream: every amount, date and hash stays, every person in it is gone.</summary>
public sealed class ForgetCustomer(EventStore.EventStore store, TimeProvider clock)
{
    /// <returns>False when there is no such stream, or its person was forgotten before.</returns>
    public async Task<bool> RunAsync(StreamKey key, string by, CancellationToken ct)
    {
        await using var session = await store.OpenSessionAsync(ct);
        var stream = await session.FetchForWritingAsync(key, ct);
        var events = stream.State is Preapproval state ? PreapprovalDecider.Forget(state, clock.GetUtcNow()) : [];

        if (events.Length == 0)
        {
            return false;
        }

        session.Append(stream, events, new Metadata(UserName: by));
        session.Forget(stream);
        CustomerIndex.Forget(session.Also, key);
        AnswerLog.Forget(session.Also, key);
        session.Also.Add("delete from request_ids where tenant_id = $1 and preapproval_id = $2", key.Tenant, key.Id);
        await session.CommitAsync(ct);

        return true;
    }
}
