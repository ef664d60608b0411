using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Scenarios;

public partial class when_the_gateway_misbehaves(Misbehaviours met) : IClassFixture<Misbehaviours>
{
    /// <summary>
    /// Our status of the first payment at each look, and the gateway's counts of requests and captures.
    /// </summary>
    [Theory]
    [InlineData("decline@notified.example", "failed failed failed failed", 1, 0)]
    [InlineData("decline@forged.example", "failed failed failed failed", 1, 0)]
    [InlineData("decline_for_good@notified.example", "failed failed failed failed", 1, 0)]
    [InlineData("refuse@lost.example", "failed failed failed failed", 1, 0)]
    [InlineData("timeout@lost.example", "unknown unknown charged charged", 2, 1)]
    [InlineData("reset@lost.example", "unknown unknown charged charged", 2, 1)]
    [InlineData("error_500@lost.example", "unknown unknown charged charged", 2, 1)]
    [InlineData("rate_limited-30@lost.example", "unknown unknown charged charged", 2, 1)]
    [InlineData("act_then_timeout@lost.example", "unknown charged charged charged", 1, 1)]
    [InlineData("act_then_reset@lost.example", "unknown charged charged charged", 1, 1)]
    [InlineData("act_then_500@lost.example", "unknown charged charged charged", 1, 1)]
    [InlineData("act_then_500@notified.example", "charged charged charged charged", 1, 1)]
    [InlineData("slow-300@lost.example", "charged charged charged charged", 1, 1)]
    [InlineData("garbled@lost.example", "unknown charged charged charged", 1, 1)]
    [InlineData("garbled@notified.example", "charged charged charged charged", 1, 1)]
    [InlineData("html@lost.example", "unknown charged charged charged", 1, 1)]
    [InlineData("another_payment@lost.example", "unknown charged charged charged", 1, 1)]
    [InlineData("another_payment@notified.example", "charged charged charged charged", 1, 1)]
    [InlineData("wrong_amount@lost.example", "unknown charged charged charged", 1, 1)]
    [InlineData("wrong_amount@notified.example", "charged charged charged charged", 1, 1)]
    [InlineData("unknown_status@lost.example", "unknown charged charged charged", 1, 1)]
    [InlineData("null_status@lost.example", "unknown charged charged charged", 1, 1)]
    [InlineData("answered_twice@lost.example", "unknown charged charged charged", 1, 1)]
    [InlineData("duplicate_code@lost.example", "charged charged charged charged", 1, 1)]
    [InlineData("not_found_first@lost.example", "unknown unknown charged charged", 1, 1)]
    [InlineData("pending_then_success-2@notified.example", "pending pending pending charged", 1, 1)]
    [InlineData("pending_then_success-2@old.example", "pending pending pending charged", 1, 1)]
    [InlineData("pending_then_failure-2@notified.example", "pending pending pending failed", 1, 0)]
    [InlineData("failed_then_success-0.5@notified.example", "failed failed failed charged", 1, 1)]
    [InlineData("notify_first-200@notified.example", "charged charged charged charged", 1, 1)]
    [InlineData("notify_twice@notified.example", "charged charged charged charged", 1, 1)]
    [InlineData("notify_late-2@notified.example", "charged charged charged charged", 1, 1)]
    [InlineData("notify_reordered@notified.example", "charged charged charged charged", 1, 1)]
    [InlineData("lose_notification@notified.example", "charged charged charged charged", 1, 1)]
    [InlineData("notify_old@notified.example", "charged charged charged charged", 1, 1)]
    [InlineData("notify_forged@notified.example", "charged charged charged charged", 1, 1)]
    public async Task what_we_say_is_what_the_customers_money_did(
        string address, string reply, int received, int captured)
    {
        Assert.Equal(reply, string.Join(' ', met.Seen[address].Select(payment => (string)payment["status"]!)));
        var ledger = (await met.World.Sandbox.LedgerAsync((string)met.Seen[address][0]["merchantTransactionId"]!))!;
        Assert.Equal((received, captured), ((int)ledger["received"]!, (int)ledger["captured"]!));
    }

