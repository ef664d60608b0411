using Billing.Api.Attention;
using Billing.Api.Charges;
using Billing.Api.Explanations;
using Billing.Api.GlobalPayApi;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Outbound;
using Billing.Api.Hosting.Profiles;
using Billing.Api.Hosting.RateLimiting;
using Billing.Api.Hosting.Sealing;
using Billing.Api.Hosting.Sites;
using Billing.Api.Hosting.Streams;
using Billing.Api.Imports;
using Billing.Api.Mandates;
using Billing.Api.Notifications;
using Billing.Api.Operations;
using Billing.Api.PriceChanges;
using Billing.Api.Reconciliation;
using Billing.Api.Refunds;
using Billing.Api.Reports;
using Billing.Api.SubscriptionsApi;
using Billing.Domain.Profiles;
using Billing.Gateway;

namespace Billing.Api;

/// <summary>Table of contents: the parts of the service.</summary>
public static class Services
{
    public static void AddBilling(this IServiceCollection services, IConfiguration configuration, bool isSandbox)
    {
        services.AddBillingOptions(configuration);
        services.AddShared(isSandbox);
        services.AddMandates();
        services.AddCharges();
        services.AddRefunds();
        services.AddNotifications();
        services.AddReconciliation();
        services.AddExplanations();
        services.AddReports();
        services.AddPriceChanges();
        services.AddImports();
        services.AddOperations();
        services.AddAttention();
        services.AddGlobalPayApi();
        services.AddSubscriptionsApi();
    }

    /// <summary>The adapter to the gateway: the service needs it, an operator's verb only where it asks.</summary>
    /// <exception cref="SettingException">Gateway__BaseAddress is missing.</exception>
    public static void AddGateway(this IServiceCollection services, IServiceProvider settings)
    {
        if (settings.GetRequiredService<GatewayOptions>().BaseAddress is null)
        {
            throw new SettingException(
                "Gateway__BaseAddress",
                "must be an http or https address without credentials or query, for example "
                + "https://paytest.smart2pay.com.");
        }

        services.AddGlobalPayGateway();
    }

    private static void AddShared(this IServiceCollection services, bool isSandbox)
    {
        services.AddSingleton<Failpoints>();
        services.AddSingleton(it => it.GetRequiredService<ProfilesOptions>().ToProfiles());
        services.AddSingleton(it => it.GetRequiredService<ChargingOptions>().LookUps(
            it.GetRequiredService<GatewayOptions>(), it.GetRequiredService<MethodProfiles>()));
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<BusinessClock>();
        services.AddSingleton<SiteRegister>();
        services.AddSingleton<FollowUps>((site, id, events) =>
            [.. PostPaymentFollowUps.Of(site, id, events), .. DunningFollowUps.Of(site, id, events)]);
        services.AddSingleton<Logins>();
        services.AddSingleton<ISiteKeys>(it => it.GetRequiredService<SiteRegister>());
        services.AddSingleton<DueSites>();
        services.AddSingleton<SiteLock>();
        services.AddSingleton(it => it.GetRequiredService<SealingOptions>().ToMasterKey());
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

        if (isSandbox)
        {
            services.AddHttpClient(SandboxClock.HttpClientName, (it, http) =>
                (http.BaseAddress, http.Timeout) =
                    (it.GetRequiredService<GatewayOptions>().Address, TimeSpan.FromSeconds(5)))
                .RemoveAllLoggers();
            services.AddSingleton<SandboxClock>();
        }
    }
}
