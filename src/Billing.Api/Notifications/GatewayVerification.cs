using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;

namespace Billing.Api.Notifications;

/// <summary>Asks the gateway before a notification moves anything: the notifications' key may be stolen.</summary>
public sealed class GatewayVerification(IPaymentGateway gateway, NotificationsOptions options, TimeProvider realTime)
    : IDisposable
{
    // Leaves most connections to charges.
    private readonly SemaphoreSlim free = new(32);

    /// <param name="known">The preapproval before the notification.</param>
    /// <remarks>
    /// What moves an open preapproval stops or moves money. A close ends a preapproval that is not open yet, and the
    /// first notification of a create under way settles it: neither can be taken back.
    /// </remarks>
    public bool IsWantedFor(Preapproval known, MandateSnapshot notified) => options.Confirm switch
    {
        Confirm.Off => false,
        Confirm.Money => notified.Status is MandateStatus.Closed || known.Status is PreapprovalStatus.Open
            or PreapprovalStatus.Closing or PreapprovalStatus.Requested,
        _ => true,
    };

    public bool IsWantedForDisputes => options.Confirm is not Confirm.Off;

    /// <summary>Without an amount a notification is only a hint: null means "not stated".</summary>
    public bool IsWantedFor(PaymentSnapshot notified) => options.Confirm is not Confirm.Off || notified.Amount is null;

    /// <inheritdoc cref="IsWantedFor(PaymentSnapshot)"/>
    public bool IsWantedFor(RefundSnapshot notified) =>
        options.Confirm is not Confirm.Off || notified.Amount is null || notified.Status is RefundStatus.Unrecognised;

    /// <returns>What the gateway shows, or null; and why the notification is not confirmed, null where it is.</returns>
    public async Task<(PaymentSnapshot? Shown, string? Doubt, DateTimeOffset AskedAt)> AskAsync(
        string site, Preapproval state, Charge charge, PaymentSnapshot notified, CancellationToken ct)
    {
        var askedAt = realTime.GetUtcNow();

        return await FindAsync(site, state, charge, ct) switch
        {
            ChargeResult.Confirmed { Value: var shown } =>
                (shown, UpdateRanks.SaysLess(notified, shown) ? Unverified.SaysLess : null, askedAt),
            ChargeResult.NotFound => (null, Unverified.NotFound, askedAt),
            _ => (null, Unverified.NotAsked, askedAt),
        };
    }

    /// <inheritdoc cref="AskAsync(string, Preapproval, Charge, PaymentSnapshot, CancellationToken)"/>
    public async Task<(MandateSnapshot? Shown, string? Doubt)> AskAsync(
        string site, Preapproval state, MandateSnapshot notified, CancellationToken ct) =>
        await ThrottledAsync(() => gateway.ReadMandateAsync(site, notified.Gateway.PreapprovalId, ct), ct) switch
        {
            // The id of another preapproval, with the name of this one.
            MandateResult.Confirmed { Value.Terms.MerchantPreapprovalId: var name }
                when name != state.Terms.MerchantPreapprovalId => (null, Unverified.NotFound),
            MandateResult.Confirmed { Value: var shown } =>
                (shown, UpdateRanks.SaysLess(notified, shown) ? Unverified.SaysLess : null),
            MandateResult.NotFound => (null, Unverified.NotFound),
            _ => (null, Unverified.NotAsked),
        };

    /// <summary>A dispute cannot be read: the status of its payment must show what the notification claims.</summary>
    /// <returns>Why the dispute is not confirmed; null where it is.</returns>
    public async Task<string?> DisputeDoubtAsync(
        string site, Preapproval state, Charge charge, PaymentStatus claimed, CancellationToken ct) =>
        await FindAsync(site, state, charge, ct) switch
        {
            ChargeResult.Confirmed { Value.State: var shown } when Proves(shown, claimed) => null,
            ChargeResult.Confirmed => Unverified.SaysLess,
            ChargeResult.NotFound => Unverified.NotFound,
            _ => Unverified.NotAsked,
        };

    private static bool Proves(PaymentStatus shown, PaymentStatus claimed) => claimed switch
    {
        PaymentStatus.DisputeWon => shown is PaymentStatus.DisputeWon,
        PaymentStatus.DisputeLost => shown is PaymentStatus.DisputeLost or PaymentStatus.ChargedBack,
        _ => shown is PaymentStatus.Disputed or PaymentStatus.DisputeWon or PaymentStatus.DisputeLost
            or PaymentStatus.ChargedBack,
    };

    /// <returns>All refunds of the payment; null when the gateway could not be asked.</returns>
    public Task<IReadOnlyList<RefundSnapshot>?> RefundsAsync(string site, int gatewayPaymentId, CancellationToken ct) =>
        ThrottledAsync(() => gateway.ListRefundsAsync(site, gatewayPaymentId, ct), ct);

    public void Dispose() => free.Dispose();

    private Task<ChargeResult> FindAsync(string site, Preapproval state, Charge charge, CancellationToken ct)
    {
        var order = charge.LookUpOrder(site, state.Gateway!.PreapprovalId, state.Terms.MethodId);

        return ThrottledAsync(() => gateway.FindChargeAsync(order, ct), ct);
    }

    private async Task<T> ThrottledAsync<T>(Func<Task<T>> call, CancellationToken ct)
    {
        await free.WaitAsync(ct);

        try
        {
            return await call();
        }
        finally
        {
            free.Release();
        }
    }
}
