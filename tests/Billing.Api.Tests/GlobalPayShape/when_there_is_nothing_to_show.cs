using System.Net;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.GlobalPayShape;

[Collection(GlobalPayCollection.Name)]
public class when_there_is_nothing_to_show(OneWorld shared)
{
    private readonly World world = shared.World;

    [Theory]
    [InlineData("GET", "v1/preapprovals/{0}", "Preapproval")]
    [InlineData("PATCH", "v1/preapprovals/{0}", "Preapproval")]
    [InlineData("DELETE", "v1/preapprovals/{0}", "Preapproval")]
    [InlineData("GET", "v1/preapprovals/{0}/payments", "Payment")]
    [InlineData("GET", "v1/payments/{0}", "Payment")]
    public async Task it_is_404_in_the_calls_own_envelope(string method, string path, string envelope)
    {
        foreach (var id in (string[])["2000000000", "0", "-1", "99999999999999999999", "abc", "1%20or%201=1"])
        {
            var reply = await world.Storefront.AskAsync(
                new HttpMethod(method), string.Format(path, id),
                method == "PATCH" ? Subscriber.Request("absent") : null);

            reply.AssertRefused(HttpStatusCode.NotFound, envelope, "12");
        }
    }

    [Theory]
    [InlineData("v1/preapprovals?limit=0")]
    [InlineData("v1/preapprovals?limit=1001")]
    [InlineData("v1/preapprovals?limit=many")]
    [InlineData("v1/preapprovals?limit=%00")]
    public async Task a_limit_that_cannot_be_is_refused(string path) =>
        (await world.Storefront.ReadAsync(path)).AssertRefused(HttpStatusCode.BadRequest, "Preapproval", "2");

    [Theory]
    [InlineData("pageSize=0")]
    [InlineData("pageIndex=-1")]
    [InlineData("startDate=2026-01-01")]
    [InlineData("statusID=two")]
    [InlineData("country=BR")]
    [InlineData("merchantTransactionID=a%00b")]
    [InlineData("currency=B%00L")]
    [InlineData("statusID=%00")]
    public async Task a_filter_that_cannot_filter_is_refused_and_never_ignored(string query) =>
        (await world.Storefront.ReadAsync($"v1/payments?{query}"))
            .AssertRefused(HttpStatusCode.BadRequest, "Payment", "2");

    [Fact]
    public async Task a_filter_longer_than_any_value_is_refused_and_never_ignored() =>
        (await world.Storefront.ReadAsync($"v1/payments?merchantTransactionID={new string('x', 201)}"))
            .AssertRefused(HttpStatusCode.BadRequest, "Payment", "2");

    [Theory]
    [InlineData("30201", "gateway-key-30201")]
    [InlineData("30201", "storefront-key-30202")]
    [InlineData("30202", "storefront-key-30201")]
    [InlineData("30201", "")]
    public async Task a_stranger_gets_401_on_every_path(string site, string key)
    {
        using var stranger = world.Client(site, key);

        foreach (var (method, path) in await EndpointsAsync())
        {
            var reply = await stranger.AskAsync(
                method, path, method == HttpMethod.Get ? null : Subscriber.Request("stranger"));

            Assert.True(reply.Status is HttpStatusCode.Unauthorized, $"{method} {path}: {reply.Status}");
            Assert.True(reply.Challenges);
            Assert.NotEmpty((string)(reply.Json["detail"] ?? reply.Json["Message"])!);
            Assert.Equal(
                IsOurs(path) ? "application/problem+json" : "application/json; charset=utf-8", reply.ContentType);
        }
    }

    // As the service documents them, without the notifications: their sender has a key of its own.
    private async Task<IReadOnlyList<(HttpMethod Method, string Path)>> EndpointsAsync()
    {
        using var client = new HttpClient { BaseAddress = world.Address };
        var paths = (await client.ReadAsync("openapi/v1.json")).Json["paths"]!.AsObject();
        var endpoints = paths.Where(path => path.Key.StartsWith("/v1/", StringComparison.Ordinal))
            .SelectMany(path => path.Value!.AsObject().Select(operation => (
                Method: HttpMethod.Parse(operation.Key),
                Path: path.Key.TrimStart('/').Replace("{id}", IdIn(path.Key), StringComparison.Ordinal)
                    .Replace("{refundId}", "1", StringComparison.Ordinal))))
            .Where(endpoint => endpoint != (HttpMethod.Post, "v1/notifications")).ToList();
        Assert.InRange(endpoints.Count, 30, 100);

        return endpoints;
    }

    private static bool IsOurs(string path) =>
        path.EndsWith("/explain", StringComparison.Ordinal)
        || !(path.StartsWith("v1/preapprovals", StringComparison.Ordinal)
            || path.StartsWith("v1/payments", StringComparison.Ordinal));

    private static string IdIn(string path) =>
        path.StartsWith("/v1/preapprovals", StringComparison.Ordinal)
            || path.StartsWith("/v1/payments", StringComparison.Ordinal)
            ? "1"
            : $"{Guid.Empty}";
}
