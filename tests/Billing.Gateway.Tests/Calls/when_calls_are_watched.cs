using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Billing.Gateway.Tests.Calls;

/// <summary>Logs, traces and metrics of the runtime show which call failed, and no key and no person.</summary>
public class when_calls_are_watched
{
    private static readonly string[] Secrets =
    [
        A.Key, Convert.ToBase64String(Encoding.UTF8.GetBytes($"{A.Site}:{A.Key}")),
        "testuser.com", "Tonelero", "0765260000", "John", A.Transaction, "s2ptest_g107",
    ];

    private readonly ConcurrentQueue<string> _seen = new();
    private readonly ConcurrentQueue<string> _requests = new();

    [Fact]
    public async Task traces_metrics_and_logs_hold_no_secret_and_no_person()
    {
        using var traces = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = it => _seen.Enqueue(
                $"{it.Source.Name} {it.DisplayName} {it.StatusDescription} {Words(it.TagObjects)} "
                + string.Join(' ', it.Events.Select(e => $"{e.Name} {Words(e.Tags)}"))),
        };
        ActivitySource.AddActivityListener(traces);
        using var metrics = new MeterListener
        {
            InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument)
        };
        metrics.SetMeasurementEventCallback<double>((instrument, _, tags, _) =>
            _seen.Enqueue($"{instrument.Name} {Words(tags.ToArray())}"));
        metrics.SetMeasurementEventCallback<long>((instrument, _, tags, _) =>
            _seen.Enqueue($"{instrument.Name} {Words(tags.ToArray())}"));
        metrics.Start();
        using var gateway = new TcpListener(IPAddress.Loopback, 0);
        gateway.Start();
        using var stop = new CancellationTokenSource();
        var answering = AnswerAsync(gateway, stop.Token);
        var log = new LogLines();
        var services = new ServiceCollection()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log))
            .AddSingleton<ISiteKeys>(new when_the_network_fails.AnySite())
            .AddSingleton<IQuarantine>(new StubGateway.KeptAnswers())
            .AddGlobalPayGateway(new ConfigurationBuilder()
                .AddInMemoryCollection([new("Gateway:BaseAddress", $"http://{gateway.LocalEndpoint}")])
                .Build());
        await using var parts = services.BuildServiceProvider();
        var port = parts.GetRequiredService<IPaymentGateway>();

        await port.RegisterAsync(A.Site, A.Mandate, default);
        await port.ChangeMandateAsync(A.Site, 4217, A.Mandate, default);
        await port.FindMandateAsync(A.Site, "s2ptest_g107", 50, default);
        await port.ChargeAsync(A.Charge, default);
        await port.FindChargeAsync(A.Charge, default);
        await stop.CancelAsync();
        await answering;

        var all = string.Join('\n', _seen) + log.All;
        Assert.Contains("http.client.request.duration", all, StringComparison.Ordinal);
        Assert.Contains("System.Net.Http", all, StringComparison.Ordinal);
        Assert.Contains("v1/payments/recurrent", log.All, StringComparison.Ordinal);
        Assert.All(Secrets, secret => Assert.DoesNotContain(secret, all, StringComparison.Ordinal));
        Assert.NotEmpty(_requests);
        Assert.All(
            _requests,
            request => Assert.DoesNotContain("traceparent", request, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void what_carries_a_person_prints_its_name_only()
    {
        var answer = new MandateResult.Confirmed(
            new MandateSnapshot(
                new GatewayMandate(1, null, null, 2, null, null), MandateStatus.Open, A.Mandate.Terms,
                A.Mandate.Personal));
        var refund = new RefundSnapshot(
            1, 2, "r", RefundStatus.Failed, null, new GatewayRefund(1, null, null, null, null), "Jane");
        var personal = new RefundPersonal(A.Mandate.Personal.Customer!.Value, null, null, "Tonelero", "John");
        var printed = string.Join(
            ' ', A.Mandate, A.Mandate.Personal.Customer, A.Mandate.Personal.Customer.Value,
            A.Mandate.Personal.BillingAddress, A.Mandate.Personal.BillingAddress!.Value, answer, personal,
            new MandateResult.Refused("12", "Jane"), new ChargeResult.Refused("12", "Jane"),
            new RefundResult.Refused("12", "Jane"), new RefundResult.Confirmed(refund));

        Assert.All(
            ["testuser.com", "Tonelero", "John", "Jane", "0765260000"],
            person => Assert.DoesNotContain(person, printed, StringComparison.Ordinal));
    }

    private static string Words(IEnumerable<KeyValuePair<string, object?>> tags) =>
        string.Join(' ', tags.Select(tag => $"{tag.Key}={tag.Value}"));

    // Everything that goes wrong in one answer: another payment, personal, and then the connection is gone.
    private async Task AnswerAsync(TcpListener listener, CancellationToken ct)
    {
        var body = """{"Payment":{"ID":1,"MerchantTransactionID":"another","Amount":"1","Customer":"""
            + """{"Email":"jane@testuser.com"},"Status":{"ID":2}}}""";
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(ct);
                var request = new byte[16 * 1024];
                var length = await client.GetStream().ReadAtLeastAsync(request, 1, true, ct);
                _requests.Enqueue(Encoding.UTF8.GetString(request, 0, length));
                await client.GetStream()
                    .WriteAsync(
                        Encoding.UTF8.GetBytes(
                            $"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n{body}"),
                        ct);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
