using System.Net;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Reviewed;

/// <summary>
/// What no endpoint serves, and what none has caught, is answered with a body in the manner of the path.
/// </summary>
[Collection(GlobalPayCollection.Name)]
public class when_no_endpoint_answers(OneWorld shared)
{
    private readonly World world = shared.World;

    [Theory]
    [InlineData("GET", "v1/subscriptions/not-an-id", HttpStatusCode.NotFound, "not_found")]
    [InlineData("GET", "v1/subscriptions/not-an-id/explain", HttpStatusCode.NotFound, "not_found")]
    [InlineData("GET", "v1/notifications/not-an-id", HttpStatusCode.NotFound, "not_found")]
    [InlineData("PUT", "v1/payments/1/explain", HttpStatusCode.MethodNotAllowed, "method_not_allowed")]
    [InlineData("PUT", "v1/dead-letters", HttpStatusCode.MethodNotAllowed, "method_not_allowed")]
    [InlineData("GET", "nothing", HttpStatusCode.NotFound, "not_found")]
    [InlineData("PUT", "v1/subscriptions", HttpStatusCode.MethodNotAllowed, "method_not_allowed")]
    [InlineData("DELETE", "v1/feed", HttpStatusCode.MethodNotAllowed, "method_not_allowed")]
    public async Task our_own_paths_say_so_in_a_problem(string method, string path, HttpStatusCode status, string code)
    {
        var reply = await world.Storefront.AskAsync(new HttpMethod(method), path);

        Assert.Equal((status, "application/problem+json"), (reply.Status, reply.ContentType?.Split(';')[0]));
        Assert.Equal(code, (string?)reply.Json["code"]);
        Assert.NotEmpty((string)reply.Json["requestId"]!);
    }

    [Theory]
    [InlineData("GET", "v1/methods", HttpStatusCode.NotFound)]
    [InlineData("GET", "v1/refunds/types/46/BR/BRL", HttpStatusCode.NotFound)]
    [InlineData("GET", "v1/exchangerates/EUR/USD", HttpStatusCode.NotFound)]
    [InlineData("GET", "v1/cards", HttpStatusCode.NotFound)]
    [InlineData("POST", "v1/payments/1/capture", HttpStatusCode.NotFound)]
    [InlineData("GET", "v1/nothing", HttpStatusCode.NotFound)]
    [InlineData("GET", "v1/subscriptionsOfAnother", HttpStatusCode.NotFound)]
    [InlineData("PUT", "v1/preapprovals/1", HttpStatusCode.MethodNotAllowed)]
    public async Task calls_of_the_gateway_that_are_not_served_say_so_in_its_body(
        string method, string path, HttpStatusCode status)
    {
        var reply = await world.Storefront.AskAsync(new HttpMethod(method), path);

        Assert.Equal((status, "application/json; charset=utf-8"), (reply.Status, reply.ContentType));
        Assert.NotEmpty((string)reply.Json["Message"]!);

        using var stranger = world.Client("30201", "no-such-key");
        var denied = await stranger.AskAsync(new HttpMethod(method), path);
        Assert.Equal(HttpStatusCode.Unauthorized, denied.Status);
        Assert.True(denied.Challenges);
        Assert.NotEmpty((string)denied.Json["Message"]!);
    }

    [Fact]
    public async Task a_body_of_another_type_is_refused_in_words()
    {
        var reply = await world.Storefront.AskAsync(
            HttpMethod.Post, $"v1/subscriptions/{Guid.NewGuid()}/skip",
            new FormUrlEncodedContent([new("dueOn", "2030-01-01")]));

        Assert.Equal(
            (HttpStatusCode.UnsupportedMediaType, "content_type_unsupported"),
            (reply.Status, (string?)reply.Json["code"]));
    }

    [Theory]
    [InlineData("v1/preapprovals")]
    [InlineData("v1/subscriptions")]
    [InlineData("v1/nothing")]
    public async Task every_answer_names_its_request_and_may_not_be_kept(string path)
    {
        using var answer = await world.Storefront.GetAsync(path);

        Assert.NotEmpty(answer.Headers.GetValues("X-Request-Id"));
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.True(answer.Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task the_documentation_runs_its_own_scripts_only()
    {
        using var answer = await world.Anonymous.GetAsync("docs/index.html");

        Assert.Contains("default-src 'self'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
        Assert.DoesNotContain("<script>", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
