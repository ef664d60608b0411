using System.Net;
using Billing.Sandbox.Tests.Worlds;

namespace Billing.Sandbox.Tests;

public class when_refund_types_are_asked
{
    [Fact]
    public async Task a_payment_has_the_type_of_its_method()
    {
        await using var world = await World.StartAsync();
        var payment = await world.APaymentAsync(await world.AnOpenPreapprovalAsync());

        var types = await world.GetAsync($"/v1/payments/{payment}/refunds/types");

        Assert.Equal(HttpStatusCode.OK, types.Status);
        Assert.Equal(
            """{"RefundTypes":[{"Name":"Native","ID":1,"AllowsPartialRefund":true,"Customer":null"""
            + ""","BillingAddress":null,"BankAddress":null,"Details":null}]}""",
            types.Text);
        Assert.Equal(types.Text, (await world.GetAsync("/v1/refunds/types/46/BR/BRL/")).Text);
        Assert.Contains(
            "\"Name\":\"SEPABankTransferNoInfo\",\"ID\":5,", (await world.GetAsync("/v1/refunds/types/84/NL/EUR")).Text,
            StringComparison.Ordinal);
        Assert.Equal("17", (await world.GetAsync("/v1/payments/999/refunds/types")).Codes);
    }

    [Fact]
    public async Task a_type_that_needs_an_account_shows_the_rules_for_it()
    {
        await using var world = await World.StartAsync();
        await world.ToolAsync(
            HttpMethod.Put, "/sandbox/methods/84/refund-type", """{"typeId":2,"allowsPartialRefund":false}""");

        var type = (await world.GetAsync("/v1/refunds/types/84/NL/EUR")).Json.GetProperty("RefundTypes")[0];

        Assert.Equal(
            ("SEPABankTransfer", false), (type.Text("Name"), type.GetProperty("AllowsPartialRefund").GetBoolean()));
        Assert.Equal(
            ("^.{1,50}$", "^.{1,50}$"),
            (type.GetProperty("Customer").Text("FirstName"), type.GetProperty("Customer").Text("LastName")));
        Assert.Matches(type.GetProperty("Details").Text("CustomerIBAN")!, "NL91ABNA0417164300");
        Assert.Matches(type.GetProperty("Details").Text("BankCode")!, "ABNANL2A");
    }

    [Theory]
    [InlineData("9999/BR/BRL", "Method is invalid")]
    [InlineData("46/ZZ/BRL", "Country code is invalid")]
    [InlineData("46/BR/brl", "Currency is invalid")]
    public async Task what_cannot_be_is_400_with_a_message(string path, string message)
    {
        await using var world = await World.StartAsync();

        var reply = await world.GetAsync("/v1/refunds/types/" + path);

        Assert.Equal((HttpStatusCode.BadRequest, message), (reply.Status, reply.Json.Text("Message")));
    }

    [Theory]
    [InlineData("/sandbox/methods/46/refund-type", """{"typeId":11}""", HttpStatusCode.BadRequest)]
    [InlineData("/sandbox/methods/1/refund-type", """{"typeId":1}""", HttpStatusCode.NotFound)]
    public async Task the_tool_knows_its_types_and_methods(string path, string body, HttpStatusCode status)
    {
        await using var world = await World.StartAsync();

        Assert.Equal(status, (await world.ToolAsync(HttpMethod.Put, path, body)).Status);
    }
}
