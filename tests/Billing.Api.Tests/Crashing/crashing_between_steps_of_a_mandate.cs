using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Charging;

namespace Billing.Api.Tests.Crashing;

/// <summary>Requests and notifications of a mandate end in equal states on both sides too.</summary>
[Keeps(Promise.NeverChargedTwice, Promise.AcknowledgedNotificationsAreKept)]
public class crashing_between_steps_of_a_mandate(MandatesAmongCrashes crashes) : IClassFixture<MandatesAmongCrashes>
{
    [Fact]
    public async Task a_create_that_was_never_sent_is_sent_once_after_the_quiet_period()
    {
        Assert.NotNull(crashes.NeverSentView["gatewayPreapprovalId"]);
        Assert.Null(crashes.NeverSentView["unsettled"]);
        Assert.Single(await NamesAtGateway(), "never-sent");

        // The same request, sent again, gets the answer that the first one never got.
        Assert.Equal(HttpStatusCode.Created, crashes.NeverSentRepeat.Status);
        Assert.Equal(
            (int)crashes.NeverSentView["gatewayPreapprovalId"]!,
            (int)crashes.NeverSentRepeat.Body["Preapproval"]!["ID"]!);
    }

    [Fact]
    public async Task a_create_that_was_not_recorded_is_found_and_exists_once()
    {
        Assert.Single(crashes.Story.Closed, "preapproval_registered");
        Assert.Single(await NamesAtGateway(), "closed");
    }

    [Fact]
    public void a_notification_that_was_acknowledged_and_not_applied_opens_the_preapproval_once() =>
        Assert.Single(crashes.Story.Changed, "preapproval_opened");

    [Fact]
    public void a_notification_that_was_matched_and_not_recorded_opens_the_preapproval_once()
    {
        Assert.Single(crashes.Story.Closed, "preapproval_opened");
        Assert.Equal(["charged"], crashes.Payments.Closed.Select(payment => (string)payment["status"]!));
    }

    [Fact]
    public async Task a_change_that_was_not_recorded_is_found_and_its_schedule_holds_from_the_next_period()
    {
        Assert.Single(crashes.Story.Changed, "preapproval_changed");
        Assert.Equal("changed subscription", (string)(await crashes.Changed.AtGateway())["Description"]!);
        Assert.Equal([4990L, 5990L], crashes.Payments.Changed.Select(payment => (long)payment["amountMinor"]!));
    }

    [Fact]
    public async Task a_close_that_was_not_recorded_is_found_and_was_the_merchants()
    {
        Assert.Single(crashes.Story.Closed, "preapproval_closed");
        Assert.Equal(
            ("closed", "merchant"), ((string)crashes.ClosedView["status"]!, (string)crashes.ClosedView["closedBy"]!));
        Assert.Equal(4, (int)(await crashes.Closed.AtGateway())["Status"]!["ID"]!);
    }

    private async Task<IReadOnlyList<string?>> NamesAtGateway()
    {
        using var ask = new HttpRequestMessage(HttpMethod.Get, "v1/preapprovals?limit=100")
        {
            Headers = { Authorization = crashes.World.Gateway.DefaultRequestHeaders.Authorization }
        };
        using var answer = await crashes.World.Sandbox.Http.SendAsync(ask);

        return [.. JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["Preapprovals"]!.AsArray()
            .Select(row => (string?)row!["MerchantPreapprovalID"])];
    }
}
