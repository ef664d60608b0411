using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.GlobalPayShape;

[Collection(GlobalPayCollection.Name)]
public class when_a_preapproval_is_refused(OneWorld shared)
{
    private readonly World world = shared.World;

    public static TheoryData<string, string?, string> Fields => new()
    {
        // path, JSON in its place (null: the key is left out), return code
        { "MerchantPreapprovalID", null, "103" },
        { "MerchantPreapprovalID", "\"\"", "103" },
        { "MerchantPreapprovalID", "\"with space\"", "104" },
        { "MerchantPreapprovalID", "\"ünicode\"", "104" },
        { "MerchantPreapprovalID", Text(51), "104" },
        { "Description", null, "107" },
        { "Description", Text(256), "108" },
        { "ReturnURL", null, "105" },
        { "ReturnURL", "\"ftp://example.com\"", "106" },
        { "ReturnURL", "\"javascript:alert(1)\"", "106" },
        { "MethodID", null, "1" },
        { "MethodID", "0", "1" },
        { "MethodID", "-46", "5" },
        { "MethodID", "\"forty-six\"", "5" },
        { "MethodID", "69", "111" },
        { "Currency", "\"EURO\"", "100" },
        { "Currency", "\"brl\"", "100" },
        { "PreapprovedMaximumAmount", "-1", "118" },
        { "PreapprovedMaximumAmount", "\"12.50\"", "118" },
        { "PreapprovedMaximumAmount", "1234567890123", "118" },
        { "RecurringPeriod", "-1", "2" },
        { "ExecutionDate", "\"2026-01-31\"", "2" },
        { "Customer", null, "101" },
        { "Customer.Email", "\"\"", "101" },
        { "Customer.Email", "\"no-address\"", "102" },
        { "Customer.FirstName", Text(66), "126" },
        { "Customer.Phone", "\"call me\"", "117" },
        { "Customer.DateOfBirth", "\"19901332\"", "2" },
        { "BillingAddress", null, "1" },
        { "BillingAddress.Country", "\"XX\"", "120" },
        { "BillingAddress.Country", "\"Brazil\"", "120" },
        { "BillingAddress.City", Text(41), "2" },
    };

    public static TheoryData<string, string?, string> Schedules => new()
    {
        { "AmountMinor", null, "1" },
        { "AmountMinor", "0", "2" },
        { "AmountMinor", "\"a lot\"", "2" },
        { "AmountMinor", "1000000000000", "2" },
        { "Currency", null, "1" },
        { "Currency", "\"brl\"", "2" },
        { "Unit", null, "1" },
        { "Unit", "\"fortnight\"", "2" },
        { "Every", "0", "2" },
        { "Every", "61", "2" },
        { "FirstDueOn", "\"31-01-2026\"", "2" },
        { "FirstDueOn", "\"2026-02-30\"", "2" },
        { "FirstDueOn", "\"1999-12-31\"", "2" },
        { "EndsOn", "\"2001-01-01\"", "2" },
        { "TimeZone", "\"Mars/Base\"", "2" },
        { "Periods", "0", "2" },
        { "CatchUp", "\"later\"", "2" },
    };

    [Theory]
    [MemberData(nameof(Fields))]
    public async Task a_field_that_breaks_a_rule_is_named_in_the_gateways_envelope(
        string path, string? json, string code) =>
        await AssertRefused(Request(), path, json, code);

    [Theory]
    [MemberData(nameof(Schedules))]
    public async Task a_schedule_that_cannot_be_is_refused_before_anything_happens(
        string field, string? json, string code) =>
        await AssertRefused(Request(Subscriber.Schedule(firstDueOn: "2030-01-31")), $"Schedule.{field}", json, code);

    [Theory]
    [InlineData("schedule")]
    [InlineData("Shedule")]
    [InlineData("Schedules")]
    public async Task a_misspelt_schedule_is_refused_and_never_left_out(string key)
    {
        var before = await world.SettledSizeAsync();
        var request = Request(Subscriber.Schedule(firstDueOn: "2030-01-31"));
        var preapproval = request["Preapproval"]!.AsObject();
        var schedule = preapproval["Schedule"]!;
        preapproval.Remove("Schedule");
        preapproval[key] = schedule;

        var reply = await world.Storefront.PostBodyAsync("v1/preapprovals", request);

        reply.AssertRefused(HttpStatusCode.UnprocessableEntity, "Preapproval", "2");
        Assert.Contains($"no '{key}' in Preapproval; did you mean 'Schedule'?", reply.Text, StringComparison.Ordinal);
        Assert.Equal(before, await world.SizeAsync());
    }

