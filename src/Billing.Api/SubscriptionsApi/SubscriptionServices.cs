namespace Billing.Api.SubscriptionsApi;

public static class SubscriptionServices
{
    public static void AddSubscriptionsApi(this IServiceCollection services)
    {
        services.AddSingleton<SiteCommands>();
        services.AddSingleton<SubscriptionViews>();
        services.AddSingleton<SubscriptionEndpoints>();
        services.AddSingleton<UpcomingCharges>();
        services.AddSingleton<SkipEndpoints>();
    }
}
