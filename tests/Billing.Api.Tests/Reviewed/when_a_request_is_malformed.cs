using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Reviewed;

[Collection(GlobalPayCollection.Name)]
public class when_a_request_is_malformed(OneWorld shared)
{
    private readonly World world = shared.World;

    [Theory]
    [InlineData("abc")]
    [InlineData("1.5")]
    [InlineData("99999999999")]
    public async Task a_number_that_is_none_is_refused_with_a_sentence(string limit)
    {
        var reply = await world.Storefront.ReadAsync($"v1/subscriptions?limit={limit}");

        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, "application/problem+json", "limit_invalid"),
            (reply.Status, reply.ContentType?.Split(';')[0], (string)reply.Json["code"]!));
        Assert.NotEmpty((string)reply.Json["detail"]!);
    }

    [Fact]
    public async Task an_id_with_a_newline_behind_it_is_refused()
    {
        var subscriber = await Subscriber.Open(world);

        var reply = await world.Storefront.PostBodyAsync(
            $"v1/subscriptions/{subscriber.Id}/charges",
            new JsonObject { ["merchantTransactionId"] = "a\n", ["amountMinor"] = 100, ["currency"] = "BRL" });

        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, "merchant_transaction_id_invalid"),
            (reply.Status, (string)reply.Json["code"]!));
    }

    [Fact]
    public async Task the_document_says_who_may_call_and_how_to_repeat()
    {
        using var client = new HttpClient { BaseAddress = world.Address };
        var paths = (await client.ReadAsync("openapi/v1.json")).Json["paths"]!;

        Assert.Equal(["RequestId"], Headers(paths["/v1/preapprovals"]!["post"]!));
        Assert.Equal(["RequestId", "If-Match"], Headers(paths["/v1/payments/recurrent"]!["post"]!));
        Assert.Equal(["RequestId", "If-Match"], Headers(paths["/v1/preapprovals/{id}"]!["patch"]!));
        Assert.Equal(["If-Match"], Headers(paths["/v1/subscriptions/{id}/pause"]!["post"]!));
        Assert.Empty(Headers(paths["/v1/preapprovals/{id}"]!["get"]!));
        Assert.All(
            paths.AsObject()
                .Where(path => path.Key.StartsWith("/v1/", StringComparison.Ordinal) && path.Key != "/v1/notifications")
                .SelectMany(path => path.Value!.AsObject()),
            operation => Assert.NotNull(operation.Value!["security"]![0]!["Basic"]));
        Assert.Null(paths["/v1/notifications"]!["post"]!["security"]);
    }

    private static string[] Headers(JsonNode operation) =>
        [.. (operation["parameters"]?.AsArray() ?? []).Where(parameter => (string)parameter!["in"]! == "header")
            .Select(parameter => (string)parameter!["name"]!)];
}
