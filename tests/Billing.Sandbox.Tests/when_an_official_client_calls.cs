using System.Net;
using System.Text.Json;
using Billing.Sandbox.Tests.Worlds;
using Billing.Testing;

namespace Billing.Sandbox.Tests;

public class when_an_official_client_calls
{
    [Fact]
    public async Task every_call_is_taken_in_the_dotnet_clients_style()
    {
        // RequestId on each call, nulls and zeros for what is unset, no slash.
        await using var world = await World.StartAsync();
        using var client = new OfficialClient(world.Address, isDotNet: true);
        const string Person = """{"ID":0,"MerchantCustomerID":null"""
            + ""","Email":"jdoe@gmail.com","FirstName":"John","LastName":"Doe","Gender":null"""
            + ""","SocialSecurityNumber":null,"Phone":null,"Company":null,"DateOfBirth":null}""";
        const string Nowhere = """{"ID":0,"City":null,"ZipCode":null,"State":null,"Street":null,"StreetNumber":null"""
            + ""","HouseNumber":null,"HouseExtension":null,"Country":"BR"}""";
        const string Preapproval = """{"Preapproval":{"ID":null,"Created":null"""
            + ""","MerchantPreapprovalID":"net-1","Description":"1 year subscription","RecurringPeriod":null"""
            + ""","MethodID":46,"MethodOptionID":0"""
            + ""","ReturnURL":"http://demo.smart2pay.com/redirect.php","Currency":null"""
            + $$$""","PreapprovedMaximumAmount":null,"Customer":{{{Person}}},"BillingAddress":{{{Nowhere}}}"""
            + ""","Status":null} }""";

        var id = Id((await client.PostAsync("/v1/preapprovals", Preapproval, HttpStatusCode.Created))
            .GetProperty("Preapproval"));
        await world.ToolAsync(HttpMethod.Post, $"/sandbox/preapprovals/{id}/approve");
        await client.CallAsync(HttpMethod.Patch, $"/v1/preapprovals/{id}", Preapproval, HttpStatusCode.Created);
        await client.GetAsync($"/v1/preapprovals/{id}");
        await client.GetAsync("/v1/preapprovals");
        var payment = Id((await client.PostAsync("/v1/payments/recurrent", Charge(id, "net-1"), HttpStatusCode.Created))
            .GetProperty("Payment"));
        Assert.Equal(
            "shop-7",
            (await client.GetAsync($"/v1/payments/{payment}")).GetProperty("Payment").Text("OriginatorTransactionID"));
        await client.GetAsync("/v1/payments");
        var found = await client.GetAsync(
            "/v1/payments?pageSize=10&pageIndex=1&sortDirection=desc&sortBy=inputdatetime&startDate=20200101000000"
            + "&methodID=46&country=BR&currency=BRL&minimumAmount=1&maximumAmount=999999999999"
            + "&merchantTransactionID=net-1&statusID=2");
        Assert.Equal(1, found.Int("Count"));
        await client.GetAsync($"/v1/preapprovals/{id}/payments");
        await client.PostAsync($"/v1/payments/{payment}/capture", null, HttpStatusCode.BadRequest);
        await client.PostAsync($"/v1/payments/{payment}/capture?amount=50", null, HttpStatusCode.BadRequest);
        await client.PostAsync($"/v1/payments/{payment}/cancel", null, HttpStatusCode.BadRequest);
        await client.GetAsync($"/v1/payments/{payment}/refunds/types");
        await client.GetAsync("/v1/refunds/types/46/BR/BRL");
        var refund = Id((await client.PostAsync(
            $"/v1/payments/{payment}/refunds",
            """{"Refund":{"ID":0,"MerchantTransactionID":"net-1","OriginatorTransactionID":null,"Amount":60}}""",
            HttpStatusCode.Created)).GetProperty("Refund"));
        await client.PostAsync(
            $"/v1/payments/{payment}/refunds",
            """{"Refund":{"ID":0,"MerchantTransactionID":"net-2","OriginatorTransactionID":null,"Amount":60}}""",
            HttpStatusCode.BadRequest);
        await client.GetAsync($"/v1/payments/{payment}/refunds");
        await client.GetAsync($"/v1/payments/{payment}/refunds/{refund}");
        await client.CallAsync(HttpMethod.Delete, $"/v1/preapprovals/{id}", null, HttpStatusCode.OK);
        await client.PostAsync("/v1/payments/recurrent", Charge(id, "net-2"), HttpStatusCode.BadRequest);
        await client.PostAsync("/v1/preapprovals", Preapproval, HttpStatusCode.BadRequest);

        static string Charge(int preapproval, string id) =>
            $$$"""{"Payment":{"ID":0,"PreapprovalID":{{{preapproval}}}"""
            + $$$""","MerchantTransactionID":"{{{id}}}","OriginatorTransactionID":"shop-7","Amount":100"""
            + ""","Currency":"BRL","ReturnURL":"http://demo.smart2pay.com/redirect.php","Description":null"""
            + $$$""","MethodID":46,"MethodOptionID":0,"Customer":{{{Person}}},"BillingAddress":{{{Nowhere}}}"""
            + ""","ShippingAddress":null,"Articles":null,"Details":null,"TokenLifetime":null,"Capture":null} }""";
    }

