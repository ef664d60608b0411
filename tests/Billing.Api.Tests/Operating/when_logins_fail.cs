using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Billing.Api.Hosting.Sites;
using Billing.Api.Tests.Notifying;
using Billing.Api.Tests.Specs;
using Microsoft.AspNetCore.Http;

namespace Billing.Api.Tests.Operating;

/// <summary>Each test calls from addresses of its own.</summary>
[Collection(GuardedCollection.Name)]
public class when_logins_fail(GuardedWorld shared)
{
    private const int Limit = 10;

    private World World => shared.World;

    [Fact]
    public async Task after_ten_failures_from_an_address_every_login_for_that_site_has_to_wait()
    {
        using var guessing = From("127.0.0.11", "30201", "a-guess-of-the-key");
        using var right = From("127.0.0.11", "30201", "storefront-key-30201");
        using var gateway = From("127.0.0.11", "30201", "gateway-key-30201");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(right, "v1/subscriptions"));

        for (var i = 0; i < Limit; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(guessing, "v1/subscriptions"));
        }

        foreach (var caller in (HttpClient[])[guessing, right])
        {
            foreach (var path in (string[])["v1/subscriptions", "v1/preapprovals", "v1/payments/1/nothing"])
            {
                using var answer = await caller.GetAsync(path);
                Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
                Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
                Assert.Contains("Too many logins", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            }
        }

        // Failures with the storefront's key do not delay the gateway, only those with its own.
        var notified = await gateway.PostBodyAsync("v1/notifications", Notified.Payment("throttled", 2));
        Assert.Equal(HttpStatusCode.NoContent, notified.Status);

        for (var i = 0; i < Limit; i++)
        {
            var guessed = await guessing.PostBodyAsync("v1/notifications", Notified.Payment("throttled", 2));
            Assert.Equal(HttpStatusCode.Unauthorized, guessed.Status);
        }

        notified = await gateway.PostBodyAsync("v1/notifications", Notified.Payment("throttled", 2));
        Assert.Equal((HttpStatusCode)429, notified.Status);
        Assert.NotEmpty((string)notified.Json["Message"]!);
    }

    [Fact]
    public async Task failures_delay_no_login_from_another_address_or_for_another_site()
    {
        using var guessing = From("127.0.0.12", "30201", "a-guess-of-the-key");
        using var elsewhere = From("127.0.0.13", "30201", "storefront-key-30201");
        using var other = From("127.0.0.12", "30202", "storefront-key-30202");

        for (var i = 0; i < Limit + 1; i++)
        {
            await StatusAsync(guessing, "v1/subscriptions");
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(guessing, "v1/subscriptions"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(elsewhere, "v1/subscriptions"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(other, "v1/subscriptions"));
    }

    [Fact]
    public async Task callers_behind_a_proxy_on_this_machine_count_for_themselves_whatever_port_they_have()
    {
        for (var i = 0; i < Limit; i++)
        {
            using var guessing = From("127.0.0.17", "30201", "a-guess-of-the-key", $"203.0.113.7:{51234 + i}");
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(guessing, "v1/subscriptions"));
        }

        using var guesser = From("127.0.0.17", "30201", "storefront-key-30201", "203.0.113.7:40000");
        using var other = From("127.0.0.17", "30201", "storefront-key-30201", "203.0.113.8:51234");
        using var proxy = From("127.0.0.17", "30201", "storefront-key-30201");

        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(guesser, "v1/subscriptions"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(other, "v1/subscriptions"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(proxy, "v1/subscriptions"));
        Assert.Contains("A login for site 30201 from 203.0.113.7 failed.", shared.Log.All);
    }

    [Theory]
    [InlineData("198.51.100.9", "198.51.100.9")]
    [InlineData("::ffff:198.51.100.9", "198.51.100.9")]
    [InlineData("127.0.0.1", "203.0.113.7")]
    [InlineData("::1", "203.0.113.7")]
    [InlineData("10.0.0.1", "203.0.113.7")]
    public void a_forwarded_address_is_believed_of_this_machine_and_of_listed_proxies_only(string peer, string caller)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Parse(peer);
        http.Request.Headers["X-Forwarded-For"] = "203.0.113.7:51234";

        var address = CallerAddress.BehindLocalProxies([IPNetwork.Parse("10.0.0.0/8")]).Of(http);

        Assert.Equal(IPAddress.Parse(caller), address);
    }

    [Fact]
    public async Task a_request_without_credentials_is_no_failed_login()
    {
        using var asking = From("127.0.0.14", "30201", null);
        using var right = From("127.0.0.14", "30201", "storefront-key-30201");

        for (var i = 0; i < Limit + 1; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(asking, "v1/subscriptions"));
        }

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(right, "v1/subscriptions"));
    }

    [Fact]
    public async Task the_log_names_address_and_site_and_nothing_that_the_caller_sent()
    {
        using var wrong = From("127.0.0.15", "30201", "a-secret-that-is-not-ours");
        using var exchanged = From("127.0.0.16", "storefront-key-30201", "30201");
        await StatusAsync(wrong, "v1/subscriptions");
        await StatusAsync(exchanged, "v1/subscriptions");

        Assert.Contains("A login for site 30201 from 127.0.0.15 failed.", shared.Log.All);
        Assert.Contains("A login for site unknown from 127.0.0.16 failed.", shared.Log.All);
        Assert.DoesNotContain(shared.Log.All, line => line.Contains("a-secret", StringComparison.Ordinal));
        Assert.DoesNotContain(shared.Log.All, line => line.Contains("storefront-key", StringComparison.Ordinal));
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient caller, string path)
    {
        using var answer = await caller.GetAsync(path);

        return answer.StatusCode;
    }

    private HttpClient From(string address, string site, string? key, string? forwardedFor = null)
    {
        var caller = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (context, ct) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
                await socket.ConnectAsync(context.DnsEndPoint, ct);

                return new NetworkStream(socket, ownsSocket: true);
            },
        })
        {
            BaseAddress = World.Address,
        };

        if (forwardedFor is not null)
        {
            caller.DefaultRequestHeaders.Add("X-Forwarded-For", forwardedFor);
        }

        if (key is not null)
        {
            var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{site}:{key}"));
            caller.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", pair);
        }

        return caller;
    }
}
