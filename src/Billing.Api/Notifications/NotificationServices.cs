using Billing.Api.Hosting;
using Billing.Api.Hosting.Sites;
using Billing.Gateway;

namespace Billing.Api.Notifications;

public static class NotificationServices
{
    public static void AddNotifications(this IServiceCollection services)
    {
        services.AddSingleton(it =>
            CallerAddress.BehindLocalProxies(it.GetRequiredService<NotificationsOptions>().ProxyNetworks));
        services.AddSingleton<NotificationSources>();
        services.AddSingleton<NotificationBodies>();
        services.AddSingleton<NotificationIntake>();
        services.AddSingleton<GatewayVerification>();
        services.AddSingleton<MandateNotifications>();
        services.AddSingleton<PaymentNotifications>();
        services.AddSingleton<RefundNotifications>();
        services.AddSingleton<NotificationApplier>();
        services.AddSingleton<NotificationMessages>();
        services.AddSingleton<NotificationUpkeep>();
        services.AddSingleton<NotificationViews>();
        services.AddSingleton<NotificationReplay>();
        services.AddSingleton<NotificationEndpoints>();
        services.AddSingleton<Quarantine>();
        services.AddSingleton<IQuarantine>(it => it.GetRequiredService<Quarantine>());
        services.AddSingleton<QuarantinedResponses>();
        services.AddSingleton<QuarantineUpkeep>();
        services.AddSingleton<ForgetHook>(NotificationBodies.ForgetAsync);
        services.AddSingleton<ForgetHook>(Quarantine.ForgetAsync);
    }
}
