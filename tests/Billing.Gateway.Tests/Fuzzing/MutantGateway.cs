using System.Net;
using Billing.Domain.Gateway;
using Billing.Gateway.Tests.Calls;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;

namespace Billing.Gateway.Tests.Fuzzing;

/// <summary>The gateway port with this class in place of the network; it records the answers of one call.</summary>
public sealed class MutantGateway : HttpMessageHandler
{
    private readonly ServiceProvider _parts;

    public MutantGateway()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
            [
                new("Gateway:BaseAddress", "https://gateway.test"), new("Gateway:BreakerFailures", "1000000"),
            ])
            .Build();
        _parts = new ServiceCollection()
            .AddLogging()
            .AddSingleton<ISiteKeys>(new when_the_network_fails.AnySite())
            .AddSingleton<IQuarantine>(new NoQuarantine())
            .AddGlobalPayGateway(configuration)
            .ConfigureAll<HttpClientFactoryOptions>(http =>
                http.HttpMessageHandlerBuilderActions.Add(builder => builder.PrimaryHandler = this))
            .BuildServiceProvider();
        Port = _parts.GetRequiredService<IPaymentGateway>();
    }

    public IPaymentGateway Port { get; }

    /// <summary>Status and body by the number of the request within the call, from 0.</summary>
    public Func<int, (int Status, byte[] Body)> Answer { get; set; } = _ => (500, []);

    /// <summary>What the call at hand was answered.</summary>
    public List<Answered> Given { get; } = [];

    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var (status, body) = Answer(Given.Count);
        Given.Add(new Answered(status, body));

        return Task.FromResult(
            new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent(body) });
    }

    protected override void Dispose(bool disposing)
    {
        // The parts own this handler too.
        if (disposing)
        {
            _parts.Dispose();
        }

        base.Dispose(disposing);
    }

    private sealed class NoQuarantine : IQuarantine
    {
        public Task KeepAsync(QuarantinedResponse answer, CancellationToken ct) => Task.CompletedTask;
    }
}
