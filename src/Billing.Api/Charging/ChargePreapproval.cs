using Billing.Api.Pacing;
using Billing.Api.Refunding;
using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Profiles;
using Billing.EventStore;
using Billing.Messaging;
using Npgsql;

namespace Billing.Api.Charging;

// One charge is three small steps with the network alone in the middle:
//   ChargeDue      decide, append ChargeRequested, ChargeDeferred or ChargeSkipped, enqueue SubmitCharge    one commit
//   SubmitCharge   send what was never claimed before, ask about the rest                                   no transaction
//   RecordOutcome  append what we now know, unknown included                                                one commit
// A crash between any two lines re-delivers a message; a second delivery of SubmitCharge asks and does not send.

/// <summary>Enqueued by the sweep under an id derived from stream, period and attempt: swept twice, or on two nodes, it is one.</summary>
public sealed record ChargeDue(string Tenant, Guid PreapprovalId, int Revision, DateOnly DueOn, int Attempt)
{
    public Guid MessageId => DerivedId.Of("charge_due", Tenant, PreapprovalId.ToString("N"), $"{Revision}-{DueOn:yyyyMMdd}-{Attempt}");
}

/// <summary>One send of one MerchantTransactionID; <paramref name="Send"/> counts them, so that each send is a message of its own.</summary>
/// <param name="RequestedAt">Business time: how long it may wait for certainty about earlier attempts.</param>
/// <param name="ConfirmFailed">Earlier attempts at the same period: a look-up right before the send must find each of them failed.</param>
public sealed record SubmitCharge(
    string Tenant, Guid PreapprovalId, string MerchantTransactionId, int Send, int GatewayPreapprovalId, int MethodId, long AmountMinor, string Currency, Attempt[] ConfirmFailed,
    DateTimeOffset RequestedAt)
{
    public Guid MessageId => DerivedId.Of("submit_charge", Tenant, MerchantTransactionId, $"{Send}");

    public ChargeOrder Order(string merchantTransactionId, string? description = null, string? country = null, string? executionDate = null) =>
        new(Tenant, merchantTransactionId, GatewayPreapprovalId, MethodId, new Money(AmountMinor, Currency), description, country, executionDate);
}

/// <param name="WasPayment">The gateway has named a payment of it: then "not found" is no proof of a failure.</param>
public sealed record Attempt(string MerchantTransactionId, bool WasPayment);

/// <summary>Never a row of its own: applied in the commit that finishes the message it answers.</summary>
public sealed record RecordOutcome(string Tenant, Guid PreapprovalId, ChargeNews News);

/// <summary>This send provably never left, and the preapproval is not open any more, or its schedule was paused.</summary>
public sealed record StopSubmission(string Tenant, Guid PreapprovalId, string MerchantTransactionId, int Send, string Reason);

/// <summary>An earlier attempt turned out to have been paid right before its retry was sent.</summary>
public sealed record WithdrawRetry(string Tenant, Guid PreapprovalId, string MerchantTransactionId, ChargeNews Earlier);

public static class ChargeDueHandler
{
    public static (Events, OutgoingMessages) Handle(ChargeDue command, Preapproval? state, MethodProfiles profiles, DateTimeOffset now)
    {
        var events = PreapprovalDecider.ChargeDue(state!, new Period(command.Revision, command.DueOn), command.Attempt, now, profiles);

        return ([.. events], Submissions.For(command.Tenant, state!, events));
    }
}

public sealed class SubmitChargeHandler(IPaymentGateway gateway, EventStore.EventStore store, SendGuard guard, TimeProvider clock, Settings settings, GatewayPace pace)
{
    // Hundreds of charges are on their way at once: whoever asks while others are being read is read with the next.
    private readonly Together<StreamKey, Preapproval> reading = new(most: 200, atOnce: 2, async keys =>
    {
        var snapshots = await store.AggregateManyAsync([.. keys], unseal: true, CancellationToken.None);

        return [.. keys.Select(key => (Preapproval)snapshots[key].State)];
    });

    public async Task<HandlerResult> Handle(SubmitCharge command, Delivery delivery, CancellationToken ct)
    {
        if (!delivery.IsFirst)
        {
            var asked = await gateway.FindChargeAsync(command.Order(command.MerchantTransactionId), ct);

            return NotSent.HandBack(asked, delivery) ?? (HandlerResult)Record(command, delivery, asked, LearntFrom.LookUp);
        }

        if (await ConfirmAsync(command, delivery, ct) is { } notNow)
        {
            return notNow;
        }

        ChargeOrder order;

        try
        {
            order = await WithPreapprovalAsync(command, ct);

            if (await guard.MayBeSentAsync(command, ct) is not Sendable.Yes and var verdict)
            {
                return verdict is Sendable.Superseded
                    ? new HandlerResult.Done()
                    : new HandlerResult.Apply(new StopSubmission(
                        command.Tenant, command.PreapprovalId, command.MerchantTransactionId, command.Send, verdict is Sendable.Paused ? PreapprovalDecider.Paused : "closing"));
            }
        }
        catch (NpgsqlException)
        {
            return new HandlerResult.HandBack(settings.AskAgain, "the database did not answer before the send");
        }

        // A call that could outlive the lease is not begun: another process may have the message by then.
        if (delivery.Remaining < pace.LongestCall(command.Tenant))
        {
            return Later(command, delivery, "too late to send under this lease");
        }

        settings.Failpoints.Reach("submit_charge:sending");
        var answer = await gateway.ChargeAsync(order, ct);

        if (NotSent.HandBack(answer, delivery) is { } notSent)
        {
            return notSent;
        }

        // The id is taken: what is there is ours only if it is exactly what we asked for, and then it is the answer.
        if (answer is ChargeAnswer.Duplicate)
        {
            var found = await gateway.FindChargeAsync(order, ct);
            answer = found switch
            {
                ChargeAnswer.NotFound => new ChargeAnswer.Unknown("duplicate_not_found"),
                ChargeAnswer.NotSent => new ChargeAnswer.Unknown("duplicate_not_asked"),
                _ => found,
            };
        }

        return Record(command, delivery, answer, LearntFrom.Answer);
    }

