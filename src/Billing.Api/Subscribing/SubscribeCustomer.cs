using Billing.Api.Charging;
using Billing.Api.Sites;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using Billing.EventStore;
using Billing.Messaging;

namespace Billing.Api.Subscribing;

// A create is a charge without money: the same three steps.
//   RequestPreapproval     append PreapprovalRequested, enqueue RegisterPreapproval                           one commit
//   RegisterPreapproval    send what was never claimed before, look the rest up in the gateway's list         no transaction
//   RecordCreate           append PreapprovalRegistered, PreapprovalRefused or MandateOutcomeUnknown          one commit

/// <summary>Never a row: invoked by the endpoint, which alone holds the personal data.</summary>
public sealed record RequestPreapproval(string Tenant, Guid PreapprovalId, MandateTerms Terms, MandatePersonal Personal, ScheduleTerms? Schedule, int? StatedSiteId);

public sealed record RegisterPreapproval(string Tenant, Guid PreapprovalId);

public sealed record RecordCreate(string Tenant, Guid PreapprovalId, MandateAnswer Answer, LearntFrom From);

public static class SubscribeCustomerHandler
{
    public static (Events, OutgoingMessages) Handle(RequestPreapproval command, Preapproval? state, DateTimeOffset now)
    {
        var events = PreapprovalDecider.Request(state, command.PreapprovalId, command.Terms, command.Personal, command.Schedule, command.StatedSiteId, now);
        var register = new RegisterPreapproval(command.Tenant, command.PreapprovalId);

        return ([.. events], [.. events.Select(_ => new Outgoing(register, Id: DerivedId.Of("register", command.Tenant, $"{command.PreapprovalId:N}")))]);
    }

    public static Events Handle(RecordCreate command, Preapproval? state, LookUpPolicy lookUps, SiteRegister sites, DateTimeOffset now) =>
        [.. PreapprovalDecider.RecordCreate(state!, command.Answer, command.From, lookUps, sites.CalendarOf(command.Tenant), now)];
}

public sealed class RegisterPreapprovalHandler(IPaymentGateway gateway, EventStore.EventStore store, Settings settings)
{
    public async Task<HandlerResult> Handle(RegisterPreapproval command, Delivery delivery, CancellationToken ct)
    {
        var snapshot = await store.AggregateAsync(new StreamKey(command.Tenant, command.PreapprovalId), unseal: true, ct: ct);
        var state = (Preapproval)snapshot!.State;

        if (state.Unsettled is not { Operation: MandateOperation.Create, Terms: { } terms } unsettled)
        {
            return new HandlerResult.Done();
        }

        var answer = delivery.IsFirst
            ? await gateway.RegisterAsync(command.Tenant, new MandateOrder(terms, unsettled.Personal!), ct)
            : await gateway.FindMandateAsync(command.Tenant, terms.MerchantPreapprovalId, settings.ListScan, ct);

        return NotSent.HandBack(answer, delivery) ?? (HandlerResult)new HandlerResult.Apply(new RecordCreate(command.Tenant, command.PreapprovalId, answer, delivery.IsFirst ? LearntFrom.Answer : LearntFrom.LookUp));
    }
}
