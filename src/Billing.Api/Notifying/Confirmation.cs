using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Messaging;

namespace Billing.Api.Notifying;

/// <summary>Asks the gateway whether it is so, before what a notification says moves anything: its key may be in wrong hands, its own read is not.</summary>
public sealed class Confirmation(IPaymentGateway gateway, NotificationSettings settings)
{
    // What is left of the lease for writing down what came of it.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

    /// <summary>Without an amount and its currency it is a hint in any case: null means "not said".</summary>
    public bool IsWantedFor(PaymentReading notified) => settings.Confirm is not Confirm.Off || notified.Amount is null;

    /// <inheritdoc cref="IsWantedFor(PaymentReading)"/>
    public bool IsWantedFor(RefundReading notified) => settings.Confirm is not Confirm.Off || notified.Amount is null || notified.Status is RefundStatus.Unrecognised;

    public bool IsWantedForDisputes => settings.Confirm is not Confirm.Off;

    public bool IsWantedForMandates => settings.Confirm is Confirm.All;

    /// <returns>What the gateway says itself, null where it says nothing; and why the notification is still in doubt, null where it is not.</returns>
    internal async Task<(ChargeAnswer.Told? Truth, string? Doubt)> AskAsync(string tenant, Preapproval state, Charge charge, PaymentReading notified, Delivery delivery, CancellationToken ct)
    {
        var order = new ChargeOrder(tenant, charge.Id.MerchantTransactionId, state.Gateway!.PreapprovalId, state.Terms.MethodId, charge.Amount, null, null);

        return await InTimeAsync(patience => gateway.FindChargeAsync(order, patience), delivery, ct) switch
        {
            ChargeAnswer.Told told => (told, Doubt.Of(notified, told.Payment)),
            ChargeAnswer.NotFound => (null, Doubt.NotFound),
            _ => (null, Doubt.NotAsked),
        };
    }

    /// <inheritdoc cref="AskAsync(string, Preapproval, Charge, PaymentReading, Delivery, CancellationToken)"/>
    internal async Task<(MandateReading? Truth, string? Doubt)> AskAsync(string tenant, Preapproval state, MandateReading notified, Delivery delivery, CancellationToken ct) =>
        await InTimeAsync(patience => gateway.ReadMandateAsync(tenant, notified.Gateway.PreapprovalId, patience), delivery, ct) switch
        {
            // An id of somebody else's preapproval, given to ours.
            MandateAnswer.Told told when told.Mandate.Terms.MerchantPreapprovalId != state.Terms.MerchantPreapprovalId => (null, Doubt.NotFound),
            MandateAnswer.Told told => (told.Mandate, Doubt.Of(notified, told.Mandate)),
            MandateAnswer.NotFound => (null, Doubt.NotFound),
            _ => (null, Doubt.NotAsked),
        };

    // A gateway that does not answer within the lease could not be asked: that is no failure of the message, however often it happens.
    internal static async Task<T?> InTimeAsync<T>(Func<CancellationToken, Task<T>> ask, Delivery delivery, CancellationToken ct)
        where T : class
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(delivery.Remaining > Margin ? delivery.Remaining - Margin : TimeSpan.Zero);

        try
        {
            return await ask(patience.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;
        }
    }
}
