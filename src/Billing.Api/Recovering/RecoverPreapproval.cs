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
public sealed class Recovery(IPaymentGateway gateway, StreamDirectory streams, MessageBus bus)
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

            if (await streams.ByGatewayIdAsync(site, id, ct) is not null || await streams.ByMerchantPreapprovalIdAsync(site, row.Terms.MerchantPreapprovalId, ct) is not null)
            {
                continue;
            }

            // The list carries limited detail; where the whole cannot be read, this one waits for another day.
            if (await gateway.ReadMandateAsync(site, id, ct) is MandateAnswer.Told told)
            {
                await bus.InvokeAsync(new RecoverPreapproval(site, Guid.CreateVersion7(), told.Mandate), new Metadata(UserName: by), ct);
                recovered.Add(id);
            }
        }

        return recovered;
    }
}