    [Fact]
    public async Task at_no_moment_we_contradict_the_gateway_and_at_the_end_nothing_is_unknown()
    {
        Assert.Empty(met.Contradictions);
        Assert.DoesNotContain(met.Seen.Values, seen => (string)seen[^1]["status"]! is "unknown" or "pending");
        await Witness.OneTruthAsync(met.World, [.. Misbehaviours.Addresses.Select(address => met[address])]);
    }

    [Theory]
    [InlineData("another_payment@lost.example")]
    [InlineData("wrong_amount@lost.example")]
    [InlineData("garbled@lost.example")]
    [InlineData("html@lost.example")]
    [InlineData("answered_twice@lost.example")]
    [InlineData("null_status@lost.example")]
    [InlineData("unknown_status@lost.example")]
    public async Task a_body_that_is_wrong_moves_nothing_before_the_gateway_was_asked(string address)
    {
        var story = (await met[address].Story()).SkipWhile(type => type != "charge_requested")
            .Where(type => type.StartsWith("payment_", StringComparison.Ordinal));

        Assert.Equal(["payment_outcome_unknown", "payment_charged"], story);
        Assert.Equal("LookUp", (string)Assert.Single(await met[address].EventsOf("payment_charged"))["LearntFrom"]!);
    }

    [Theory]
    [InlineData("notify_forged@notified.example")]
    [InlineData("decline@forged.example")]
    public async Task a_forged_notification_is_turned_away_and_changes_nothing(string address)
    {
        var ids =
            (await met[address].Payments()).Select(payment => (string)payment["merchantTransactionId"]!).ToHashSet();
        var notified = (await met.World.Sandbox.GetAsync("sandbox/notifications"))["notifications"]!
            .AsArray()
            .OfType<JsonNode>()
            .Where(n => ids.Contains((string?)n["merchantId"] ?? ""))
            .ToList();

        Assert.Equal(
            Enumerable.Repeat("401", ids.Count),
            notified.Where(n => (bool)n["isForged"]!)
                .Select(n => (string)Assert.Single(n["attempts"]!.AsArray())!["answer"]!));
        Assert.Equal(
            Enumerable.Repeat("Acknowledged", ids.Count),
            notified.Where(n => !(bool)n["isForged"]!).Select(n => (string)n["state"]!));
        Assert.DoesNotContain(await met[address].Story(), type => type is "payment_refunded" or "refund_requested");
    }

    [Fact]
    public async Task the_table_of_scenarios_lists_what_the_sandbox_knows_and_all_of_it_is_tried_here()
    {
        var table = await File.ReadAllTextAsync(Path.Combine(LocalMachine.Root, "docs", "sandbox-scenarios.md"));
        var listed = Row().Matches(table).Select(row => row.Groups["name"].Value).ToList();
        var refused = await met.World.Sandbox.Http.PostAsync(
            "sandbox/scenarios",
            new StringContent("""{"operation":"charge","action":"?"}""", null, "application/json"));
        var actions = (await refused.Content.ReadAsStringAsync()).Split("Known are: ")[1].Split('.')[0].Split(", ");
        var named = await met.World.Sandbox.Http.SendAsync(
            new HttpRequestMessage(HttpMethod.Get, "v1/preapprovals")
            {
                Headers = { {
                "Sandbox-Scenario", "?"
            }, { "Authorization", met.World.Gateway.DefaultRequestHeaders.Authorization!.ToString() } }
            });
        var known = (string)JsonNode.Parse(await named.Content.ReadAsStringAsync())!["Message"]!;

        Assert.Equal(HttpStatusCode.BadRequest, named.StatusCode);
        var names = known.Split("Known are: ")[1].TrimEnd('.').Split(", ").Select(name => name.Split('[')[0]).ToList();
        Assert.Equal(names, listed);
        Assert.Equal(
            names.Order(),
            Misbehaviours.Addresses.Select(address => address.Split('@')[0].Split('-')[0]).Distinct().Order());
        Assert.All(actions, action => Assert.Contains($"`{action}`", table, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^\| \d\d \| `(?<name>[a-z0-9_]+)[`\[]", RegexOptions.Multiline)]
    private static partial Regex Row();
}
