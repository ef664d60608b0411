using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;
using Billing.Domain.Gateway;
using Billing.Gateway.Tests.Calls;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Billing.Gateway.Tests.Contract;

/// <summary>
/// What the contract is tested against: the sandbox, or the gateway that <c>GLOBALPAY_CONTRACT_URL</c>, <c>_SITE</c>
/// and <c>_KEY</c> name.
/// </summary>
public sealed class Counterpart : IAsyncLifetime
{
    private static readonly string?[] Given =
    [
        .. new[] { "URL", "SITE", "KEY" }.Select(name =>
            Environment.GetEnvironmentVariable("GLOBALPAY_CONTRACT_" + name)),
    ];

    private RunningProgram? _sandbox;
    private Uri _address = null!;

    /// <summary>Part of each test's name.</summary>
    public static TheoryData<string> Name { get; } = [Whom];

    public static string Whom => Given[0] ?? "the sandbox";

    public static string Site => Given[1] ?? A.Site;

    public static bool IsReal => Given[0] is not null;

    public IPaymentGateway Gateway { get; private set; } = null!;

    /// <summary>Unique: the gateway never frees an id.</summary>
    public static string NewName() => "billing-contract-" + Guid.CreateVersion7().ToString("N")[..24];

    public async Task InitializeAsync()
    {
        Assert.True(
            Given.All(value => value is null) || Given.All(value => !string.IsNullOrEmpty(value)),
            "GLOBALPAY_CONTRACT_URL, _SITE and _KEY are given together or not at all.");
        _address = IsReal ? new Uri(Given[0]!) : await StartSandboxAsync();
        Gateway = As(Given[2] ?? A.Key);
    }

    /// <summary>The port as the host gets it, with another key if wanted.</summary>
    public IPaymentGateway As(string key) => new ServiceCollection()
        .AddLogging(logging => logging.ClearProviders())
        .AddSingleton<ISiteKeys>(new Key(key))
        .AddSingleton<IQuarantine>(new StubGateway.KeptAnswers())
        .AddGlobalPayGateway(
            new ConfigurationBuilder()
                .AddInMemoryCollection(
                    [new("Gateway:BaseAddress", _address.ToString()), new("Gateway:TimeoutSeconds", "60")]).Build())
        .BuildServiceProvider()
        .GetRequiredService<IPaymentGateway>();

    /// <summary>
    /// A MercadoPago preapproval that a customer has approved: in the sandbox at once, at the real gateway by a person,
    /// beforehand.
    /// </summary>
    public async Task<int> OpenAsync()
    {
        if (IsReal)
        {
            var open = (await Gateway.ListMandatesAsync(Site, 1_000, default))?.FirstOrDefault(mandate =>
                mandate is { Status: MandateStatus.Open, Terms.MethodId: 46 });
            Assert.True(
                open is not null,
                "The real gateway shows no open MercadoPago preapproval. Create one, open its RedirectURL, approve, "
                + "and run again.");
            return open!.Gateway.PreapprovalId;
        }

        var made = Assert.IsType<MandateResult.Confirmed>(
            await Gateway.RegisterAsync(Site, Order(NewName()), default)).Value.Gateway.PreapprovalId;
        using var http = new HttpClient { BaseAddress = _address };
        (await http.PostAsJsonAsync($"sandbox/preapprovals/{made}/approve", new JsonObject()))
            .EnsureSuccessStatusCode();
        return made;
    }

    public static MandateOrder Order(string name, string description = "contract test") =>
        A.Mandate with { Terms = A.Mandate.Terms with { MerchantPreapprovalId = name, Description = description } };

    public async Task DisposeAsync()
    {
        if (_sandbox is not null)
        {
            await _sandbox.DisposeAsync();
        }
    }

    private async Task<Uri> StartSandboxAsync()
    {
        var address = new Uri($"http://127.0.0.1:{LocalMachine.FreePort()}/");
        var settings = new Dictionary<string, string?>
        {
            [$"Sandbox__Sites__{A.Site}__ApiKey"] = A.Key,
            [$"Sandbox__Sites__{A.Site}__NotificationUrl"] =
                $"http://127.0.0.1:{LocalMachine.FreePort()}/v1/notifications",
        };
        _sandbox = RunningProgram.Start("Billing.Sandbox", ["--urls", address.ToString()], settings);
        await _sandbox.UntilReadyAsync(new Uri(address, "health/live"));
        return address;
    }

    private sealed class Key(string key) : ISiteKeys
    {
        public string GatewayKeyOf(string siteId) => key;
    }
}
