using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Notifying;
using Billing.Api.Tests.Specs;
using OpenTelemetry.Trace;

namespace Billing.Api.Tests.Auditing;

/// <summary>
/// One installation that exports traces and metrics. A person with a canary in every field is subscribed, charged and
/// refunded, another one's charge is of unknown outcome, and the gateway shows one difference.
/// </summary>
public sealed class ObservedWorld : IAsyncLifetime
{
    public Collector Collector { get; } = new();

    public ExportedSpans Spans { get; } = [];

    public World World { get; private set; } = null!;

    /// <summary>Charged once by its schedule.</summary>
    public Subscriber Charged { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        World = await World.StartAsync(
            settings: new Dictionary<string, string?>
            {
                ["Notifications:Confirm"] = "off",
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Collector.Address,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
                ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            },
            configure: services => services.ConfigureOpenTelemetryTracerProvider(
                traces => traces.AddInMemoryExporter(Spans)));
        Charged = await Subscriber.Open(World, Subscriber.Schedule());
        await secrets_and_persons_do_not_leak.RefundAsync(World, World.Storefront);
        await World.Sandbox.MisbehaveAsync(
            new JsonObject { ["operation"] = "charge", ["action"] = "error_500", ["times"] = 1 });
        await Subscriber.Open(World, Subscriber.Schedule());
        var different = Notified.Mandate(Charged, status: 2);
        different["Preapproval"]!["SiteID"] = 30597;

        foreach (var notification in Canaries.Notifications(Charged.GatewayId, "paid").Append(different))
        {
            using var taken = await World.Gateway.PostAsJsonAsync("v1/notifications", notification);
            Assert.Equal(HttpStatusCode.NoContent, taken.StatusCode);
        }

        using var malformed = await World.Storefront.PostAsync(
            $"v1/preapprovals?{Canaries.ReturnQuery}",
            new StringContent(
                $$"""{"Preapproval": {"Description": "{{Canaries.Malformed}}""", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, malformed.StatusCode);

        // The test's own calls are traced too, with their address: this one is not.
        using var untraced = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null });
        untraced.DefaultRequestHeaders.Authorization = World.Storefront.DefaultRequestHeaders.Authorization;
        using var unheard = await untraced.GetAsync(new Uri(World.Address, $"v1/{Canaries.Customer["Email"]}"));
        Assert.Equal(HttpStatusCode.NotFound, unheard.StatusCode);
        await World.UntilIdle();
    }

    public async Task DisposeAsync()
    {
        await World.DisposeAsync();
        Collector.Dispose();
    }
}

/// <summary>Runs alone: an exporter hears every world of its process, and ends a metric with one of them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ObservedCollection : ICollectionFixture<ObservedWorld>
{
    public const string Name = "observed";
}