    // Null: every earlier attempt has failed, says the gateway right now.
    private async Task<HandlerResult?> ConfirmAsync(SubmitCharge command, Delivery delivery, CancellationToken ct)
    {
        foreach (var earlier in command.ConfirmFailed)
        {
            if (delivery.Remaining < pace.LongestCall(command.Tenant))
            {
                return Later(command, delivery, "too late to confirm earlier attempts under this lease");
            }

            switch (await gateway.FindChargeAsync(command.Order(earlier.MerchantTransactionId), ct))
            {
                case ChargeAnswer.NotSent notSent:
                    return NotSent.HandBack(notSent, delivery);

                case ChargeAnswer.Told { Payment.State: PaymentStatus.Failed }:
                case ChargeAnswer.NotFound when !earlier.WasPayment:
                    break;

                case ChargeAnswer.Told { Payment.State: not (PaymentStatus.Pending or PaymentStatus.UnderReview or PaymentStatus.Unrecognised) } paid:
                    return new HandlerResult.Apply(new WithdrawRetry(
                        command.Tenant, command.PreapprovalId, command.MerchantTransactionId,
                        new ChargeNews(earlier.MerchantTransactionId, paid, LearntFrom.LookUp, null, delivery.ClaimedAt)));

                default:
                    return Later(command, delivery, "an earlier attempt is not certain to have failed");
            }
        }

        return null;
    }

    // Handed back while it may still clear up; then it is unknown like any other, and an owner's in the end.
    private HandlerResult Later(SubmitCharge command, Delivery delivery, string reason) => clock.GetUtcNow() - command.RequestedAt < settings.LookUps.QuietPeriod
        ? new HandlerResult.HandBack(settings.AskAgain, reason)
        : Record(command, delivery, new ChargeAnswer.Unknown("not_sent_yet"), LearntFrom.Answer);

    private static HandlerResult.Apply Record(SubmitCharge command, Delivery delivery, ChargeAnswer answer, LearntFrom from) => new(new RecordOutcome(
        command.Tenant, command.PreapprovalId, new ChargeNews(command.MerchantTransactionId, answer, from, delivery.ClaimedAt, delivery.ClaimedAt, command.Send)));

    // What may name a person is never in a message: it is unsealed here, for methods that want it, and for the storefront's own words.
    private async Task<ChargeOrder> WithPreapprovalAsync(SubmitCharge command, CancellationToken ct)
    {
        var profile = settings.LookUps.Profiles.Of(command.MethodId);
        var wantsMandate = profile.SendDescriptionAndCountry;

        if (!wantsMandate && !profile.TakesExecutionDate && ChargeId.IsDerivedForm(command.MerchantTransactionId))
        {
            return command.Order(command.MerchantTransactionId);
        }

        var state = await reading.AskAsync(new StreamKey(command.Tenant, command.PreapprovalId), ct);
        var own = state.Charges[command.MerchantTransactionId];

        return wantsMandate
            ? command.Order(command.MerchantTransactionId, own.Description ?? state.Terms.Description, state.Personal?.BillingAddress?.Country, own.ExecutionDate)
            : command.Order(command.MerchantTransactionId, own.Description, null, own.ExecutionDate);
    }
}

public static class RecordOutcomeHandler
{
    // What stays unknown needs no message of its own: ResolveUnknown finds it by its state, as often as it takes.
    public static (Events, OutgoingMessages) Handle(RecordOutcome command, Preapproval? state, LookUpPolicy lookUps, DateTimeOffset now)
    {
        var events = PreapprovalDecider.RecordOutcome(state!, command.News, lookUps, now);

        return ([.. events], [.. Submissions.For(command.Tenant, state!, events), .. Aftermath.Of(command.Tenant, command.PreapprovalId, events)]);
    }

    // Of a send whose process slept over it: a later one may have left since.
    public static Events Handle(StopSubmission command, Preapproval? state, LookUpPolicy lookUps, DateTimeOffset now) => state!.Charges[command.MerchantTransactionId].Sends != command.Send
        ? []
        : [.. PreapprovalDecider.StopCharge(state!, command.MerchantTransactionId, command.Reason, now, lookUps.Profiles)];

    public static Events Handle(WithdrawRetry command, Preapproval? state, LookUpPolicy lookUps, DateTimeOffset now)
    {
        var paid = PreapprovalDecider.RecordOutcome(state!, command.Earlier, lookUps, now);

        return [.. paid, .. PreapprovalDecider.StopCharge(state!, command.MerchantTransactionId, "earlier_attempt_charged", now)];
    }
}
