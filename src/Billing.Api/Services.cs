using Billing.Api.Attention;
using Billing.Api.Charges;
using Billing.Api.Explanations;
using Billing.Api.GlobalPayApi;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Outbound;
using Billing.Api.Hosting.RateLimiting;
using Billing.Api.Hosting.Sealing;
using Billing.Api.Hosting.Sites;
using Billing.Api.Hosting.Streams;
using Billing.Api.Mandates;
using Billing.Api.Notifications;
using Billing.Api.Operations;
using Billing.Api.Reconciliation;
using Billing.Api.Refunds;
using Billing.Api.SubscriptionsApi;
using Billing.Gateway;

namespace Billing.Api;

/// <summary>Table of contents: the parts of the service.</summary>
public static class Services
{
    public static void AddBilling(this IServiceCollection services, IConfiguration configuration, Settings settings)
    {
        services.AddShared(configuration, settings);
        services.AddMandates(configuration);
        services.AddCharges();
        services.AddRefunds(configuration);
        services.AddNotifications(configuration);
        services.AddReconciliation(configuration);
        services.AddExplanations(configuration);
        services.AddOperations(configuration);
        services.AddAttention();
        services.AddGlobalPayApi(configuration);
        services.AddSubscriptionsApi(configuration);
    }

    /// <summary>The adapter to the gateway: the service needs it, an operator's verb only where it asks.</summary>
    /// <exception cref="SettingException">A setting under Gateway is missing or wrong.</exception>
    public static void AddGateway(this IServiceCollection services, IConfiguration configuration)
    {
        try
        {
            services.AddGlobalPayGateway(configuration);
        }
        catch (InvalidOperationException e) when (e.Message.Split(' ', 2) is [var name, var problem]
            && name.StartsWith("Gateway:", StringComparison.Ordinal))
        {
            throw new SettingException(name.Replace(":", "__", StringComparison.Ordinal), problem);
        }
    }

    private static void AddShared(this IServiceCollection services, IConfiguration configuration, Settings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton(settings.Failpoints);
        services.AddSingleton(settings.LookUps);
        services.AddSingleton(settings.LookUps.Profiles);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<BusinessClock>();
        services.AddSingleton(new SiteRegister(configuration));
        services.AddSingleton<Logins>();
        services.AddSingleton<ISiteKeys>(it => it.GetRequiredService<SiteRegister>());
        services.AddSingleton<DueSites>();
        services.AddSingleton(MasterKeyVerification.Read(configuration));
        services.AddSingleton<MasterKeyVerification>();
        services.AddSingleton<PersonalData>();
        services.AddSingleton<PageReader>();
        services.AddSingleton<PreapprovalStreams>();
        services.AddSingleton<RecordedOutcomes>();
        services.AddSingleton<PreapprovalDecisions>();
        services.AddSingleton<StreamDirectory>();
        services.AddSingleton<GatewayRateLimit>();
        services.AddSingleton<IRateLimit>(it => it.GetRequiredService<GatewayRateLimit>());
        services.AddSingleton<OutboundGate>();
        services.AddSingleton<ResendDecisions>();
        services.AddSingleton<SentIntents>();
        services.AddSingleton<CallsUnderWay>();
        services.AddSingleton<OutboundSender>();
        services.AddSingleton<Resolver>();
        services.AddSingleton<NodeHealth>();

        if (settings.IsSandbox)
        {
            services.AddHttpClient(SandboxClock.HttpClientName, (it, http) =>
                (http.BaseAddress, http.Timeout) =
                    (it.GetRequiredService<GatewayOptions>().BaseAddress, TimeSpan.FromSeconds(5)))
                .RemoveAllLoggers();
            services.AddSingleton<SandboxClock>();
        }
    }
}
