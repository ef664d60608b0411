using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Billing.Domain.Gateway;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;

namespace Billing.Gateway.Tests.Calls;

/// <summary>What one call looked like on the wire.</summary>
public sealed record Seen(string Method, string PathAndQuery, string Body, IReadOnlyDictionary<string, string> Headers);

/// <summary>Gives its answers in order, repeats the last one, and records the calls.</summary>
public sealed class StubGateway : HttpMessageHandler
{
    private readonly ConcurrentQueue<Func<CancellationToken, Task<HttpResponseMessage>>> _answers = new();
    private Func<CancellationToken, Task<HttpResponseMessage>>? _last;

    public List<Seen> Calls { get; } = [];

    public LogLines Log { get; } = new();

    /// <summary>What the gateway put into quarantine.</summary>
    public KeptAnswers Kept { get; } = [];

    /// <summary>By default no limit.</summary>
    public IRateLimit RateLimit { get; set; } = new NoRateLimit();

    /// <summary>Of the gateway that was opened last.</summary>
    public IGatewayAvailability Availability { get; private set; } = null!;

    public StubGateway Answers(int status, string body = "", string type = "application/json") =>
        Does(_ =>
            Task.FromResult(
                new HttpResponseMessage((HttpStatusCode)status)
                {
                    Content = new ByteArrayContent(
                        Encoding.UTF8.GetBytes(body))
                    { Headers = { { "Content-Type", type } } }
                }));

    /// <summary>Answers with a Retry-After.</summary>
    public StubGateway AnswersLater(int status, string retryAfter, string? date = null) => Does(_ =>
    {
        var later = new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent([]) };
        later.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
        later.Headers.TryAddWithoutValidation("Date", date);
        return Task.FromResult(later);
    });

    public StubGateway Fails(Exception failure) => Does(_ => Task.FromException<HttpResponseMessage>(failure));

    public StubGateway Hangs() => Does(async ct =>
    {
        await Task.Delay(Timeout.Infinite, ct);
        throw new InvalidOperationException("Never reached.");
    });

    /// <summary>The port as the host would get it, with this in place of the network.</summary>
    public IPaymentGateway Open(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Gateway:BaseAddress", "https://gateway.test")])
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create<string, string?>(s.Key, s.Value)))
            .Build();

        var services = new ServiceCollection()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Log))
            .AddSingleton<ISiteKeys>(new OneSite())
            .AddSingleton<IQuarantine>(Kept)
            .AddSingleton(RateLimit)
            .AddGlobalPayGateway(configuration)
            .ConfigureAll<HttpClientFactoryOptions>(http =>
                http.HttpMessageHandlerBuilderActions.Add(builder => builder.PrimaryHandler = this))
            .BuildServiceProvider();
        Availability = services.GetRequiredService<IGatewayAvailability>();

        return services.GetRequiredService<IPaymentGateway>();
    }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        var headers = request.Headers.Concat(request.Content?.Headers.AsEnumerable() ?? [])
            .ToDictionary(header => header.Key, header => string.Join(',', header.Value));
        Calls.Add(new Seen(request.Method.Method, request.RequestUri!.PathAndQuery, body, headers));

        _last = _answers.TryDequeue(out var next) ? next : _last;
        return await _last!(cancellationToken);
    }

    private StubGateway Does(Func<CancellationToken, Task<HttpResponseMessage>> answer)
    {
        _answers.Enqueue(answer);
        return this;
    }

    public sealed class KeptAnswers : List<QuarantinedResponse>, IQuarantine
    {
        public bool Fails { get; set; }

        public Task KeepAsync(QuarantinedResponse response, CancellationToken ct)
        {
            Add(response);
            return Fails ? Task.FromException(new IOException()) : Task.CompletedTask;
        }
    }

    private sealed class OneSite : ISiteKeys
    {
        public string GatewayKeyOf(string siteId) =>
            siteId == A.Site ? A.Key : throw new KeyNotFoundException($"Site {siteId} is not configured.");
    }
}
