using System.Diagnostics;
using System.Text;
using Billing.Api.Hosting;
using Billing.Api.Operations;
using Billing.Api.Tests.Specs;
using Billing.Testing;

namespace Billing.Api.Tests.Auditing;

/// <summary>OpenTelemetry, as a collector and the in-memory exporter get it.</summary>
[Collection(ObservedCollection.Name)]
public class what_is_exported(ObservedWorld observed)
{
    private static readonly string[] Keys =
    [
        "storefront-key-30201", "gateway-key-30201", Basic("storefront-key-30201"), Basic("gateway-key-30201"),
    ];

    [Fact]
    public async Task one_charge_is_followed_from_the_sweep_to_its_call_its_outcome_and_its_notification()
    {
        var payment = Assert.Single(await observed.Charged.Payments());
        var id = (string)payment["merchantTransactionId"]!;
        await Waiting.Until("the notification was traced", () => Task.FromResult(
            Named("apply").Any(span => id.Equals(span.GetTagItem(BillingTracing.MerchantTransactionId)))));

        // The page was decided, its message sent this charge, and the outcome was recorded.
        var outcome = Assert.Single(Named("record_charge"));
        var send = observed.Spans.ParentOf(outcome)!;
        Assert.Equal(("send charge", id), (send.OperationName, send.GetTagItem(BillingTracing.MerchantTransactionId)));
        Assert.Equal("confirmed", send.GetTagItem(BillingTracing.Outcome));
        var sweep = Assert.Single(observed.Spans.WayUpFrom(send), span => span.OperationName == "sweep");
        Assert.Equal((1, "30201"), (sweep.GetTagItem(BillingTracing.Charges), sweep.GetTagItem(BillingTracing.SiteId)));

        var call = Assert.Single(observed.Spans.PartsOf(send), span => span.Kind is ActivityKind.Client);
        Assert.Equal("POST", call.GetTagItem("http.request.method"));
        Assert.Equal(201, call.GetTagItem("http.response.status_code"));

        Assert.Contains("payment_charged", (string[])outcome.GetTagItem(BillingTracing.Events)!);
        Assert.Equal(id, outcome.GetTagItem(BillingTracing.MerchantTransactionId));
        Assert.Equal((int)payment["gatewayPaymentId"]!, outcome.GetTagItem(BillingTracing.GatewayPaymentId));

        // The gateway sends no trace context: the notification is a trace of its own, which names the charge.
        var applied = Named("apply").First(span => id.Equals(span.GetTagItem(BillingTracing.MerchantTransactionId)));
        Assert.NotEqual(send.TraceId, applied.TraceId);
        var request = Assert.Single(
            observed.Spans.With(BillingTracing.NotificationId, applied.GetTagItem(BillingTracing.NotificationId)!),
            span => span.Kind is ActivityKind.Server);
        Assert.Equal("v1/notifications", $"{request.GetTagItem("http.route")}".Trim('/'));

        // Two batches lie between: notifications that shared a commit, and their messages that were applied together.
        await Waiting.Until("its message and its commit were traced", () => Task.FromResult(
            CallersOfBatch(applied).SelectMany(CallersOfBatch).Contains(request)));
    }

    [Fact]
    public async Task no_person_no_key_and_no_body_is_in_it()
    {
        await Waiting.Until("both were exported", () => Task.FromResult(
            observed.Collector.Traces.Contains("send charge", StringComparison.Ordinal)
            && observed.Collector.Metrics.Contains("billing.charges", StringComparison.Ordinal)));
        var spans = string.Join('\n', observed.Spans.Seen().Select(Words));
        var all = spans + observed.Collector.Traces + observed.Collector.Metrics;

        Assert.Contains(BillingTracing.MerchantTransactionId, spans, StringComparison.Ordinal);
        Assert.All(
            [.. Canaries.Personal, .. Keys, "Tonelero", "jdoe@example.com"],
            canary => Assert.DoesNotContain(canary, all, StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("http.server.request.duration")]
    [InlineData("http.client.request.duration")]
    [InlineData("billing.charges")]
    [InlineData("billing.due.lag")]
    [InlineData("billing.unknown.age")]
    [InlineData("billing.projection.lag")]
    [InlineData("billing.log.lag")]
    [InlineData("billing.overdue")]
    [InlineData("billing.drift")]
    [InlineData("wolverine-inbox-count")]
    public Task a_metric_is_exported(string name) => Waiting.Until(
        $"{name} was exported",
        () => Task.FromResult(observed.Collector.Metrics.Contains(name, StringComparison.Ordinal)));

    [Fact]
    public async Task the_oldest_due_date_and_the_oldest_unknown_outcome_have_an_age()
    {
        var due = DateTimeOffset.Parse((string)(await observed.Charged.View())["nextDue"]!["at"]!);
        var later = due.AddHours(2);
        var now = await observed.World.Sandbox.NowAsync();

        var backlog = await Backlog.AskAsync(
            observed.World.DataSource, new Database(observed.World.ConnectionString, TestDatabase.Schema), later,
            default);

        Assert.InRange(backlog.DueSeconds, 7_199, 7_201);
        Assert.InRange(backlog.UnknownSeconds, (later - now).TotalSeconds, (later - now).TotalSeconds + 600);
    }

    // Nothing before the batch has ended.
    private IEnumerable<Activity> CallersOfBatch(Activity span) =>
        observed.Spans.WayUpFrom(span).Where(one => one.OperationName == "batch").SelectMany(observed.Spans.CallersOf);

    private Activity[] Named(string name) =>
        [.. observed.Spans.With(BillingTracing.SubscriptionId, $"{observed.Charged.Id}")
            .Where(span => span.OperationName == name)];

    private static string Words(Activity span) =>
        $"{span.Source.Name} {span.DisplayName} {span.StatusDescription} "
        + string.Join(' ', span.TagObjects.Concat(span.Events.SelectMany(e => e.Tags))
            .Select(tag => $"{tag.Key}={(tag.Value is string[] many ? string.Join(' ', many) : tag.Value)}"))
        + string.Join(' ', span.Baggage);

    private static string Basic(string key) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"30201:{key}"));
}
