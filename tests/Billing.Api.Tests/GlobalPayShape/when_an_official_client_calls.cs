using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.GlobalPayShape;

[Collection(GlobalPayCollection.Name)]
public class when_an_official_client_calls(OneWorld shared)
{
    private readonly World world = shared.World;

    [Fact]
    public async Task the_php_clients_slashes_empty_strings_zeros_and_lengths_are_taken()
    {
        var request = Subscriber.Request($"php-{Guid.NewGuid():N}");
        var asked = request["Preapproval"]!.AsObject();
        (asked["Currency"], asked["PreapprovedMaximumAmount"], asked["MethodOptionID"], asked["RecurringPeriod"]) =
            ("", 0, 0, 0);
        (asked["Customer"]!["Gender"], asked["Customer"]!["Company"], asked["BillingAddress"]!["State"]) = ("", "", "");

        var created = await world.Storefront.PostBodyAsync("v1/preapprovals/", request);

        Assert.Equal(HttpStatusCode.Created, created.Status);
        Assert.Null(created.Preapproval["Currency"]);
        Assert.Null(created.Preapproval["PreapprovedMaximumAmount"]);
        Assert.Null(created.Preapproval["Customer"]!["Gender"]);
        var id = (int)created.Preapproval["ID"]!;
        await world.Sandbox.ApproveAsync(id);
        await world.UntilIdle();

        var charge = new JsonObject
        {
            ["Payment"] = new JsonObject
            {
                ["PreapprovalID"] = $"{id}", ["MerchantTransactionID"] = $"php-{id}", ["Amount"] = "100",
                ["Currency"] = "BRL", ["MethodID"] = 0, ["Description"] = "", ["ReturnURL"] = "",
                ["Customer"] = new JsonObject { ["Email"] = "jdoe@example.com" },
            },
        };
        var paid = await world.Storefront.PostBodyAsync("v1/payments/recurrent/", charge);
        Assert.Equal((HttpStatusCode.Created, 2), (paid.Status, (int)paid.Payment["Status"]!["ID"]!));

        foreach (var path in (string[])[
            "v1/preapprovals/", $"v1/preapprovals/{id}/", $"v1/preapprovals/{id}/payments/", "v1/payments/",
            $"v1/payments/{paid.Payment["ID"]}/"
        ])
        {
            var empty = new ByteArrayContent(
                [])
            { Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") } };
            Assert.Equal(HttpStatusCode.OK, (await world.Storefront.AskAsync(HttpMethod.Get, path, empty)).Status);
        }

        Assert.Equal(
            HttpStatusCode.OK, (await world.Storefront.AskAsync(HttpMethod.Delete, $"v1/preapprovals/{id}/")).Status);
    }

    [Fact]
    public async Task the_dotnet_clients_nulls_zeros_and_request_ids_on_every_call_are_taken()
    {
        var (once, request) = ($"{Guid.NewGuid()}", Subscriber.Request($"net-{Guid.NewGuid():N}"));
        var asked = request["Preapproval"]!.AsObject();
        (asked["ID"], asked["Created"], asked["Status"], asked["PreapprovedMaximumAmount"], asked["MethodOptionID"]) =
            (null, null, null, null, 0);
        (asked["Customer"]!["ID"], asked["Customer"]!["Gender"], asked["BillingAddress"]!["HouseNumber"]) =
            (0, null, null);

        var created = await world.Storefront.PostBodyAsync("v1/preapprovals", request, once);

        Assert.Equal(HttpStatusCode.Created, created.Status);
        var id = (int)created.Preapproval["ID"]!;
        await world.Sandbox.ApproveAsync(id);
        await world.UntilIdle();
        var charge = new JsonObject
        {
            ["Payment"] = new JsonObject
            {
                ["ID"] = 0, ["PreapprovalID"] = id, ["MerchantTransactionID"] = $"net-{id}", ["Amount"] = 100,
                ["Currency"] = "BRL", ["MethodID"] = 46, ["MethodOptionID"] = 0,
                ["ReturnURL"] = "http://demo.smart2pay.com/redirect.php", ["TokenLifetime"] = null, ["Capture"] = null,
                ["Customer"] = null, ["BillingAddress"] = null,
            },
        };
        var paid = await world.Storefront.PostBodyAsync("v1/payments/recurrent", charge, $"{Guid.NewGuid()}");
        Assert.Equal(HttpStatusCode.Created, paid.Status);

        // On GET the RequestId means nothing, also when it was used before.
        var read = await world.Storefront.AskAsync(HttpMethod.Get, $"v1/preapprovals/{id}", requestId: once);
        var again = await world.Storefront.AskAsync(
            HttpMethod.Get, $"v1/payments/{paid.Payment["ID"]}", requestId: once);
        var list = await world.Storefront.AskAsync(
            HttpMethod.Get, "v1/payments?PageSize=1&PAGEINDEX=1", requestId: once);
        Assert.Equal(
            [HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK],
            new[] { read.Status, again.Status, list.Status });

        AssertNumbers(created.Preapproval, "MethodOptionID", "Status.ID", "Customer.ID", "BillingAddress.ID");
        AssertNumbers(read.Preapproval, "MethodOptionID", "Status.ID", "Customer.ID", "BillingAddress.ID");
        AssertNumbers(list.Json, "Count", "TotalPages", "TotalCount", "PageIndex", "PageSize");
        Assert.Equal((1, 1), ((int)list.Json["Count"]!, (int)list.Json["PageSize"]!));
    }

    [Fact]
    public async Task lists_are_paged_and_filtered_by_names_in_any_case()
    {
        var subscriber = await Subscriber.Open(world);

        for (var n = 1; n <= 3; n++)
        {
            await subscriber.Charge($"page-{n}-{subscriber.GatewayId}");
        }

        var page = (await world.Storefront.ReadAsync(
            $"v1/preapprovals/{subscriber.GatewayId}/payments?pagesize=2&pageIndex=2")).Json;
        Assert.Equal(
            (1, 2, 3, 2, 2),
            (
                (int)page["Count"]!, (int)page["TotalPages"]!, (int)page["TotalCount"]!, (int)page["PageIndex"]!,
                (int)page["PageSize"]!));
        Assert.Equal(
            $"page-1-{subscriber.GatewayId}",
            (string)Assert.Single(page["Payments"]!.AsArray())!["MerchantTransactionID"]!);

        var found = (await world.Storefront.ReadAsync(
            $"v1/payments?MERCHANTTRANSACTIONID=page-2-{subscriber.GatewayId}&statusid=2&currency=brl")).Json;
        Assert.Equal(
            $"page-2-{subscriber.GatewayId}",
            (string)Assert.Single(found["Payments"]!.AsArray())!["MerchantTransactionID"]!);
    }

    [Theory]
    [InlineData("")]
    [InlineData("&sortDirection=asc")]
    public async Task payments_that_are_added_between_two_pages_double_and_hide_none(string sorted)
    {
        var subscriber = await Subscriber.Open(world);
        var names = Enumerable.Range(1, 5).Select(n => $"walk-{n}-{subscriber.GatewayId}").ToArray();
        var (seen, index, rows) = (new List<string>(), 0, Array.Empty<string>());

        foreach (var name in names)
        {
            await subscriber.Charge(name);
        }

        do
        {
            var page = (await world.Storefront.ReadAsync(
                $"v1/preapprovals/{subscriber.GatewayId}/payments?pageSize=2&pageIndex={++index}{sorted}")).Json;
            rows = [.. page["Payments"]!.AsArray().Select(row => (string)row!["MerchantTransactionID"]!)];
            seen.AddRange(rows);

            if (index < 4)
            {
                await subscriber.Charge($"walk-{5 + index}-{subscriber.GatewayId}");
            }
        }
        while (rows.Length > 0);

        Assert.Equal(seen.Distinct(), seen);
        Assert.Equal(sorted == "" ? names.Reverse() : names, seen.Where(names.Contains));
    }

    private static void AssertNumbers(JsonNode json, params string[] paths) =>
        Assert.All(
            paths,
            path => Assert.True(
                path.Split('.').Aggregate(json, (node, key) => node[key]!).AsValue().TryGetValue<int>(out _), path));
}
