using System.Net;
using System.Net.Sockets;
using Billing.Domain.Gateway;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Billing.Gateway.Tests.Calls;

public class when_the_gateway_is_away
{
    private static readonly (string, string)[] Quick =
        [("Gateway:BreakerFailures", "3"), ("Gateway:BreakerSeconds", "600")];

    private readonly StubGateway _stub = new();

    [Theory]
    [InlineData(HttpRequestError.ConnectionError, "not_connected")]
    [InlineData(HttpRequestError.NameResolutionError, "name_not_resolved")]
    [InlineData(HttpRequestError.SecureConnectionError, "tls_failed")]
    public async Task a_connection_that_never_came_about_carried_nothing(HttpRequestError error, string symptom)
    {
        var gateway = _stub.Fails(new HttpRequestException(error)).Open();

        Assert.Equal(
            symptom, Assert.IsType<ChargeResult.NotSent>(await gateway.ChargeAsync(A.Charge, default)).Symptom);
        Assert.Equal(
            symptom, Assert.IsType<ChargeResult.NotSent>(await gateway.FindChargeAsync(A.Charge, default)).Symptom);
        Assert.Equal(
            symptom,
            Assert.IsType<MandateResult.NotSent>(await gateway.RegisterAsync(A.Site, A.Mandate, default)).Symptom);
        Assert.Equal(
            symptom,
            Assert.IsType<MandateResult.NotSent>(
                await gateway.ChangeMandateAsync(A.Site, 4217, A.Mandate, default)).Symptom);
        Assert.Equal(
            symptom,
            Assert.IsType<MandateResult.NotSent>(await gateway.CloseMandateAsync(A.Site, 4217, default)).Symptom);
        Assert.Equal(
            symptom,
            Assert.IsType<MandateResult.NotSent>(await gateway.ReadMandateAsync(A.Site, 4217, default)).Symptom);
        Assert.Equal(
            symptom,
            Assert.IsType<MandateResult.NotSent>(
                await gateway.FindMandateAsync(A.Site, "s2ptest_g107", 50, default)).Symptom);
    }

    [Fact]
    public async Task nor_did_one_that_took_too_long() => Assert.Equal(
        "connect_timeout", Assert.IsType<ChargeResult.NotSent>(
            await _stub.Fails(new TaskCanceledException("", new TimeoutException())).Open()
                .ChargeAsync(A.Charge, default)).Symptom);

