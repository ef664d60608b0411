using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Billing.Api.Tests.Auditing;
using Billing.Api.Tests.Specs;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Billing.Api.Tests.Operating;

[Collection(OperatedWorld.Name)]
public partial class when_the_service_stands(OneWorld shared)
{
    private World World => shared.World;

    [Fact]
    public async Task the_openapi_document_lists_every_route()
    {
        var document = JsonNode.Parse(await World.Anonymous.GetStringAsync("openapi/v1.json"))!;
        var paths = document["paths"]!.AsObject();
        var routes = World.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(it => (
                Path: "/" + Constraint().Replace(it.RoutePattern.RawText!, "").Trim('/'),
                Methods: it.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []))
            .Where(it => it.Path.StartsWith("/v1/", StringComparison.Ordinal)
                || it.Path.StartsWith("/health/", StringComparison.Ordinal))
            .SelectMany(it => it.Methods.Select(method => (it.Path, Method: method.ToLowerInvariant())))
            .ToList();

        Assert.True(routes.Count >= 19, $"{routes.Count} routes");
        Assert.DoesNotContain(routes, it => (paths[it.Path] ?? paths[$"{it.Path}/"])?[it.Method] is null);
        Assert.All(routes, it => Assert.NotNull((paths[it.Path] ?? paths[$"{it.Path}/"])![it.Method]!["summary"]));
    }

    // Compiling the plan of a page takes a hundred times as long as reading the page.
    [Fact]
    public async Task its_statements_are_never_compiled()
    {
        await using var connection = await World.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        await using var asked = new NpgsqlCommand("select current_setting('jit')", connection);

        Assert.Equal("off", await asked.ExecuteScalarAsync());
    }

    [Fact]
    public async Task the_documentation_answers_with_a_page()
    {
        using var page = await World.Anonymous.GetAsync("docs");

        Assert.Equal((HttpStatusCode.OK, "text/html"), (page.StatusCode, page.Content.Headers.ContentType?.MediaType));
        Assert.Contains(
            "/openapi/v1.json", await World.Anonymous.GetStringAsync("docs/index.js"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task health_names_what_waits_for_a_person()
    {
        Assert.Equal("""{"status":"live"}""", await World.Anonymous.GetStringAsync("health/live"));
        var before = await ReadyAsync();
        Assert.Equal("ready", (string)before["status"]!);
        Assert.True(before.AsObject().ContainsKey("oldestWaitingSeconds"));

        var subscriber = await Subscriber.Open(World, Subscriber.Schedule());
        const string Call = """{"Operation": "Close", "State": "Unknown", "Owner": "operator"}""";
        await World.DataSource.DoAsync(
            "update mt_doc_payment set owner = 'operator', owned_since = now(), data = jsonb_set(data, "
            + $"'{{Charge,Call}}', '{Call}') where preapproval_id = $1",
            subscriber.Id);
        await World.DataSource.DoAsync(
            "update mt_doc_subscription set owner = 'operator', mandate_owned_since = now(), "
            + $"data = jsonb_set(data, '{{Unsettled}}', '{{\"Call\": {Call}}}') where id = $1",
            subscriber.Id);

        try
        {
            var ready = await ReadyAsync();

            Assert.Equal(
                ("ready", (long)before["chargesWithOwner"]! + 1, (long)before["mandatesWithOwner"]! + 1),
                ((string)ready["status"]!, (long)ready["chargesWithOwner"]!, (long)ready["mandatesWithOwner"]!));
        }
        finally
        {
            await World.DataSource.DoAsync(
                "update mt_doc_payment set owner = null, owned_since = null, data = data #- '{Charge,Call}' "
                + "where preapproval_id = $1",
                subscriber.Id);
            await World.DataSource.DoAsync(
                "update mt_doc_subscription set owner = null, mandate_owned_since = null, data = data - 'Unsettled' "
                + "where id = $1", subscriber.Id);
        }
    }

    [Fact]
    public async Task the_sandboxs_levers_are_not_on_the_api()
    {
        using var clock = await World.Storefront.PostAsync("sandbox/clock", new StringContent("""{"advance":"P1M"}"""));

        Assert.Equal(HttpStatusCode.NotFound, clock.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await World.Anonymous.GetAsync("sandbox/idle")).StatusCode);
    }

    private async Task<JsonNode> ReadyAsync() => JsonNode.Parse(await World.Anonymous.GetStringAsync("health/ready"))!;

    [GeneratedRegex(":[a-z]+(?=})")]
    private static partial Regex Constraint();
}
