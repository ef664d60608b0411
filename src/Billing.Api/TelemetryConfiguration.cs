using System.Diagnostics;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Outbound;
using Billing.Api.Operations;
using OpenTelemetry.Instrumentation.AspNetCore;
using OpenTelemetry.Instrumentation.Http;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Billing.Api;

/// <summary>OpenTelemetry: traces and metrics over OTLP. Off unless an endpoint is configured.</summary>
/// <remarks>The SDK reads its other settings itself: OTEL_EXPORTER_OTLP_HEADERS and so on.</remarks>
public static class TelemetryConfiguration
{
    public const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <exception cref="SettingException">The endpoint is no address; the SDK would ignore it.</exception>
    public static void AddBillingTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        if (configuration[Endpoint] is not { Length: > 0 } endpoint)
        {
            return;
        }

        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw new SettingException(Endpoint, "must be an http or https address.");
        }

        services.Configure<AspNetCoreTraceInstrumentationOptions>(Requests);
        services.Configure<HttpClientTraceInstrumentationOptions>(Calls);
        services.AddHostedService<BacklogGauges>();
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(
                configuration["OTEL_SERVICE_NAME"] ?? "billing", serviceInstanceId: $"{ProcessIdentity.Current}"))
            .WithTracing(traces => traces.AddSource(BillingTracing.Name, "Wolverine")
                .AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddOtlpExporter())
            .WithMetrics(metrics => metrics.AddMeter(BillingMeter.Name, "Wolverine:billing", "Marten")
                .AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddOtlpExporter());
    }

    // The route says which request it was. A path or a client's name could hold what a caller has put there.
    private static void Requests(AspNetCoreTraceInstrumentationOptions options)
    {
        options.Filter = http => !IsPolled(http.Request.Path);
        options.EnrichWithHttpRequest = (span, _) => Strip(span);
        options.EnrichWithHttpResponse = (span, _) => Strip(span);

        static void Strip(Activity span) =>
            span.SetTag("url.path", null).SetTag("url.query", null).SetTag("user_agent.original", null);
    }

    // Values of a query are left out by the instrumentation itself. The simulator's clock is asked all the time.
    private static void Calls(HttpClientTraceInstrumentationOptions options) =>
        options.FilterHttpRequestMessage = request => !IsPolled(request.RequestUri?.AbsolutePath ?? "");

    private static bool IsPolled(PathString path) =>
        path.StartsWithSegments("/health", StringComparison.Ordinal)
        || path.StartsWithSegments("/sandbox", StringComparison.Ordinal);
}
