using System.Diagnostics;
using System.Net;
using Billing.Domain.Gateway;
using Billing.Gateway.Breaking;
using Billing.Gateway.Calls;
using Billing.Gateway.Translation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Billing.Gateway;

/// <summary>Registers the gateway.</summary>
public static class GatewayServices
{
    internal const string HttpClientName = "globalpay";

    // An answer of the gateway is a few kilobytes; a list of 50 payments under a hundred.
    private const int LargestAnswer = 1024 * 1024;

    /// <summary>
    /// Adds <see cref="IPaymentGateway"/>, <see cref="Breakers"/> and <see cref="WireMoney"/>. The caller adds
    /// <see cref="GatewayOptions"/> and <see cref="ISiteKeys"/> as singletons, and an <see cref="IRateLimit"/> before
    /// where sites have one.
    /// </summary>
    public static IServiceCollection AddGlobalPayGateway(this IServiceCollection services)
    {
        services.AddSingleton(it => new WireMoney(it.GetRequiredService<GatewayOptions>().Exponent));
        services.AddSingleton(it => new Breakers(it.GetRequiredService<GatewayOptions>()));
        services.TryAddSingleton<IRateLimit, NoRateLimit>();
        services.AddHttpClient(HttpClientName, (it, http) => Configure(http, it.GetRequiredService<GatewayOptions>()))
            .UseSocketsHttpHandler((handler, it) => Configure(handler, it.GetRequiredService<GatewayOptions>()))
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers();
        services.AddSingleton<GatewayCaller>();
        services.AddSingleton<IGatewayAvailability>(it => it.GetRequiredService<Breakers>());
        services.AddSingleton<IPaymentGateway, GlobalPayGateway>();

        return services;
    }

    // Its own time-out is off: ours includes retries and is distinct from the caller's cancellation.
    private static void Configure(HttpClient http, GatewayOptions options)
    {
        http.BaseAddress = options.Address;
        http.Timeout = Timeout.InfiniteTimeSpan;
        http.MaxResponseContentBufferSize = LargestAnswer;
    }

    // A redirect would carry the key, or a charge, to another address. Connections are renewed so that a moved name is
    // noticed.
    private static void Configure(SocketsHttpHandler handler, GatewayOptions options)
    {
        handler.AllowAutoRedirect = false;
        handler.UseCookies = false;
        handler.AutomaticDecompression = DecompressionMethods.None;
        // Always shorter than the call's own time-out: then it is known that nothing was sent.
        handler.ConnectTimeout = options.ConnectTimeoutSeconds < options.TimeoutSeconds
            ? TimeSpan.FromSeconds(options.ConnectTimeoutSeconds)
            : options.Timeout * 0.8;
        handler.MaxConnectionsPerServer = options.MaxConnections;
        // A storefront's trace headers, and what it put into them, are not the gateway's to know.
        handler.ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator();
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(2);
    }
}
