using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Seeds;

[Collection(GlobalPayCollection.Name)]
public class other_methods_as_the_documents_have_them(OneWorld shared)
{
    private readonly World world = shared.World;

    [Fact]
    public async Task kakaopay_is_created_and_opened_in_the_documents_shape()
    {
        var created = await world.Storefront.PostBodyAsync("v1/preapprovals", Seed.Text("create_1135.request"));
        Assert.Equal(HttpStatusCode.Created, created.Status);
        Seed.AssertLike("create_1135", created.Text);
        Assert.Matches(
            "/AlipayOSP/Preapproval/PreapprovalLanding.aspx\\?ID=\\d+&Hash=[0-9A-F]{32}$",
            (string)created.Preapproval["RedirectURL"]!);

        await Notify("notification_1135", (int)created.Preapproval["ID"]!);

        // What the notification says otherwise (currency, country) is not applied.
        var open = Seed.Changed(
            "create_1135", it => (it["Status"]!["ID"], it["Status"]!["Info"], it["RedirectURL"]) = (2, "Open", null));
        Seed.AssertLikeText(open.ToJsonString(), (await Read(created)).Text);
    }

    [Fact]
    public async Task sepa_is_opened_by_the_notification_that_brings_its_mandate_reference()
    {
        // The object of the notification is a request as well: what it has more is ignored.
        var created = await world.Storefront.PostBodyAsync("v1/preapprovals", Seed.Text("notification_84"));
        Assert.Equal(HttpStatusCode.Created, created.Status);
        Assert.Equal(
            (1, "Pending"),
            ((int)created.Preapproval["Status"]!["ID"]!, (string)created.Preapproval["Status"]!["Info"]!));
        Assert.Null(created.Preapproval["MandateReference"]);

        await Notify("notification_84", (int)created.Preapproval["ID"]!);

        // GET names the status that the notification leaves without a name.
        Seed.AssertLikeText(
            Seed.Changed("notification_84", it => it["Status"]!["Info"] = "Open").ToJsonString(),
            (await Read(created)).Text);
    }

    [Fact]
    public async Task an_open_sepa_mandate_is_closed_in_the_documents_shape()
    {
        var created = await world.Storefront.PostBodyAsync("v1/preapprovals", Seed.Text("close_84"));
        await world.Sandbox.ApproveAsync((int)created.Preapproval["ID"]!);
        await world.UntilIdle();
        Assert.Matches("^SLMP\\d{9}$", (string)(await Read(created)).Preapproval["MandateReference"]!);

        var closed = await world.Storefront.AskAsync(HttpMethod.Delete, $"v1/preapprovals/{created.Preapproval["ID"]}");

        Assert.Equal(HttpStatusCode.OK, closed.Status);
        Seed.AssertLike("close_84", closed.Text);
        Assert.Equal(closed.Text, (await Read(created)).Text);
    }

    private Task<HttpReply> Read(HttpReply created) =>
        world.Storefront.ReadAsync($"v1/preapprovals/{created.Preapproval["ID"]}");

    private async Task Notify(string name, int id)
    {
        var reply = await world.Gateway.PostBodyAsync("v1/notifications", Seed.Changed(name, it => it["ID"] = id));
        Assert.Equal((HttpStatusCode.NoContent, ""), (reply.Status, reply.Text));
        await world.UntilIdle();
    }
}
