using System.Net;
using System.Text.Json;
using Billing.Api.Tests.Specs;
using Billing.Testing;

namespace Billing.Api.Tests.GlobalPayShape;

/// <summary>The calls of the simulator's own test; each answer is read as strictly as by the .NET client.</summary>
[Collection(GlobalPayCollection.Name)]
public class when_an_official_client_makes_every_call(OneWorld shared)
{
    private const string Key = "30201:storefront-key-30201";
    private readonly World world = shared.World;

    [Fact]
    public async Task it_is_taken_in_the_dotnet_clients_style()
    {
        // RequestId on each call, nulls and zeros for what is unset, no slash.
        using var client = new OfficialClient(world.Address, isDotNet: true, Key);
        var name = $"net-{Guid.NewGuid():N}";
        const string Person = """{"ID":0,"MerchantCustomerID":null"""
            + ""","Email":"jdoe@gmail.com","FirstName":"John","LastName":"Doe","Gender":null"""
            + ""","SocialSecurityNumber":null,"Phone":null,"Company":null,"DateOfBirth":null}""";
        const string Nowhere = """{"ID":0,"City":null,"ZipCode":null,"State":null,"Street":null,"StreetNumber":null"""
            + ""","HouseNumber":null,"HouseExtension":null,"Country":"BR"}""";
        var preapproval = """{"Preapproval":{"ID":null,"Created":null"""
            + $$$""","MerchantPreapprovalID":"{{{name}}}","Description":"1 year subscription","RecurringPeriod":null"""
            + ""","MethodID":46,"MethodOptionID":0"""
            + ""","ReturnURL":"http://demo.smart2pay.com/redirect.php","Currency":null"""
            + $$$""","PreapprovedMaximumAmount":null,"Customer":{{{Person}}},"BillingAddress":{{{Nowhere}}}"""
            + ""","Status":null} }""";

        var id = Id((await client.PostAsync("/v1/preapprovals", preapproval, HttpStatusCode.Created))
            .GetProperty("Preapproval"));
        await ApproveAsync(id);
        await client.CallAsync(HttpMethod.Patch, $"/v1/preapprovals/{id}", preapproval, HttpStatusCode.Created);
        await client.GetAsync($"/v1/preapprovals/{id}");
        await client.GetAsync("/v1/preapprovals");
        var payment = Id((await client.PostAsync("/v1/payments/recurrent", Charge("1"), HttpStatusCode.Created))
            .GetProperty("Payment"));
        await client.GetAsync($"/v1/payments/{payment}");
        await client.GetAsync("/v1/payments");
        var found = await client.GetAsync(
            "/v1/payments?pageSize=10&pageIndex=1&startDate=20200101000000&methodID=46&currency=BRL"
            + $"&merchantTransactionID={name}-1&statusID=2");
        Assert.Equal(1, found.GetProperty("Count").GetInt32());
        Assert.Equal(
            1, (await client.GetAsync($"/v1/preapprovals/{id}/payments")).GetProperty("TotalCount").GetInt32());
        await client.GetAsync($"/v1/payments/{payment}/refunds/types");
        // The official client's own tests give a refund its payment's MerchantTransactionID.
        var refund = Id(
            (await client.PostAsync($"/v1/payments/{payment}/refunds", Refund("1", 60), HttpStatusCode.Created))
                .GetProperty("Refund"));
        await client.PostAsync($"/v1/payments/{payment}/refunds", Refund("b", 60), HttpStatusCode.BadRequest);
        await client.GetAsync($"/v1/payments/{payment}/refunds");
        await client.GetAsync($"/v1/payments/{payment}/refunds/{refund}");
        var closed = await client.CallAsync(HttpMethod.Delete, $"/v1/preapprovals/{id}", null, HttpStatusCode.OK);
        Assert.Equal(4, closed.GetProperty("Preapproval").GetProperty("Status").GetProperty("ID").GetInt32());
        await client.PostAsync("/v1/payments/recurrent", Charge("2"), HttpStatusCode.BadRequest);
        await client.PostAsync("/v1/preapprovals", preapproval, HttpStatusCode.BadRequest);

        string Charge(string number) =>
            $$$"""{"Payment":{"ID":0,"PreapprovalID":{{{id}}}"""
            + $$$""","MerchantTransactionID":"{{{name}}}-{{{number}}}" """
            + ""","OriginatorTransactionID":"shop-7","Amount":100"""
            + ""","Currency":"BRL","ReturnURL":"http://demo.smart2pay.com/redirect.php","Description":null"""
            + $$$""","MethodID":46,"MethodOptionID":0,"Customer":{{{Person}}},"BillingAddress":{{{Nowhere}}}"""
            + ""","ShippingAddress":null,"Articles":null,"Details":null,"TokenLifetime":null,"Capture":null} }""";

        string Refund(string letter, int amount) =>
            $$"""{"Refund":{"ID":0,"MerchantTransactionID":"{{name}}-{{letter}}","OriginatorTransactionID":null"""
            + $$""","Amount":{{amount}} } }""";
    }

