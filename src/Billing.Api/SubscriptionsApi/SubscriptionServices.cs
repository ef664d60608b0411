namespace Billing.Api.SubscriptionsApi;

public static class SubscriptionServices
{
    public static void AddSubscriptionsApi(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<SiteCommands>();
        services.AddSingleton<SubscriptionViews>();
        services.AddSingleton<SubscriptionEndpoints>();
        services.AddSingleton<UpcomingCharges>();
        services.AddSingleton<SkipEndpoints>();
        services.AddSingleton<RetryEndpoint>();
    }
}
