using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Mandates;
using Billing.Api.Tests.Specs;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Seeds;

public class mercadopago_as_the_first_document_has_it
{
    [Fact]
    public async Task every_request_is_taken_as_it_stands_and_answered_in_the_documents_shape()
    {
        await using var world = await World.StartAsync();
        var storefront = world.Storefront;

        var created = await storefront.PostBodyAsync("v1/preapprovals", Seed.Text("create_46.request"));
        Assert.Equal(
            (HttpStatusCode.Created, "application/json; charset=utf-8"), (created.Status, created.ContentType));
        Seed.AssertLike("create_46", created.Text);
        Assert.Equal(4217, (int)created.Preapproval["ID"]!);
        Assert.Matches("^\\d{14}$", (string)created.Preapproval["Created"]!);
        Assert.Matches(
            "/MercadoPago2/Landing/PreapprovalLanding.aspx\\?ID=\\d+&Hash=[0-9A-F]{32}$",
            (string)created.Preapproval["RedirectURL"]!);
        Assert.DoesNotContain("\\u0026", created.Text);

        // The document's own notification opens it; the customer's approval at the sandbox then repeats it.
        Assert.Equal((HttpStatusCode.NoContent, ""), await Notify(world, "notification_46"));
        await world.UntilIdle();
        Seed.AssertLike("notification_46", (await storefront.ReadAsync("v1/preapprovals/4217")).Text);
        await world.Sandbox.ApproveAsync(4217);
        await world.UntilIdle();

        var changed = await storefront.AskAsync(
            HttpMethod.Patch, "v1/preapprovals/4217", Seed.Text("change_46.request"));
        Assert.Equal(HttpStatusCode.Created, changed.Status);
        Seed.AssertLike("change_46", changed.Text);
        Assert.Equal((string?)created.Preapproval["RedirectURL"], (string?)changed.Preapproval["RedirectURL"]);

        var read = await storefront.ReadAsync("v1/preapprovals/4217");
        Assert.Equal(HttpStatusCode.OK, read.Status);
        Seed.AssertLike("read_46", read.Text);

        await AssertPayments(world);
        await AssertList(world);

        var closed = await storefront.AskAsync(HttpMethod.Delete, "v1/preapprovals/4217");
        Assert.Equal(HttpStatusCode.OK, closed.Status);
        Seed.AssertLike("close_46", closed.Text);
        Assert.Equal(
            [4217, 3627, 3627, 3627],
            new[] { (int)closed.Preapproval["ID"]!, CustomerOf(created), CustomerOf(read), CustomerOf(closed) });
    }

    private static async Task AssertPayments(World world)
    {
        await world.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "charge", ["action"] = "decline", ["merchantTransactionId"] = "s2ptest_g108"
        });

        foreach (var id in (string[])["s2ptest_g108", "s2ptest_fg109", "aaaaaaaaaaaaaaa1-_AA"])
        {
            var body = new JsonObject
            {
                ["Payment"] = new JsonObject
                {
                    ["PreapprovalID"] = 4217, ["MerchantTransactionID"] = id, ["Amount"] = 100, ["Currency"] = "BRL"
                }
            };
            Assert.Equal(
                HttpStatusCode.Created, (await world.Storefront.PostBodyAsync("v1/payments/recurrent", body)).Status);
        }

        await world.UntilIdle();
        var list = await world.Storefront.ReadAsync("v1/preapprovals/4217/payments");
        Assert.Equal(HttpStatusCode.OK, list.Status);
        Seed.AssertListed("payments", list.Text, [.. Enumerable.Range(0, 3).SelectMany(
            i => new[] { $".Payments[{i}].ID", $".Payments[{i}].Created", $".Payments[{i}].NotificationDateTime" })]);
    }

    // Method 78 has no POST: its row was made elsewhere and is imported, as are the two closed ones.
    private static async Task AssertList(World world)
    {
        var rows = JsonNode.Parse(Seed.Text("list"))!["Preapprovals"]!.AsArray();
        rows.RemoveAt(0);
        await world.Sandbox.PostAsync("sandbox/fixtures", new JsonObject { ["Preapprovals"] = rows.DeepClone() });

        var recovered = await world.Services.GetRequiredService<Recovery>().RunAsync("30201", 50, "test", default);
        Assert.Equal([4103, 1744, 1743], recovered);
        Assert.Empty((await world.Services.GetRequiredService<Recovery>().RunAsync("30201", 50, "test", default))!);

        var list = await world.Storefront.ReadAsync("v1/preapprovals");
        Assert.Equal(HttpStatusCode.OK, list.Status);
        Seed.AssertListed("list", list.Text, ".Preapprovals[0].Created");
        Assert.Equal(
            4103,
            (int)(await world.Storefront.ReadAsync("v1/preapprovals?limit=2"))
                .Json["Preapprovals"]!.AsArray()[^1]!["ID"]!);
        Assert.Equal(
            3, await world.QueryAsync<long>("select count(*) from mt_events where type = 'recovered_from_gateway'"));
    }

    private static async Task<(HttpStatusCode, string)> Notify(World world, string name)
    {
        var reply = await world.Gateway.PostBodyAsync("v1/notifications", Seed.Text(name));

        return (reply.Status, reply.Text);
    }

    private static int CustomerOf(HttpReply reply) => (int)reply.Preapproval["Customer"]!["ID"]!;
}