    [Fact]
    public async Task every_call_is_taken_in_the_php_clients_style()
    {
        // Trailing slashes, empty strings and zeros for unset values, an empty body on GET, no RequestId.
        await using var world = await World.StartAsync();
        using var client = new OfficialClient(world.Address, isDotNet: false);
        const string Person =
            """
            {"MerchantCustomerID":"","Email":"jdoe@gmail.com","FirstName":"","LastName":"","Gender":"",
            "SocialSecurityNumber":"","Phone":"","Company":"","DateOfBirth":""}
            """;
        const string Nowhere =
            """
            {"City":"","ZipCode":"","State":"","Street":"","StreetNumber":"","HouseNumber":"",
            "HouseExtension":"","Country":"BR"}
            """;
        const string Preapproval =
            $$$"""
            {"Preapproval":{"MerchantPreapprovalID":"php-1","Description":"1 year subscription",
            "ReturnURL":"http://demo.smart2pay.com/redirect.php","MethodID":46,"MethodOptionID":0,"Currency":"",
            "PreapprovedMaximumAmount":0,"RecurringPeriod":0,"ExecutionDate":"","Customer":{{{Person}}},
            "BillingAddress":{{{Nowhere}}}} }
            """;

        var created = (await client.PostAsync("/v1/preapprovals/", Preapproval, HttpStatusCode.Created))
            .GetProperty("Preapproval");
        Assert.All(
            ["Currency", "PreapprovedMaximumAmount"],
            key => Assert.Equal(JsonValueKind.Null, created.GetProperty(key).ValueKind));
        Assert.Equal(JsonValueKind.Null, created.GetProperty("Customer").GetProperty("FirstName").ValueKind);
        var id = Id(created);
        await world.ToolAsync(HttpMethod.Post, $"/sandbox/preapprovals/{id}/approve");
        await client.GetAsync($"/v1/preapprovals/{id}");
        await client.GetAsync("/v1/preapprovals/");
        var payment = Id((await client.PostAsync("/v1/payments/recurrent", Charge(id, "php-1"), HttpStatusCode.Created))
            .GetProperty("Payment"));
        await client.GetAsync($"/v1/payments/{payment}/");
        await client.GetAsync("/v1/payments/?pagesize=20&pageindex=1&typeid=2");
        await client.GetAsync($"/v1/preapprovals/{id}/payments");
        await client.PostAsync($"/v1/payments/{payment}/capture", "", HttpStatusCode.BadRequest);
        await client.PostAsync($"/v1/payments/{payment}/cancel/", "", HttpStatusCode.BadRequest);
        await client.GetAsync($"/v1/payments/{payment}/refunds/types");
        var refund = Id(
            (await client.PostAsync($"/v1/payments/{payment}/refunds", Refund("php-1"), HttpStatusCode.Created))
                .GetProperty("Refund"));
        await client.PostAsync($"/v1/payments/{payment}/refunds", Refund("php-1"), HttpStatusCode.BadRequest);
        await client.GetAsync($"/v1/payments/{payment}/refunds");
        await client.GetAsync($"/v1/payments/{payment}/refunds/{refund}");
        var closed = await client.CallAsync(HttpMethod.Delete, $"/v1/preapprovals/{id}", "", HttpStatusCode.OK);
        Assert.Equal(4, closed.GetProperty("Preapproval").GetProperty("Status").Int("ID"));
        await client.PostAsync("/v1/payments/recurrent", Charge(id, "php-2"), HttpStatusCode.BadRequest);

        static string Charge(int preapproval, string id) =>
            $$$"""
            {"Payment":{"PreapprovalID":"{{{preapproval}}}","MerchantTransactionID":"{{{id}}}",
            "OriginatorTransactionID":"","Amount":"100","Currency":"BRL","ReturnURL":"","Description":"","MethodID":0,
            "MethodOptionID":0,"ExecutionDate":"","Customer":{{{Person}}},"BillingAddress":{{{Nowhere}}},
            "Articles":[],"TokenLifetime":0} }
            """;

        static string Refund(string id) =>
            $$$"""
            {"Refund":{"MerchantTransactionID":"{{{id}}}","OriginatorTransactionID":"","Amount":"50",
            "Description":"","Details":{"BankName":""},"Customer":null,"BillingAddress":null,"BankAddress":null,
            "Articles":[],"TokenLifetime":0} }
            """;
    }