    // Not a stub: the runtime's own errors for a closed port and for a name that does not exist.
    [Theory]
    [InlineData("http://127.0.0.1:{0}", "not_connected")]
    [InlineData("http://gateway.invalid", "name_not_resolved")]
    public async Task so_says_the_real_network(string address, string symptom)
    {
        using var deaf = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        deaf.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)deaf.LocalEndPoint!).Port;
        Dictionary<string, string?> settings = new()
        {
            ["Gateway:BaseAddress"] = string.Format(null, address, port),
            ["Gateway:ConnectTimeoutSeconds"] = "60",
            ["Gateway:TimeoutSeconds"] = "60"
        };
        await using var services = new ServiceCollection()
            .AddLogging(logging => logging.ClearProviders())
            .AddSingleton<ISiteKeys>(new when_the_network_fails.AnySite())
            .AddSingleton<IQuarantine>(new StubGateway.KeptAnswers())
            .AddGlobalPayGateway(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .BuildServiceProvider();

        Assert.Equal(
            symptom,
            Assert.IsType<ChargeResult.NotSent>(
                await services.GetRequiredService<IPaymentGateway>().ChargeAsync(A.Charge, default)).Symptom);
    }

    [Fact]
    public async Task after_so_many_failures_nothing_is_sent_any_more()
    {
        var gateway = _stub.Answers(503).Open(Quick);

        for (var call = 0; call < 3; call++)
        {
            Assert.Equal(new ChargeResult.Unknown("http_503"), await gateway.ChargeAsync(A.Charge, default));
        }

        var unsent = Assert.IsType<ChargeResult.NotSent>(await gateway.ChargeAsync(A.Charge, default));
        Assert.Equal("breaker_open", unsent.Symptom);
        Assert.InRange(unsent.Wait, TimeSpan.FromSeconds(590), TimeSpan.FromSeconds(600));
        Assert.IsType<ChargeResult.NotSent>(await gateway.FindChargeAsync(A.Charge, default));
        Assert.Null(await gateway.ListMandatesAsync(A.Site, 50, default));
        Assert.Equal(3, _stub.Calls.Count);
        Assert.Contains("the breaker is open, nothing is sent for 600 s", _stub.Log.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_breaker_says_beforehand_that_nothing_would_be_sent()
    {
        var gateway = _stub.Answers(503).Open(Quick);
        Assert.Null(_stub.Availability.RetryAfter(A.Site));

        for (var call = 0; call < 3; call++)
        {
            Assert.Null(_stub.Availability.RetryAfter(A.Site));
            Assert.False(_stub.Availability.AllowsOneCallOnly(A.Site));
            await gateway.ChargeAsync(A.Charge, default);
        }

        var wait = Assert.NotNull(_stub.Availability.RetryAfter(A.Site));
        Assert.InRange(wait, TimeSpan.FromSeconds(590), TimeSpan.FromSeconds(600));
        Assert.Null(_stub.Availability.RetryAfter("30202"));
        Assert.False(_stub.Availability.AllowsOneCallOnly("30202"));
    }

    [Fact]
    public async Task one_call_only_may_go_when_the_time_is_over()
    {
        var gateway = _stub.AnswersLater(503, "1").Answers(201, A.Payment()).Open();
        await gateway.ChargeAsync(A.Charge, default);

        while (_stub.Availability.RetryAfter(A.Site) is { } wait)
        {
            await Task.Delay(wait);
        }

        Assert.True(_stub.Availability.AllowsOneCallOnly(A.Site));
        Assert.IsType<ChargeResult.Confirmed>(await gateway.ChargeAsync(A.Charge, default));
        Assert.False(_stub.Availability.AllowsOneCallOnly(A.Site));
    }

    [Fact]
    public async Task a_refusal_in_between_is_service()
    {
        var gateway = _stub.Answers(503).Answers(503).Answers(400, A.RefusedPayment("12")).Answers(503).Answers(503)
            .Open(Quick);

        for (var call = 0; call < 5; call++)
        {
            await gateway.ChargeAsync(A.Charge, default);
        }

        Assert.Equal(5, _stub.Calls.Count);
    }

    [Theory]
    [InlineData(429, "7", null, 7)]
    [InlineData(503, "7", null, 7)]
    [InlineData(429, "86400", null, 300)]
    [InlineData(429, "Thu, 01 Jan 2026 00:00:20 GMT", "Thu, 01 Jan 2026 00:00:00 GMT", 20)]
    public async Task a_time_that_it_names_is_kept_within_bounds(
        int status, string retryAfter, string? date, int seconds)
    {
        var gateway = _stub.AnswersLater(status, retryAfter, date).Answers(201, A.Payment()).Open();

        // It is not known whether the gateway acted on it: it is looked up, not sent again.
        Assert.Equal(new ChargeResult.Unknown($"http_{status}"), await gateway.ChargeAsync(A.Charge, default));

        Assert.InRange(
            Assert.IsType<ChargeResult.NotSent>(await gateway.ChargeAsync(A.Charge, default)).Wait.TotalSeconds,
            seconds - 5, seconds);
        Assert.Single(_stub.Calls);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-3")]
    [InlineData("soon")]
    [InlineData("Thu, 01 Jan 2026 00:00:20 GMT")]
    public async Task a_time_that_says_nothing_is_none(string retryAfter)
    {
        var gateway = _stub.AnswersLater(429, retryAfter).Answers(201, A.Payment()).Open();

        await gateway.ChargeAsync(A.Charge, default);

        Assert.IsType<ChargeResult.Confirmed>(await gateway.ChargeAsync(A.Charge, default));
    }
}
