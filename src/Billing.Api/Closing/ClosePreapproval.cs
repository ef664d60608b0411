using Billing.Api.Charging;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.EventStore;
using Billing.Messaging;

namespace Billing.Api.Closing;

// Under the stream's lock: delete the submissions that nobody has claimed, append CloseRequested and ChargeStopped, one commit.
// What was claimed before that is too late to stop: it is waited for, at most one time-out, before the gateway is asked to close.

/// <param name="Since">Business time of the request.</param>
public sealed record SubmitClose(string Tenant, Guid PreapprovalId, DateTimeOffset Since);

/// <param name="Since">Which close it is about: late word of an earlier one settles nothing of the next.</param>
public sealed record RecordClose(string Tenant, Guid PreapprovalId, MandateAnswer Answer, LearntFrom From, DateTimeOffset Since);

public sealed class ClosePreapproval(EventStore.EventStore store, MessageBus bus, TimeProvider clock)
{
    /// <summary>Nothing is sent for this preapproval once this has returned, but for what was claimed before.</summary>
    /// <returns>The version after which the outcome stands in the stream.</returns>
    /// <exception cref="Domain.RuleViolation">12, 113: see <see cref="PreapprovalDecider.RequestClose"/>.</exception>
    public async Task<long> RequestAsync(StreamKey key, Metadata metadata, CancellationToken ct)
    {
        await using var session = await store.OpenSessionAsync(ct);
        var stream = await session.FetchForWritingAsync(key, ct);
        var withdrawn = await bus.WithdrawAsync(session, key, "submit_charge", ct);
        var now = clock.GetUtcNow();

        var state = (Preapproval)stream.State!;
        var events = PreapprovalDecider.RequestClose(state, [.. withdrawn.Cast<SubmitCharge>().Select(submit => submit.MerchantTransactionId)], now);

        var from = stream.Version;

        if (events.Length == 0)
        {
            return state.Status is PreapprovalStatus.Closed ? from - 1 : from;
        }

        session.Append(stream, events, metadata);
        bus.EnqueueIn(session, [new Outgoing(new SubmitClose(key.Tenant, key.Id, now), Id: DerivedId.Of("close", key.Tenant, $"{key.Id:N}", $"{now.UtcTicks}"))], metadata);
        await session.CommitAsync(ct);

        return from;
    }
}

public sealed class SubmitCloseHandler(IPaymentGateway gateway, EventStore.EventStore store, MessageBus bus, Settings settings)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public async Task<HandlerResult> Handle(SubmitClose command, Delivery delivery, CancellationToken ct)
    {
        var key = new StreamKey(command.Tenant, command.PreapprovalId);
        var snapshot = await store.AggregateAsync(key, ct: ct);
        var state = (Preapproval)snapshot!.State;

        if (state.Unsettled is not { Operation: MandateOperation.Close } unsettled || unsettled.Since != command.Since)
        {
            return new HandlerResult.Done();
        }

        await WaitForClaimedAsync(key, ct);

        return Settled(delivery.IsFirst
            ? new RecordClose(command.Tenant, command.PreapprovalId, await gateway.CloseMandateAsync(command.Tenant, state.Gateway!.PreapprovalId, ct), LearntFrom.Answer, command.Since)
            : await LookUpAsync(gateway, command.Tenant, state, ct), delivery);
    }

    /// <summary>What the answer of a close, or of a look-up of one, makes of its message.</summary>
    public static HandlerResult Settled(RecordClose record, Delivery delivery) => NotSent.HandBack(record.Answer, delivery) ?? (HandlerResult)new HandlerResult.Apply(record);

    /// <summary>Reads the mandate; where it is not closed, asks for it again: closing twice does no harm.</summary>
    public static async Task<RecordClose> LookUpAsync(IPaymentGateway gateway, string tenant, Preapproval state, CancellationToken ct)
    {
        var id = state.Gateway!.PreapprovalId;
        var shown = await gateway.ReadMandateAsync(tenant, id, ct);

        return shown is MandateAnswer.Told { Mandate.Status: not MandateStatus.Closed }
            ? new RecordClose(tenant, state.Id, await gateway.CloseMandateAsync(tenant, id, ct), LearntFrom.LookUp, state.Unsettled!.Since)
            : new RecordClose(tenant, state.Id, shown, LearntFrom.LookUp, state.Unsettled!.Since);
    }

    private async Task WaitForClaimedAsync(StreamKey key, CancellationToken ct)
    {
        for (var waited = TimeSpan.Zero; waited < settings.GatewayTimeout && await bus.CountSendingAsync(key, "submit_charge", ct) > 0; waited += Pause)
        {
            await Task.Delay(Pause, ct);
        }
    }
}

public static class RecordCloseHandler
{
    public static Events Handle(RecordClose command, Preapproval? state, LookUpPolicy lookUps, DateTimeOffset now) => state!.Unsettled?.Since != command.Since
        ? []
        : [.. PreapprovalDecider.RecordClose(state!, command.Answer, command.From, lookUps, now)];
}
