using System.Text.Json.Serialization;
using Billing.Domain.Preapprovals;
using Billing.Gateway.Translation;
using JasperFx.Events;
using Marten;
using Marten.Events.Projections;

namespace Billing.Api.Charges;

/// <summary>One charge as the payment history shows it, with its refunds and disputes.</summary>
/// <remarks>It holds the charge as the domain folds it; the properties below are columns for searching.</remarks>
public sealed class Payment
{
    /// <summary>The MerchantTransactionID.</summary>
    public string Id { get; set; } = "";

    public Guid PreapprovalId { get; set; }

    public int GatewayPreapprovalId { get; set; }

    public int MethodId { get; set; }

    public Charge Charge { get; set; } = null!;

    /// <summary>The version of the stream after the last event that changed it.</summary>
    public long StreamVersion { get; set; }

    /// <summary>requested, unknown, stopped, pending, failed or charged.</summary>
    public string Status => Charge.State.ToString().ToLowerInvariant();

    public int? GatewayPaymentId => Charge.Gateway?.PaymentId;

    /// <summary>Business time.</summary>
    public DateTimeOffset RequestedAt => Charge.RequestedAt;

    /// <summary>Who has to settle the charge or one of its refunds; null: no one.</summary>
    public string? Owner =>
        Charge.Owner ?? Charge.Refunds.Values.Select(refund => refund.Owner).FirstOrDefault(owner => owner is not null);

    /// <summary>
    /// Business time since which the charge, if it has an owner, has been unknown, or was requested if it is pending.
    /// </summary>
    public DateTimeOffset? OwnedSince =>
        Charge.Owner is null ? null : Charge.Call!.UnknownSince ?? Charge.RequestedAt;

    /// <summary>The same of its refunds: of several with an owner, the oldest.</summary>
    public DateTimeOffset? RefundOwnedSince => Charge.Refunds.IsEmpty
        ? null
        : Charge.Refunds.Values.Where(refund => refund.Owner is not null)
            .Min(refund => refund.Call!.UnknownSince ?? (DateTimeOffset?)refund.RequestedAt);

    /// <summary>Business time since which it is disputed without a decision; null when it is not.</summary>
    public DateTimeOffset? DisputedSince { get; set; }

    /// <summary>Business time at which a second payment of its period was found; null of an only one.</summary>
    public DateTimeOffset? PaidTwiceAt { get; set; }

    /// <summary>The earlier payment of its period, if it is the second one.</summary>
    public string? PaidTwiceWith { get; set; }

    /// <summary>
    /// Minor units that can still be paid back, of one of two payments of a period; null when there is nothing.
    /// </summary>
    public long? PaidTwiceMinor => PaidTwiceAt is not null && Charge.RefundableMinor is > 0 and var left ? left : null;

    /// <summary>Of a second payment of which something can still be paid back: since when it is known.</summary>
    public DateTimeOffset? PaidTwiceSince => PaidTwiceWith is null || PaidTwiceMinor is null ? null : PaidTwiceAt;

    /// <summary>
    /// The gateway's status number as it is shown: 7 (PendingOnProvider) while the outcome is not known, 4 (Failed) of
    /// a charge that was refused without one.
    /// </summary>
    public int? ShownStatusId =>
        (Charge.IsUnsettled ? null : GatewayStatusId) ?? PaymentStatuses.NumberOf(Charge.State);

    /// <summary>Of the amount as it is shown.</summary>
    public string Currency => Charge.ShownAmount.Currency;

    /// <summary>
    /// Whether lists of payments show it: what was stopped never reached the gateway, and of what was refused at once
    /// the storefront has the refusal as its answer.
    /// </summary>
    public bool IsListed => Charge.State is not MoneyState.Stopped && !Charge.IsRefusedAtOnce;

