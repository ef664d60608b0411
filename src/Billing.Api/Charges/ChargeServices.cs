using Billing.Api.Hosting.Outbound;

namespace Billing.Api.Charges;

public static class ChargeServices
{
    public static void AddCharges(this IServiceCollection services)
    {
        services.AddSingleton<DueClaims>();
        services.AddSingleton<PaymentHistory>();
        services.AddSingleton<PaymentPageEnds>();
        services.AddSingleton<EarlierAttempts>();
        services.AddSingleton<ChargeCalls>();
        services.AddSingleton<IOutboundOperation>(it => it.GetRequiredService<ChargeCalls>());
        services.AddSingleton<ChargeSweep>();
        services.AddSingleton<ChargeRetries>();
        services.AddSingleton<RetriesNow>();
    }
}
