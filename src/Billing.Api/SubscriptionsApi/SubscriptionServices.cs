using Billing.Api.Schedules;

namespace Billing.Api.SubscriptionsApi;

public static class SubscriptionServices
{
    public static void AddSubscriptionsApi(this IServiceCollection services)
    {
        services.AddSingleton<ScheduleCommands>();
        services.AddSingleton<SubscriptionViews>();
        services.AddSingleton<SubscriptionEndpoints>();
        services.AddSingleton<UpcomingCharges>();
        services.AddSingleton<ScheduleEndpoints>();
    }
}
