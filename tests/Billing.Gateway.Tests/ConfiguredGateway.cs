using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Gateway.Tests;

internal static class ConfiguredGateway
{
    /// <summary>The port with the options of a configuration. The host validates them first.</summary>
    public static IServiceCollection AddGlobalPayGateway(
        this IServiceCollection services, IConfiguration configuration) =>
        services.AddSingleton(configuration.GetSection("Gateway").Get<GatewayOptions>()!).AddGlobalPayGateway();
}
