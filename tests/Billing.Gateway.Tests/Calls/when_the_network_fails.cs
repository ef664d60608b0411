using System.Net;
using System.Net.Sockets;
using System.Text;
using Billing.Domain.Gateway;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Billing.Gateway.Tests.Calls;

[Keeps(Promise.NeverChargedTwice)]
public class when_the_network_fails
{
    private readonly StubGateway _stub = new();

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(429)]
    [InlineData(408)]
    public async Task a_read_is_tried_three_times(int status)
    {
        Assert.Equal(
            new MandateResult.Unknown($"http_{status}"),
            await _stub.Answers(status).Open().ReadMandateAsync(A.Site, 4217, default));
        Assert.Equal(3, _stub.Calls.Count);
    }

    [Fact]
    public async Task a_read_is_tried_again_after_a_lost_connection()
    {
        _stub.Fails(new HttpRequestException(HttpRequestError.ResponseEnded)).Answers(200, A.Payments());

        Assert.IsType<ChargeResult.NotFound>(await _stub.Open().FindChargeAsync(A.Charge, default));
        Assert.Equal(2, _stub.Calls.Count);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    public async Task a_read_is_not_tried_again_when_asking_again_cannot_help(int status)
    {
        await _stub.Answers(status).Open().ReadMandateAsync(A.Site, 4217, default);

        Assert.Single(_stub.Calls);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(307)]
    public async Task a_write_is_sent_once(int status)
    {
        var gateway = _stub.Answers(status).Open();

        await gateway.ChargeAsync(A.Charge, default);
        await gateway.RegisterAsync(A.Site, A.Mandate, default);
        await gateway.ChangeMandateAsync(A.Site, 4217, A.Mandate, default);
        await gateway.CloseMandateAsync(A.Site, 4217, default);

        Assert.Equal(["POST", "POST", "PATCH", "DELETE"], _stub.Calls.Select(seen => seen.Method));
    }

    [Fact]
    public async Task a_write_is_sent_once_when_the_connection_is_lost()
    {
        await _stub.Fails(new HttpRequestException(HttpRequestError.ResponseEnded)).Open()
            .ChargeAsync(A.Charge, default);

        Assert.Single(_stub.Calls);
    }

    // The connection pool re-sends on its own what got no answer on a connection that had been used before. Here it
    // must not.
    [Fact]
    public async Task a_write_is_sent_once_also_on_a_connection_that_went_stale()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = new CancellationTokenSource();
        var received = new List<string>();
        var server = ServeAsync(listener, received, stop.Token);
        await using var services = Real($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        var gateway = services.GetRequiredService<IPaymentGateway>();

        foreach (var write in new Func<Task>[]
        {
            () => gateway.CloseMandateAsync(A.Site, 4217, default), () => gateway.ChargeAsync(A.Charge, default)
        })
        {
            await gateway.ReadMandateAsync(A.Site, 4217, default);
            await write();
        }

        await stop.CancelAsync();
        await server;
        Assert.Equal(["GET", "DELETE", "GET", "POST"], received);
    }

    // Answers each GET and keeps the connection; hangs up on anything else without a word.
    private static async Task ServeAsync(TcpListener listener, List<string> received, CancellationToken ct)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(ct);
                var stream = client.GetStream();
                var buffer = new byte[16 * 1024];
                for (var answered = true; answered;)
                {
                    var length = await stream.ReadAsync(buffer, ct);
                    var method = Encoding.ASCII.GetString(buffer, 0, length).Split(' ')[0];
                    received.Add(method);
                    answered = method == "GET";
                    if (answered)
                    {
                        await stream.WriteAsync("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), ct);
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static ServiceProvider Real(string address) => new ServiceCollection()
        .AddLogging(logging => logging.ClearProviders())
        .AddSingleton<ISiteKeys>(new AnySite())
        .AddSingleton<IQuarantine>(new StubGateway.KeptAnswers())
        .AddGlobalPayGateway(
            new ConfigurationBuilder().AddInMemoryCollection([new("Gateway:BaseAddress", address)]).Build())
        .BuildServiceProvider();

    internal sealed class AnySite : ISiteKeys
    {
        public string GatewayKeyOf(string siteId) => A.Key;
    }
}