    [Fact]
    public async Task every_refusal_and_everything_that_is_not_there_can_be_read()
    {
        await using var world = await World.StartAsync();
        using var client = new OfficialClient(world.Address, isDotNet: true);
        var payment = await world.APaymentAsync(await world.AnOpenPreapprovalAsync());

        await client.PostAsync("/v1/preapprovals", "{}", HttpStatusCode.BadRequest);
        await client.PostAsync("/v1/payments/recurrent", "{}", HttpStatusCode.BadRequest);
        await client.PostAsync($"/v1/payments/{payment}/refunds", "{}", HttpStatusCode.BadRequest);
        await client.PostAsync("/v1/payments/999/refunds", A.Refund(), HttpStatusCode.NotFound);
        await client.CallAsync(HttpMethod.Patch, "/v1/preapprovals/999", A.Preapproval(), HttpStatusCode.NotFound);
        await client.CallAsync(HttpMethod.Delete, "/v1/preapprovals/999", null, HttpStatusCode.NotFound);
        foreach (var path in new[]
        {
            "/v1/preapprovals/999", "/v1/preapprovals/999/payments", "/v1/payments/999", "/v1/payments/999/refunds",
            $"/v1/payments/{payment}/refunds/999",
            "/v1/payments/999/refunds/types"
        })
        {
            await client.GetAsync(path, HttpStatusCode.NotFound);
        }

        await client.PostAsync("/v1/payments/999/capture", null, HttpStatusCode.NotFound);
        await client.PostAsync("/v1/payments/999/cancel", null, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("POST", "/v1/payments")]
    [InlineData("GET", "/v1/methods")]
    [InlineData("GET", "/v1/exchangerates/EUR/USD")]
    [InlineData("GET", "/v1/payments/1/refunds/1/status")]
    public async Task a_call_that_is_not_simulated_says_so_in_the_platforms_body(string method, string path)
    {
        await using var world = await World.StartAsync();

        var unknown = await world.CallAsync(
            new HttpMethod(method), path, method == "POST" ? """{"Payment":{}}""" : null);

        Assert.Equal(
            (HttpStatusCode.NotFound, "application/json; charset=utf-8"), (unknown.Status, unknown.ContentType));
        Assert.Contains(path, unknown.Json.Text("Message"), StringComparison.Ordinal);
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await world.CallAsync(new HttpMethod(method), path, credentials: "30201:wrong")).Status);
    }

    private static int Id(JsonElement row) => row.Int("ID");
}
