using Billing.Domain.Gateway;

namespace Billing.Api.Cli;

/// <summary>The service's parts without its endpoints, jobs and pump: what an operator's verb works with.</summary>
internal static class Books
{
    public static ServiceProvider Open()
    {
        var configuration = Configuration();
        var services = new ServiceCollection();
        services.AddSingleton(configuration);
        services.AddLogging(logging => logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning));
        services.AddBilling(configuration);
        AddGateway(services, configuration);

        return services.BuildServiceProvider();
    }

    public static IConfiguration Configuration() => new ConfigurationBuilder().AddJsonFile("appsettings.json", optional: true).AddEnvironmentVariables().Build();

    // Most verbs work on the books alone: an auditor's machine has no gateway, and the one verb that asks it says so.
    private static void AddGateway(ServiceCollection services, IConfiguration configuration)
    {
        if (string.IsNullOrWhiteSpace(configuration["Gateway:BaseAddress"]))
        {
            services.AddSingleton<IPaymentGateway>(_ => throw new SettingException("Gateway__BaseAddress", "is missing: this asks the gateway."));
        }
        else
        {
            services.AddGateway(configuration);
        }
    }

    /// <summary>Business time as the service last knew it: in sandbox mode it was moved.</summary>
    public static async Task FollowClockAsync(IServiceProvider services, CancellationToken ct)
    {
        if (services.GetRequiredService<Settings>().IsSandbox)
        {
            await using var command = services.GetRequiredService<Npgsql.NpgsqlDataSource>().CreateCommand("select offset_seconds from business_clock");
            services.GetRequiredService<Clock.BusinessClock>().MoveTo(TimeSpan.FromSeconds(await command.ExecuteScalarAsync(ct) as double? ?? 0));
        }
    }
}
