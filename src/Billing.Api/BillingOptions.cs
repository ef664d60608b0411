using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Configuration;
using Billing.Api.Hosting.Outbound;
using Billing.Api.Hosting.Profiles;
using Billing.Api.Hosting.Sealing;
using Billing.Api.Hosting.Sites;
using Billing.Api.Notifications;
using Billing.Api.Reconciliation;
using Billing.Gateway;
using Microsoft.Extensions.Options;

namespace Billing.Api;

/// <summary>Table of contents: the sections of the configuration and the options that they are bound to.</summary>
/// <remarks>docs/configuration.md is generated from them, in this order.</remarks>
public static class BillingOptions
{
    internal static readonly OptionsSection[] Sections =
    [
        new OptionsSection<ConnectionOptions>("ConnectionStrings", IsShared: true),
        new OptionsSection<LoginOptions>("Authentication", IsShared: true),
        new OptionsSection<DatabaseOptions>("Database"),
        new OptionsSection<GatewayOptions>("Gateway"),
        new OptionsSection<SitesOptions>("Sites"),
        new OptionsSection<SealingOptions>("Sealing"),
        new OptionsSection<ChargingOptions>("Charging"),
        new OptionsSection<ProfilesOptions>("Profiles"),
        new OptionsSection<DriftOptions>("Drift"),
        new OptionsSection<JobsOptions>("Jobs"),
        new OptionsSection<NotificationsOptions>("Notifications"),
        new OptionsSection<SandboxOptions>("Sandbox"),
        new OptionsSection<FailpointsOptions>("Failpoints"),
    ];

    // Of the simulator: both programs may be given the same environment.
    private static readonly string[] OfSimulator =
    [
        "Sites:*:ApiKey", "Sites:*:NotificationUrl", "AutoApprove", "Dedupe", "NotifyOnDelete", "StrictMethods",
        "MagicAmounts", "SepaDays", "StatePath", "ClockStart", "PublicAddress", "AllowRemote",
    ];

    internal static KnownSettings Known { get; } = new(
        [
            .. Sections.SelectMany(section => Setting.Of([section.Name], section.Type)),
            .. OfSimulator.Select(name => new Setting(["Sandbox", .. name.Split(':')], typeof(string), null)),
        ],
        [.. Sections.Where(section => section.IsShared).Select(section => section.Name)]);

    /// <summary>Validates all of them, before a host is built that depends on them.</summary>
    /// <exception cref="SettingException">A setting does not exist, or its value is wrong.</exception>
    public static IServiceProvider Read(IConfiguration configuration)
    {
        Known.CheckNames(configuration);
        Known.CheckValues(configuration);

        var services = new ServiceCollection();
        services.AddBillingOptions(configuration);
        var options = services.BuildServiceProvider();

        try
        {
            options.GetRequiredService<IStartupValidator>().Validate();
        }
        catch (Exception e) when (FailureIn(e) is { } failure)
        {
            var parts = failure.Split(' ', 2);

            throw new SettingException(parts[0], parts[1]);
        }

        return options;
    }

    /// <summary>Adds each as a singleton of its own class.</summary>
    public static void AddBillingOptions(this IServiceCollection services, IConfiguration configuration)
    {
        // An empty value is not set.
        var given = new ConfigurationBuilder()
            .AddInMemoryCollection(configuration.AsEnumerable().Where(it => it.Value is not "")).Build();

        foreach (var section in Sections)
        {
            section.AddTo(services, given);
        }

        services.AddOptions<ChargingOptions>().PostConfigure(charging => charging.SetDefaults());
        services.AddOptions<JobsOptions>().PostConfigure<SandboxOptions>((it, sandbox) => it.SetDefaults(sandbox));
        services.AddOptions<DriftOptions>().PostConfigure<SandboxOptions>((it, sandbox) => it.SetDefaults(sandbox));
    }

    private static string? FailureIn(Exception error) => error switch
    {
        OptionsValidationException refused => refused.Failures.First(),
        AggregateException several => several.InnerExceptions.Select(FailureIn).FirstOrDefault(),
        _ => null,
    };
}
