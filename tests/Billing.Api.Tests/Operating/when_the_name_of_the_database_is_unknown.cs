using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Billing.Api.Hosting;
using Billing.Api.Tests.Specs;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Billing.Api.Tests.Operating;

/// <summary>The name of a container is unknown while the container is down: its database is away.</summary>
public class when_the_name_of_the_database_is_unknown
{
    private static readonly Dictionary<string, string?> Settings =
        World.Settings("Host=no-such-host.invalid;Database=billing;Username=billing");

    [Fact]
    public async Task a_verb_says_that_the_database_is_away_and_exits_with_3()
    {
        (await Verbs.Run(Settings, "audit", "verify")).Ended(3)
            .With("The database refused or did not answer:").Without("--urls").Without("   at ");
    }

    [Fact]
    public async Task requests_are_answered_with_503_and_readiness_says_so()
    {
        var address = new Uri($"http://127.0.0.1:{LocalMachine.FreePort()}/");
        await using var app = BillingApp.Build(
            [
                .. Settings.Select(setting => $"--{setting.Key.Replace("__", ":")}={setting.Value}"),
                "--Logging:LogLevel:Default=None", "--urls", $"{address}",
            ],
            services => services.RemoveAll<IHostedService>());
        await app.StartAsync();
        using var caller = new HttpClient { BaseAddress = address };
        caller.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("30201:storefront-key-30201")));

        using var ready = await caller.GetAsync("health/ready");
        using var listed = await caller.GetAsync("v1/subscriptions");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal("The database does not answer.", (string)(await JsonOf(ready))["reason"]!);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, listed.StatusCode);
        Assert.Equal("database_unavailable", (string)(await JsonOf(listed))["code"]!);
        Assert.NotNull(listed.Headers.RetryAfter);
    }

    [Fact]
    public void that_of_the_gateway_says_nothing_about_the_database()
    {
        var unknown = new SocketException((int)SocketError.HostNotFound);

        Assert.True(DatabaseErrors.IsTransient(unknown));
        Assert.False(DatabaseErrors.IsTransient(new HttpRequestException("The gateway cannot be reached.", unknown)));
    }

    private static async Task<JsonNode> JsonOf(HttpResponseMessage answer) =>
        JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
}
