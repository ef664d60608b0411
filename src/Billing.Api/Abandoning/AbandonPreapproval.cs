using Billing.Api.Charging;
using Billing.Api.Sites;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.EventStore;
using Billing.Messaging;

namespace Billing.Api.Abandoning;

// A customer who never answers leaves a preapproval pending for ever. The duty finds those by their state; the gateway is read once before
// one is given up, because its notification may have been lost: open there is opened here. An Open that still comes later revives it.

/// <summary>Enqueued under an id derived from stream and version: found again, or by two nodes, it is one.</summary>
public sealed record AbandonPreapproval(string Tenant, Guid PreapprovalId, long StreamVersion)
{
    public Guid MessageId => DerivedId.Of("abandon_preapproval", Tenant, $"{PreapprovalId:N}", $"{StreamVersion}");
}

/// <summary>Never a row: applied in the commit that finishes the message it answers.</summary>
public sealed record RecordAbandonment(string Tenant, Guid PreapprovalId, MandateAnswer Shown, DateTimeOffset Before);

public sealed class AbandonPreapprovalHandler(IPaymentGateway gateway, EventStore.EventStore store, TimeProvider clock, Settings settings)
{
    public async Task<HandlerResult> Handle(AbandonPreapproval command, CancellationToken ct)
    {
        var snapshot = await store.AggregateAsync(new StreamKey(command.Tenant, command.PreapprovalId), ct: ct);

        if (settings.AbandonAfter is not { } age || snapshot?.State is not Preapproval { Status: PreapprovalStatus.Pending, Unsettled: null, Gateway: { } mandate })
        {
            return new HandlerResult.Done();
        }

        var shown = await gateway.ReadMandateAsync(command.Tenant, mandate.PreapprovalId, ct);

        return shown is MandateAnswer.Told or MandateAnswer.NotFound
            ? new HandlerResult.Apply(new RecordAbandonment(command.Tenant, command.PreapprovalId, shown, clock.GetUtcNow() - age))
            : new HandlerResult.HandBack(settings.AskAgain, "the gateway could not be asked whether the customer has approved");
    }
}

public static class RecordAbandonmentHandler
{
    public static Events Handle(RecordAbandonment command, Preapproval? state, SiteRegister sites, DateTimeOffset now) =>
        [.. PreapprovalDecider.Abandon(state!, command.Shown, command.Before, sites.CalendarOf(command.Tenant), now)];
}
