using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Billing.Api.Mandates;
using Billing.Api.Tests.Specs;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Subscribing;

[Keeps(Promise.HistoryIsProvenAndPeopleAreForgotten)]
public class when_a_customer_is_looked_up
{
    [Fact]
    public async Task by_email_the_own_site_finds_them_until_they_are_forgotten()
    {
        await using var world = await World.StartAsync();
        var subscriber = await Subscriber.Pending(world);

        Assert.Equal([subscriber.Id], await Search(world.Storefront, "  JDoe@Example.com "));
        Assert.Empty(await Search(world.Storefront, "absent@example.com"));
        Assert.Empty(await Search(world.Client("30202", "storefront-key-30202"), "jdoe@example.com"));
        Assert.DoesNotContain("jdoe", await Rows(world), StringComparison.OrdinalIgnoreCase);

        await world.Services.GetRequiredService<ForgetCustomer>().RunAsync("30201", subscriber.Id, "test", default);

        Assert.Empty(await Search(world.Storefront, "jdoe@example.com"));
        Assert.Equal("0", await Rows(world, "count(*)"));
    }

    [Fact]
    public async Task every_address_that_can_subscribe_can_be_searched()
    {
        await using var world = await World.StartAsync();
        var email = $"{new string('x', 300)}@shop.example";
        var request = Subscriber.Request("long-address");
        request["Preapproval"]!["Customer"]!["Email"] = email;
        Assert.Equal(HttpStatusCode.Created, (await world.Storefront.PostBodyAsync("v1/preapprovals", request)).Status);

        Assert.Single(await Search(world.Storefront, email));
        await EveryOneIsFoundOnceAsync(world, request, email);
        Assert.Equal(
            HttpStatusCode.UnprocessableEntity,
            (await world.Storefront.PostBodyAsync(
                "v1/subscriptions/search", new JsonObject { ["email"] = new string('x', 321) })).Status);
        Assert.Equal(
            HttpStatusCode.UnprocessableEntity,
            (await world.Storefront.PostBodyAsync(
                "v1/subscriptions/search", new JsonObject { ["mail"] = email })).Status);
    }

    // One more subscribes after each page.
    private static async Task EveryOneIsFoundOnceAsync(World world, JsonObject request, string email)
    {
        for (var n = 1; n <= 2; n++)
        {
            request["Preapproval"]!["MerchantPreapprovalID"] = $"long-address-{n}";
            await world.Storefront.PostBodyAsync("v1/preapprovals", request);
        }

        var (before, seen, pages) = (await Search(world.Storefront, email), new List<Guid>(), 0);
        var search = new JsonObject { ["email"] = email, ["limit"] = 1 };

        do
        {
            var page = (await world.Storefront.PostBodyAsync("v1/subscriptions/search", search)).Json;
            seen.AddRange(page["subscriptions"]!.AsArray().Select(it => (Guid)it!["id"]!));
            search["after"] = page["next"]?.DeepClone();
            request["Preapproval"]!["MerchantPreapprovalID"] = $"long-address-later-{++pages}";
            await world.Storefront.PostBodyAsync("v1/preapprovals", request);
        }
        while (search["after"] is not null);

        Assert.Equal(3, before.Length);
        Assert.Equal(before, seen);
        search["after"] = "nothing";
        var refused = await world.Storefront.PostBodyAsync("v1/subscriptions/search", search);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Equal("cursor_invalid", (string)refused.Json["code"]!);
    }

    private static async Task<Guid[]> Search(HttpClient storefront, string email)
    {
        using var answer = await storefront.PostAsJsonAsync("v1/subscriptions/search", new { email });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        return [.. JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["subscriptions"]!.AsArray()
            .Select(it => (Guid)it!["id"]!)];
    }

    private static async Task<string> Rows(World world, string what = "string_agg(c::text, ',')")
    {
        await using var command = world.DataSource.CreateCommand($"select ({what})::text from mt_doc_customeremail c");

        return (string)(await command.ExecuteScalarAsync())!;
    }
}
