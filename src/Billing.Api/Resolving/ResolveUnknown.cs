using Billing.Api.Changing;
using Billing.Api.Charging;
using Billing.Api.Closing;
using Billing.Api.Subscribing;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.EventStore;
using Billing.Messaging;

namespace Billing.Api.Resolving;

// What is unknown is found by its state in the views, not by a queued message: a lost message cannot lose it. Each due look-up
// is a message under a derived id, so that nodes may look for them at the same time.

/// <param name="LookUp">How many were made before this one, of that send.</param>
/// <param name="Send">Which send of the id is asked about, from 1.</param>
public sealed record LookUpCharge(string Tenant, Guid PreapprovalId, string MerchantTransactionId, long StreamVersion, int LookUp, int Send)
{
    public Guid MessageId => DerivedId.Of("look_up_charge", Tenant, MerchantTransactionId, $"{StreamVersion}-{LookUp}");
}

/// <param name="StreamVersion">At which the create, change or close was seen that is asked about.</param>
/// <param name="LookUp">How many were made before this one.</param>
public sealed record LookUpMandate(string Tenant, Guid PreapprovalId, long StreamVersion, int LookUp)
{
    public Guid MessageId => DerivedId.Of("look_up_mandate", Tenant, PreapprovalId.ToString("N"), $"{StreamVersion}-{LookUp}");
}

/// <summary>Never a row: a look-up of a mandate died, and counts like one that told nothing.</summary>
public sealed record MandateLookUpFailed(string Tenant, Guid PreapprovalId);

public static class MandateLookUpFailedHandler
{
    public static Events Handle(MandateLookUpFailed command, Preapproval? state, LookUpPolicy lookUps, DateTimeOffset now) =>
        [.. PreapprovalDecider.LookUpFailed(state!, "dead_letter", lookUps, now)];
}

public sealed class LookUpChargeHandler(IPaymentGateway gateway, EventStore.EventStore store)
{
    public async Task<HandlerResult> Handle(LookUpCharge command, Delivery delivery, CancellationToken ct)
    {
        var snapshot = await store.AggregateAsync(new StreamKey(command.Tenant, command.PreapprovalId), ct: ct);
        var state = (Preapproval)snapshot!.State;

        // Enqueued once more by a node that had read the view before the look-up was recorded: it was made already, or the id was sent again over it.
        if (state.Charges.GetValueOrDefault(command.MerchantTransactionId) is not { State: MoneyState.Requested or MoneyState.Unknown or MoneyState.Pending } charge
            || charge.Sends != command.Send || (charge.State is not MoneyState.Requested && charge.LookUps != command.LookUp))
        {
            return new HandlerResult.Done();
        }

        var order = new ChargeOrder(command.Tenant, command.MerchantTransactionId, state.Gateway!.PreapprovalId, state.Terms.MethodId, charge.Amount, null, null);
        var answer = await gateway.FindChargeAsync(order, ct);

        return NotSent.HandBack(answer, delivery) ?? (HandlerResult)new HandlerResult.Apply(new RecordOutcome(
            command.Tenant, command.PreapprovalId, new ChargeNews(command.MerchantTransactionId, answer, LearntFrom.LookUp, null, delivery.ClaimedAt, command.Send)));
    }
}

public sealed class LookUpMandateHandler(IPaymentGateway gateway, EventStore.EventStore store, Settings settings)
{
    public async Task<HandlerResult> Handle(LookUpMandate command, Delivery delivery, CancellationToken ct)
    {
        var snapshot = await store.AggregateAsync(new StreamKey(command.Tenant, command.PreapprovalId), unseal: true, ct: ct);
        var state = (Preapproval)snapshot!.State;

        // As for charges: made already, or something else is on its way since.
        if (state.Unsettled is not { } unsettled || unsettled.LookUps != command.LookUp || await SinceAsync(command, ct) != unsettled.Since)
        {
            return new HandlerResult.Done();
        }

        return unsettled.Operation switch
        {
            MandateOperation.Create => Created(await gateway.FindMandateAsync(command.Tenant, state.Terms.MerchantPreapprovalId, settings.ListScan, ct)),
            MandateOperation.Change => SubmitChangeHandler.Settled(await SubmitChangeHandler.LookUpAsync(gateway, command.Tenant, state, ct), delivery),
            MandateOperation.Close => SubmitCloseHandler.Settled(await SubmitCloseHandler.LookUpAsync(gateway, command.Tenant, state, ct), delivery),
            _ => new HandlerResult.Done(),
        };

        async Task<DateTimeOffset?> SinceAsync(LookUpMandate seen, CancellationToken ct) =>
            (await store.AggregateAsync(new StreamKey(seen.Tenant, seen.PreapprovalId), upToVersion: seen.StreamVersion, ct: ct))?.State is Preapproval then ? then.Unsettled?.Since : null;

        HandlerResult Created(MandateAnswer answer) =>
            NotSent.HandBack(answer, delivery) ?? (HandlerResult)new HandlerResult.Apply(new RecordCreate(command.Tenant, state.Id, answer, LearntFrom.LookUp));
    }
}
