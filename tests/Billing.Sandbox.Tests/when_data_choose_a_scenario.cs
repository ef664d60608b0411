using System.Net;
using System.Text;
using System.Text.Json;
using Billing.Sandbox.Tests.Worlds;

namespace Billing.Sandbox.Tests;

public class when_data_choose_a_scenario
{
    [Theory]
    [InlineData("jane+sandbox-decline@example.com", "4 119")]
    [InlineData("jane+sandbox-decline_for_good@example.com", "4 12")]
    [InlineData("Jane+Sandbox-Decline-125@example.com", "4 125")]
    [InlineData("jane+sandbox-unknown_status-98@example.com", "98 ")]
    [InlineData("jane+sandbox@example.com", "2 ")]
    [InlineData("jane-sandbox-decline@example.com", "2 ")]
    public async Task the_customers_address_names_it_and_a_number_says_more(string email, string outcome)
    {
        await using var world = await World.StartAsync();
        var open = await AnOpenPreapprovalOf(world, email);

        var payment = (await world.ChargeAsync(open)).Payment.GetProperty("Status");

        var codes =
            payment.GetProperty("Reasons") is { ValueKind: JsonValueKind.Array } reasons ? reasons[0].Text("Code") : "";
        Assert.Equal(outcome, $"{payment.Int("ID")} {codes}");
    }

    [Fact]
    public async Task an_address_is_spoken_to_once_per_transaction()
    {
        await using var world = await World.StartAsync("Dedupe=off");
        var open = await AnOpenPreapprovalOf(world, "jane+sandbox-error_500@example.com");

        Assert.Equal(HttpStatusCode.InternalServerError, (await world.ChargeAsync(open)).Status);
        Assert.Equal(HttpStatusCode.Created, (await world.ChargeAsync(open)).Status);
        Assert.Equal(HttpStatusCode.InternalServerError, (await world.ChargeAsync(open, "t2")).Status);
    }

    [Fact]
    public async Task not_found_first_acts_and_hides_it_from_the_first_look_up()
    {
        await using var world = await World.StartAsync();
        var open = await AnOpenPreapprovalOf(world, "jane+sandbox-not_found_first@example.com");

        Assert.Equal(HttpStatusCode.InternalServerError, (await world.ChargeAsync(open)).Status);
        Assert.Equal(0, (await world.GetAsync("/v1/payments?merchantTransactionID=t1")).Json.Int("Count"));
        Assert.Equal(1, (await world.GetAsync("/v1/payments?merchantTransactionID=t1")).Json.Int("Count"));
    }

    [Theory]
    [InlineData("jane+sandbox-explode@example.com")]
    [InlineData("jane+sandbox-garbled-7@example.com")]
    [InlineData("jane+sandbox-@example.com")]
    public async Task a_misspelt_address_is_refused_with_the_known_names(string email)
    {
        await using var world = await World.StartAsync();

        var refused = await world.PostAsync("/v1/preapprovals", A.Preapproval(email: email));

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("decline[-code], decline_for_good[-code]", refused.Text, StringComparison.Ordinal);
        Assert.Empty((await world.GetAsync("/v1/preapprovals")).Json.GetProperty("Preapprovals").EnumerateArray());
    }

    [Fact]
    public async Task a_header_bends_the_call_that_it_comes_with()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();

        Assert.Equal(
            HttpStatusCode.TooManyRequests, (await WithHeader(world, "rate_limited-30", A.Charge(open))).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await world.ChargeAsync(open)).Status);
        Assert.Contains(
            "explode is no scenario",
            await (await WithHeader(world, "explode", A.Charge(open, "t2"))).Content.ReadAsStringAsync(),
            StringComparison.Ordinal);
        Assert.Equal(0, (await world.LedgerAsync("t2")).Int("captured"));
    }

    [Theory]
    [InlineData("MagicAmounts=on", "777701", HttpStatusCode.Created, 4)]
    [InlineData("MagicAmounts=on", "777700", HttpStatusCode.Created, 2)]
    [InlineData("MagicAmounts=on", "777709", HttpStatusCode.InternalServerError, 0)]
    [InlineData("MagicAmounts=on", "777799", HttpStatusCode.BadRequest, 0)]
    [InlineData("MagicAmounts=off", "777701", HttpStatusCode.Created, 2)]
    public async Task an_amount_names_it_by_number_where_that_is_switched_on(
        string setting, string amount, HttpStatusCode status, int paid)
    {
        await using var world = await World.StartAsync(setting);
        var open = await world.AnOpenPreapprovalAsync();

        var answer = await world.ChargeAsync(open, amount: amount);

        Assert.Equal(status, answer.Status);
        Assert.Equal(paid, status == HttpStatusCode.Created ? answer.Payment.GetProperty("Status").Int("ID") : 0);
    }

    private static async Task<int> AnOpenPreapprovalOf(World world, string email)
    {
        var created = await world.PostAsync("/v1/preapprovals", A.Preapproval(email: email));
        var id = created.Preapproval.Int("ID");
        await world.ToolAsync(HttpMethod.Post, $"/sandbox/preapprovals/{id}/approve");
        return id;
    }

    private static async Task<HttpResponseMessage> WithHeader(World world, string scenario, string body)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(world.Address, "/v1/payments/recurrent"))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json")
        };
        request.Headers.Add("Authorization", "Basic " + Convert.ToBase64String("30201:gateway-key-30201"u8));
        request.Headers.Add("Sandbox-Scenario", scenario);
        return await http.SendAsync(request);
    }
}