    /// <summary>The gateway's status number that the payment has by all that is known.</summary>
    [JsonIgnore]
    public int? GatewayStatusId => IsPlain ? Charge.Gateway?.StatusId : PaymentStatuses.NumberOf(Charge.Standing);

    [JsonIgnore]
    public string? GatewayStatusInfo =>
        IsPlain ? Charge.Gateway?.StatusInfo : PaymentStatuses.InfoOf(PaymentStatuses.NumberOf(Charge.Standing));

    private bool IsPlain =>
        Charge.State is not MoneyState.Charged || Charge.Standing is Domain.Gateway.PaymentStatus.Charged;
}

/// <summary>Keeps one <see cref="Payment"/> per charge, in the transaction of its events.</summary>
/// <remarks>
/// A multi-stream projection of Marten would load each payment first, also of a charge that is requested by the same
/// commit and has none yet (docs/decisions/0043).
/// </remarks>
public sealed class PaymentProjection : IProjection
{
    public async Task ApplyAsync(
        IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        var charges = events.SelectMany(stored => ChargesOf(stored.Data).Select(id => (Stored: stored, Id: id)))
            .GroupBy(about => (about.Stored.TenantId, about.Id), about => about.Stored)
            .GroupBy(charge => charge.Key.TenantId);

        foreach (var ofTenant in charges)
        {
            var tenant = operations.TenantId == ofTenant.Key ? operations : operations.ForTenant(ofTenant.Key);
            var begun = ofTenant.Where(charge => charge.First().Data is not IFirstChargeEvent)
                .Select(charge => charge.Key.Id).ToArray();
            var known = begun.Length == 0
                ? []
                : (await tenant.LoadManyAsync<Payment>(cancellation, begun))
                    .ToDictionary(payment => payment.Id, StringComparer.Ordinal);

            foreach (var charge in ofTenant)
            {
                tenant.Store(charge.Aggregate(
                    known.GetValueOrDefault(charge.Key.Id),
                    (payment, stored) =>
                        Fold(payment, stored.StreamId, stored.Version, (PreapprovalEvent)stored.Data))!);
            }
        }
    }

    /// <summary>The MerchantTransactionIDs of the payments that the event changes.</summary>
    public static IEnumerable<string> ChargesOf(object @event) => @event switch
    {
        IChargeEvent e => [e.Charge.MerchantTransactionId],
        DriftFound e => Charge.DuplicatesOf(e),
        PeriodPaidTwice e => [e.FirstCharge, e.SecondCharge],
        _ => [],
    };

    /// <summary>Also used by the online rebuild and by the audit, so that all three give the same.</summary>
    public static Payment Fold(Payment? payment, Guid preapprovalId, long version, PreapprovalEvent @event)
    {
        payment ??= @event is IFirstChargeEvent first
            ? new Payment
            {
                Id = first.Charge.MerchantTransactionId,
                PreapprovalId = preapprovalId,
                GatewayPreapprovalId = first.GatewayPreapprovalId,
                MethodId = first.MethodId,
            }
            : throw new InvalidOperationException($"{@event.GetType().Name} cannot begin a payment.");
        payment.Charge = @event switch
        {
            IChargeEvent about => Charge.Fold(payment.Charge, about),
            DriftFound => payment.Charge with { IsDuplicate = true },
            _ => payment.Charge,
        };

        if (@event is PeriodPaidTwice twice)
        {
            payment.PaidTwiceAt = twice.HappenedAt;
            payment.PaidTwiceWith = payment.Id == twice.SecondCharge ? twice.FirstCharge : payment.PaidTwiceWith;
        }

        payment.DisputedSince = IsDisputed(payment.Charge) ? payment.DisputedSince ?? @event.HappenedAt : null;
        payment.StreamVersion = version;

        return payment;
    }

    private static bool IsDisputed(Charge charge) => charge is not { Facts: null, Disputes.IsEmpty: true }
        && charge.Standing is Domain.Gateway.PaymentStatus.Disputed;
}