    [Theory]
    [InlineData("Period", "Periods")]
    [InlineData("periods", "Periods")]
    [InlineData("EndOn", "EndsOn")]
    [InlineData("amount", "AmountMinor")]
    [InlineData("FirstDue", "FirstDueOn")]
    public async Task a_key_that_a_schedule_does_not_have_is_refused_with_the_nearest_one(string key, string nearest)
    {
        var before = await world.SettledSizeAsync();
        var request = Request(Subscriber.Schedule(firstDueOn: "2030-01-31"));
        request["Preapproval"]!["Schedule"]![key] = 3;

        var reply = await world.Storefront.PostBodyAsync("v1/preapprovals", request);

        reply.AssertRefused(HttpStatusCode.UnprocessableEntity, "Preapproval", "2");
        Assert.Contains($"no '{key}' in Schedule; did you mean '{nearest}'?", reply.Text, StringComparison.Ordinal);
        Assert.Equal(
            (string)request["Preapproval"]!["MerchantPreapprovalID"]!,
            (string)reply.Preapproval["MerchantPreapprovalID"]!);
        Assert.Equal(before, await world.SizeAsync());
    }

    [Theory]
    [InlineData("Period", "Periods")]
    [InlineData("FirstDue", "FirstDueOn")]
    public async Task a_change_with_such_a_key_is_refused_too_and_changes_nothing(string key, string nearest)
    {
        var (subscriber, before) = (await shared.AnyOpenAsync(), await world.SettledSizeAsync());
        var request = Subscriber.Request(subscriber.MerchantPreapprovalId, schedule: Subscriber.Schedule());
        request["Preapproval"]!["Schedule"]![key] = 3;

        var reply = await world.Storefront.AskAsync(
            HttpMethod.Patch, $"v1/preapprovals/{subscriber.GatewayId}", request);

        reply.AssertRefused(HttpStatusCode.UnprocessableEntity, "Preapproval", "2");
        Assert.Contains($"no '{key}' in Schedule; did you mean '{nearest}'?", reply.Text, StringComparison.Ordinal);
        Assert.Equal(before, await world.SizeAsync());
    }

    [Fact]
    public async Task a_schedule_in_a_currency_that_the_method_does_not_take_is_refused() =>
        (await world.Storefront.PostBodyAsync(
            "v1/preapprovals", Subscriber.Request("sepa-in-real", 84, Subscriber.Schedule())))
            .AssertRefused(HttpStatusCode.BadRequest, "Preapproval", "100");

    [Fact]
    public async Task a_refusal_echoes_the_callers_id_and_has_no_null_that_official_clients_cannot_read()
    {
        var reply = await world.Storefront.PostBodyAsync("v1/preapprovals", Subscriber.Request("echoed", methodId: 69));

        reply.AssertRefused(HttpStatusCode.BadRequest, "Preapproval", "111");
        Assert.Equal(
            ("echoed", 0, 0),
            (
                (string)reply.Preapproval["MerchantPreapprovalID"]!, (int)reply.Preapproval["Status"]!["ID"]!,
                (int)reply.Preapproval["MethodOptionID"]!));
        Assert.Null(reply.Preapproval["ID"]);
        Assert.Null(reply.Preapproval["Customer"]);
    }

    private static JsonObject Request(JsonObject? schedule = null) =>
        Subscriber.Request($"refused-{Guid.NewGuid():N}", schedule: schedule);

    private async Task AssertRefused(JsonObject request, string path, string? json, string code)
    {
        var (name, before) =
            ((string)request["Preapproval"]!["MerchantPreapprovalID"]!, await world.SettledSizeAsync());

        (await world.Storefront.PostBodyAsync("v1/preapprovals", request.With($"Preapproval.{path}", json)))
            .AssertRefused(HttpStatusCode.BadRequest, "Preapproval", code);

        Assert.Equal(before, await world.SizeAsync());
        Assert.Equal(
            0,
            await world.QueryAsync<long>(
                "select count(*) from merchant_preapproval_ids where merchant_preapproval_id = $1", name));
    }

    private static string Text(int length) => $"\"{new string('x', length)}\"";
}
