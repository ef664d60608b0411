using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Sealing;
using Billing.Domain.Gateway;
using Billing.Gateway;
using JasperFx.Events.Daemon;
using Marten;
using Wolverine;

namespace Billing.Api.Operations.Cli;

/// <summary>The service's parts without endpoints, jobs and daemon: what a verb of an operator works with.</summary>
internal static class CliHost
{
    public static IConfiguration Configuration() =>
        new ConfigurationBuilder().AddJsonFile("appsettings.json", optional: true).AddEnvironmentVariables().Build();

    /// <summary>Not started: for verbs that only read, or write documents.</summary>
    public static IHost Open()
    {
        var configuration = Configuration();
        var settings = BillingOptions.Read(configuration);
        var builder = new HostBuilder()
            .ConfigureAppConfiguration(sources => sources.AddConfiguration(configuration))
            .ConfigureLogging(logging => logging
                .AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning)
                .AddFilter(BillingApp.HostLog, LogLevel.Critical)
                .AddFilter("Wolverine", LogLevel.Error)
                .AddFilter("Marten", LogLevel.Error)
                .AddFilter("JasperFx", LogLevel.Error))
            .ConfigureServices(services =>
            {
                services.AddBilling(configuration, settings.GetRequiredService<SandboxOptions>().Enabled);
                services.AddBillingStore(settings, DaemonMode.ExternallyManaged);
                services.ConfigureWolverine(options => options.Durability.Mode = DurabilityMode.Serverless);
                AddGateway(services, settings);
            });
        builder.UseBillingMessages(settings);

        return builder.Build();
    }

    /// <summary>Not started: for verbs that seal or unseal personal data.</summary>
    /// <exception cref="SettingException">The master key is not the one of this database.</exception>
    public static async Task<IHost> OpenForSealingAsync(CancellationToken ct)
    {
        var host = Open();
        await host.Services.GetRequiredService<MasterKeyVerification>().VerifyAsync(ct);

        return host;
    }

    /// <summary>
    /// Started: for verbs that decide. Messages that follow are stored, and handled here or by a running node.
    /// </summary>
    public static async Task<IHost> StartAsync(CancellationToken ct)
    {
        var host = await OpenForSealingAsync(ct);
        await host.StartAsync(ct);
        await FollowClockAsync(host, ct);

        return host;
    }

    /// <summary>Business time as the service knew it last: in sandbox mode it was moved.</summary>
    public static async Task FollowClockAsync(IHost host, CancellationToken ct)
    {
        if (host.Services.GetRequiredService<SandboxOptions>().Enabled)
        {
            var offset = await BusinessClockOffset.ReadAsync(host.Services.GetRequiredService<IDocumentStore>(), ct);
            host.Services.GetRequiredService<BusinessClock>().MoveTo(offset);
        }
    }

    // Most verbs need the database only: an auditor's machine has no gateway; the verb that needs it asks for it.
    private static void AddGateway(IServiceCollection services, IServiceProvider settings)
    {
        if (settings.GetRequiredService<GatewayOptions>().BaseAddress is null)
        {
            services.AddSingleton<IPaymentGateway>(_ => throw Missing());
            services.AddSingleton<IGatewayAvailability>(_ => throw Missing());
        }
        else
        {
            services.AddGateway(settings);
        }
    }

    private static SettingException Missing() => new("Gateway__BaseAddress", "is missing: this asks the gateway.");
}
