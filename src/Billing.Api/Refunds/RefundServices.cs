using Billing.Api.Hosting.Outbound;
using Billing.Domain.Preapprovals;

namespace Billing.Api.Refunds;

public static class RefundServices
{
    public static void AddRefunds(this IServiceCollection services)
    {
        services.AddSingleton<GatewayReads>();
        services.AddSingleton<RefundCalls>();
        services.AddSingleton<IOutboundOperation>(it => it.GetRequiredService<RefundCalls>());
    }
}

/// <summary>Which events ask for a read of the payment and its refunds, and for a refund of a second payment.</summary>
public static class PostPaymentFollowUps
{
    public static IEnumerable<object> Of(string site, Guid preapprovalId, IReadOnlyList<PreapprovalEvent> events)
    {
        // Reads that follow reads end: each fact is recorded once.
        foreach (var id in events.Select(Read).OfType<string>().Distinct())
        {
            yield return new ReadPostPayment(site, preapprovalId, id);
        }

        foreach (var twice in events.OfType<PeriodPaidTwice>())
        {
            yield return new RefundPaidTwice(site, preapprovalId, twice.SecondCharge);
        }
    }

    private static string? Read(PreapprovalEvent @event) => @event switch
    {
        PaymentRefunded { RefundId: null } or PaymentReversed or PaymentDisputed or DisputeWon or DisputeLost
            or PaymentChargedBack =>
            ((PaymentEvent)@event).Charge.MerchantTransactionId,
        DriftFound { Fields: [var field] } => PreapprovalDecider.ChargeOfPartialRefund(field),
        _ => null,
    };
}
