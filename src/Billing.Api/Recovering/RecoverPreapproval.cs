using Billing.Api.Resolving;
using Billing.Api.Subscribing;
using Billing.Api.Subscriptions;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.EventStore;
using Billing.Messaging;

namespace Billing.Api.Recovering;

/// <summary>Never a row: the gateway has a mandate that our books do not, and they begin with what it shows.</summary>
public sealed record RecoverPreapproval(string Tenant, Guid PreapprovalId, MandateReading Reading);

public static class RecoverPreapprovalHandler
{
    public static Events Handle(RecoverPreapproval command, Preapproval? state, DateTimeOffset now) =>
        [.. PreapprovalDecider.Recover(state, command.PreapprovalId, command.Reading, now)];
}

/// <summary>Takes mandates into our books that were made elsewhere: before us, by hand, or in a create whose end we never saw.</summary>
public sealed class Recovery(IPaymentGateway gateway, StreamDirectory streams, EventStore.EventStore store, SubscriptionViews subscriptions, MessageBus bus)
{
    /// <summary>Reads the newest preapprovals of a site and recovers those that we have no record of.</summary>
    /// <returns>The gateway's ids of the recovered ones, or null when the gateway could not be asked: that is never read as a state.</returns>
    public async Task<IReadOnlyList<int>?> RunAsync(string site, int limit, string by, CancellationToken ct)
    {
        if (await gateway.ListMandatesAsync(site, limit, ct) is not { } shown)
        {
            return null;
        }

        var recovered = new List<int>();

        foreach (var row in shown)
        {
            var id = row.Gateway.PreapprovalId;

            if (await streams.ByGatewayIdAsync(site, id, ct) is not null)
            {
                continue;
            }

            var known = await streams.ByMerchantPreapprovalIdAsync(site, row.Terms.MerchantPreapprovalId, ct);

            // The list carries limited detail; where the whole cannot be read, this one waits for another day.
            if (await gateway.ReadMandateAsync(site, id, ct) is MandateAnswer.Told told)
            {
                // One that we asked for and never saw the end of is ours already: this is its answer.
                object found = known is { } key ? new RecordCreate(site, key.Id, told, LearntFrom.LookUp) : new RecoverPreapproval(site, Guid.CreateVersion7(), told.Mandate);
                await bus.InvokeAsync(found, new Metadata(UserName: by), ct);
                recovered.Add(id);
            }
        }

        return recovered;
    }

    /// <summary>Asks the gateway once more about every create, change and close that an owner has.</summary>
    /// <returns>How many; what it says is recorded by the running service.</returns>
    public async Task<int> AskAgainAsync(string site, string by, CancellationToken ct)
    {
        var owned = await subscriptions.WithOwnerAsync(site, ct);
        var snapshots = await store.AggregateManyAsync(owned, unseal: false, ct);
        var again = snapshots.Values.Select(it => new LookUpMandate(site, it.Key.Id, it.Version, ((Preapproval)it.State).Unsettled?.LookUps ?? 0)).ToList();
        await bus.EnqueueAsync([.. again.Select(lookUp => new Outgoing(lookUp, Id: lookUp.MessageId))], site, new Metadata(UserName: by), ct);

        return again.Count;
    }
}