    [Fact]
    public async Task it_is_taken_in_the_php_clients_style()
    {
        // Trailing slashes, empty strings and zeros for unset values, an empty body on GET, no RequestId.
        using var client = new OfficialClient(world.Address, isDotNet: false, Key);
        var name = $"php-{Guid.NewGuid():N}";
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
        var preapproval =
            $$$"""
            {"Preapproval":{"MerchantPreapprovalID":"{{{name}}}","Description":"1 year subscription",
            "ReturnURL":"http://demo.smart2pay.com/redirect.php","MethodID":46,"MethodOptionID":0,"Currency":"",
            "PreapprovedMaximumAmount":0,"RecurringPeriod":0,"ExecutionDate":"","Customer":{{{Person}}},
            "BillingAddress":{{{Nowhere}}}} }
            """;

        var created = (await client.PostAsync("/v1/preapprovals/", preapproval, HttpStatusCode.Created))
            .GetProperty("Preapproval");
        Assert.All(
            ["Currency", "PreapprovedMaximumAmount"],
            key => Assert.Equal(JsonValueKind.Null, created.GetProperty(key).ValueKind));
        var id = Id(created);
        await ApproveAsync(id);
        await client.CallAsync(HttpMethod.Patch, $"/v1/preapprovals/{id}/", preapproval, HttpStatusCode.Created);
        await client.GetAsync($"/v1/preapprovals/{id}");
        await client.GetAsync("/v1/preapprovals/");
        var payment = Id((await client.PostAsync("/v1/payments/recurrent/", Charge("1"), HttpStatusCode.Created))
            .GetProperty("Payment"));
        await client.GetAsync($"/v1/payments/{payment}/");
        await client.GetAsync("/v1/payments/?pagesize=20&pageindex=1");
        await client.GetAsync($"/v1/preapprovals/{id}/payments/");
        await client.GetAsync($"/v1/payments/{payment}/refunds/types/");
        var refund = Id(
            (await client.PostAsync($"/v1/payments/{payment}/refunds/", Refund("a"), HttpStatusCode.Created))
                .GetProperty("Refund"));
        await client.PostAsync($"/v1/payments/{payment}/refunds", Refund("a"), HttpStatusCode.BadRequest);
        await client.GetAsync($"/v1/payments/{payment}/refunds/");
        await client.GetAsync($"/v1/payments/{payment}/refunds/{refund}/");
        var closed = await client.CallAsync(HttpMethod.Delete, $"/v1/preapprovals/{id}/", "", HttpStatusCode.OK);
        Assert.Equal(4, closed.GetProperty("Preapproval").GetProperty("Status").GetProperty("ID").GetInt32());
        await client.PostAsync("/v1/payments/recurrent", Charge("2"), HttpStatusCode.BadRequest);

        string Charge(string number) =>
            $$$"""
            {"Payment":{"PreapprovalID":"{{{id}}}","MerchantTransactionID":"{{{name}}}-{{{number}}}",
            "OriginatorTransactionID":"","Amount":"100","Currency":"BRL","ReturnURL":"","Description":"","MethodID":0,
            "MethodOptionID":0,"ExecutionDate":"","Customer":{{{Person}}},"BillingAddress":{{{Nowhere}}},
            "Articles":[],"TokenLifetime":0} }
            """;

        string Refund(string letter) =>
            $$$"""
            {"Refund":{"MerchantTransactionID":"{{{name}}}-{{{letter}}}","OriginatorTransactionID":"","Amount":"50",
            "Description":"","Details":{"BankName":""},"Customer":null,"BillingAddress":null,"BankAddress":null,
            "Articles":[],"TokenLifetime":0} }
            """;
    }

    [Fact]
    public async Task every_refusal_and_everything_that_is_not_there_can_be_read()
    {
        using var client = new OfficialClient(world.Address, isDotNet: true, Key);
        var subscriber = await shared.AnyOpenAsync();
        var (_, body) = await subscriber.Charge($"any-{Guid.NewGuid():N}");
        var payment = (int)body["Payment"]!["ID"]!;
        var preapproval = Subscriber.Request("absent").ToJsonString();

        await client.PostAsync("/v1/preapprovals", "{}", HttpStatusCode.BadRequest);
        await client.PostAsync("/v1/payments/recurrent", "{}", HttpStatusCode.BadRequest);
        await client.PostAsync($"/v1/payments/{payment}/refunds", "{}", HttpStatusCode.BadRequest);
        await client.PostAsync(
            "/v1/payments/999999999/refunds", """{"Refund":{"MerchantTransactionID":"r","Amount":1}}""",
            HttpStatusCode.NotFound);
        await client.CallAsync(HttpMethod.Patch, "/v1/preapprovals/999999999", preapproval, HttpStatusCode.NotFound);
        await client.CallAsync(HttpMethod.Delete, "/v1/preapprovals/999999999", null, HttpStatusCode.NotFound);
        await client.GetAsync("/v1/payments?statusID=two", HttpStatusCode.BadRequest);

        foreach (var path in new[]
        {
            "preapprovals/999999999", "preapprovals/999999999/payments", "payments/999999999",
            "payments/999999999/refunds", $"payments/{payment}/refunds/999999999",
            "payments/999999999/refunds/types"
        })
        {
            await client.GetAsync($"/v1/{path}", HttpStatusCode.NotFound);
        }
    }

    private async Task ApproveAsync(int id)
    {
        await world.Sandbox.ApproveAsync(id);
        await world.UntilIdle();
    }

    private static int Id(JsonElement row) => row.GetProperty("ID").GetInt32();
}
