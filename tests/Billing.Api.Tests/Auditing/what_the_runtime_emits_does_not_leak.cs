using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using System.Runtime.ExceptionServices;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;
using Billing.Domain;

namespace Billing.Api.Tests.Auditing;

/// <summary>Collects traces, metrics and exceptions while a person with a canary in every field is billed.</summary>
public sealed class what_the_runtime_emits_does_not_leak : IDisposable
{
    private readonly ConcurrentQueue<string> seen = new();
    private readonly ConcurrentQueue<string> thrown = new();
    private readonly string[] canaries = [.. Canaries.Keys, .. Canaries.Personal, Canaries.WrongKey];
    private readonly ActivityListener traces;
    private readonly MeterListener metrics =
        new() { InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument) };

    public what_the_runtime_emits_does_not_leak()
    {
        traces = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = it => seen.Enqueue(
                $"{it.Source.Name} {it.DisplayName} {it.StatusDescription} {Words(it.TagObjects)} "
                + $"{string.Join(' ', it.Baggage)} "
                + $"{string.Join(' ', it.Events.Select(e => $"{e.Name} {Words(e.Tags)}"))}"),
        };
        ActivitySource.AddActivityListener(traces);
        metrics.SetMeasurementEventCallback<int>(
            (instrument, _, tags, _) => seen.Enqueue($"{instrument.Name} {Words(tags.ToArray())}"));
        metrics.SetMeasurementEventCallback<long>(
            (instrument, _, tags, _) => seen.Enqueue($"{instrument.Name} {Words(tags.ToArray())}"));
        metrics.SetMeasurementEventCallback<double>(
            (instrument, _, tags, _) => seen.Enqueue($"{instrument.Name} {Words(tags.ToArray())}"));
        metrics.Start();
        AppDomain.CurrentDomain.FirstChanceException += Throw;
    }

    [Fact]
    public async Task not_into_a_trace_a_metric_or_an_exception()
    {
        await using var world = await World.StartAsync(
            new Dictionary<string, string?> { ["Sandbox__Sites__30201__ApiKey"] = Canaries.GatewayKey },
            new Dictionary<string, string?>
            {
                ["Sites__30201__ApiKey"] = Canaries.StorefrontKey,
                ["Sites__30201__GatewayApiKey"] = Canaries.GatewayKey, ["Sealing__MasterKey"] = Canaries.MasterKey,
                ["Sealing__IndexKey"] = Canaries.IndexKey,
            });
        using var storefront = world.Client("30201", Canaries.StorefrontKey);
        using var gateway = world.Client("30201", Canaries.GatewayKey);
        using var stranger = world.Client("30201", Canaries.WrongKey);

        await secrets_and_persons_do_not_leak.RefundAsync(world, storefront);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("v1/payments")).StatusCode);
        var payer = JsonNode.Parse(await storefront.GetStringAsync("v1/preapprovals"))!["Preapprovals"]![0]!;

        foreach (var notification in Canaries.Notifications((int)payer["ID"]!, "paid"))
        {
            using var taken = await gateway.PostAsJsonAsync("v1/notifications", notification);
            Assert.Equal(HttpStatusCode.NoContent, taken.StatusCode);
        }

        foreach (var (caller, path) in new[]
        {
            (storefront, "v1/preapprovals"), (storefront, "v1/subscriptions/search"), (gateway, "v1/notifications")
        })
        {
            using var answer = await caller.PostAsync(
                path, new StringContent($$"""{"Preapproval": {"Description": "{{Canaries.Malformed}}"""));
            Assert.InRange((int)answer.StatusCode, 400, 422);
        }

        await world.UntilIdle();
        metrics.RecordObservableInstruments();

        var all = string.Join('\n', seen);
        Assert.Contains("http.server.request.duration", all, StringComparison.Ordinal);
        Assert.Contains("Microsoft.AspNetCore", all, StringComparison.Ordinal);
        Assert.Contains("billing.", all, StringComparison.Ordinal);
        Assert.All(canaries, it => Assert.DoesNotContain(it, all, StringComparison.OrdinalIgnoreCase));
        Assert.Empty(thrown);
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.FirstChanceException -= Throw;
        metrics.Dispose();
        traces.Dispose();
    }

    // A RuleViolation is the answer itself: the refusal's text goes to the caller, and nowhere else.
    private void Throw(object? sender, FirstChanceExceptionEventArgs e)
    {
        if (e.Exception is not RuleViolation && $"{e.Exception}" is var text
            && canaries.FirstOrDefault(it => text.Contains(it, StringComparison.OrdinalIgnoreCase)) is { } leaked)
        {
            thrown.Enqueue($"{leaked} in {e.Exception.GetType()}");
        }
    }

    private static string Words(IEnumerable<KeyValuePair<string, object?>> tags) =>
        string.Join(' ', tags.Select(tag => $"{tag.Key}={tag.Value}"));
}
