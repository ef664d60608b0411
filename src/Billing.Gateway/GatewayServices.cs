using System.Diagnostics;
using System.Net;
using Billing.Domain.Gateway;
using Billing.Gateway.Breaking;
using Billing.Gateway.Calls;
using Microsoft.Extensions.Configuration;
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
    /// Adds <see cref="IPaymentGateway"/>, <see cref="GatewayOptions"/>, <see cref="Breakers"/> and
    /// <see cref="Translation.WireMoney"/>. The caller adds <see cref="ISiteKeys"/> as a singleton, and an
    /// <see cref="IRateLimit"/> before where sites have one.
    /// </summary>
    /// <exception cref="InvalidOperationException">A setting is wrong; the message names it.</exception>
    public static IServiceCollection AddGlobalPayGateway(this IServiceCollection services, IConfiguration configuration)
    {
        var options = GatewayOptions.Read(configuration);

        services.AddSingleton(options);
        services.AddSingleton(options.Money);
        services.AddSingleton(new Breakers(options));
        services.TryAddSingleton<IRateLimit, NoRateLimit>();
        services.AddHttpClient(HttpClientName, http => Configure(http, options))
            .UseSocketsHttpHandler((handler, _) => Configure(handler, options))
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
        http.BaseAddress = options.BaseAddress;
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
        handler.ConnectTimeout = options.ConnectTimeout < options.Timeout
            ? options.ConnectTimeout
            : options.Timeout * 0.8;
        handler.MaxConnectionsPerServer = options.MaxConnections;
        // A storefront's trace headers, and what it put into them, are not the gateway's to know.
        handler.ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator();
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(2);
    }
}
