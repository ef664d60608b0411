using System.Net;
using Billing.Sandbox.Tests.Worlds;

namespace Billing.Sandbox.Tests;

public class when_a_rule_matches
{
    [Fact]
    public async Task a_rule_fires_only_for_what_it_names()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        var criteria = new[]
        {
            "\"merchantTransactionId\":\"x*\"", "\"methodId\":84", "\"amount\":101", "\"email\":\"other@gmail.com\"",
            "\"preapprovalId\":1", "\"merchantPreapprovalId\":\"sub-2\"", "\"times\":0",
        };
        var rules = criteria.Select(c => $$"""{"operation":"charge","action":"decline",{{c}}}""");
        await world.ToolAsync(
            HttpMethod.Put, "/sandbox/scenarios", $$"""{"rules":[{{string.Join(',', rules)}}]}""");

        Assert.Equal(2, StatusOf(await world.ChargeAsync(open)));
        Assert.Equal(4, StatusOf(await world.ChargeAsync(open, "x1")));
        Assert.Equal(4, StatusOf(await world.ChargeAsync(open, "t2", "101")));

        await world.ToolAsync(
            HttpMethod.Put, "/sandbox/scenarios", """{"rules":[{"operation":"charge","action":"decline","methodId":46"""
                + $$""","amount":100,"email":"JDoe@gmail.com","preapprovalId":{{open}}"""
                + ""","merchantPreapprovalId":"sub-1","merchantTransactionId":"t3"}]}""");
        Assert.Equal(4, StatusOf(await world.ChargeAsync(open, "t3")));
    }

    [Fact]
    public async Task a_rule_lets_some_pass_and_then_fires_so_many_times()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.RuleAsync("""{"operation":"charge","action":"decline","skip":1,"times":2}""");

        var statuses = new List<int>();
        foreach (var i in Enumerable.Range(1, 5))
        {
            statuses.Add(StatusOf(await world.ChargeAsync(open, $"t{i}")));
        }

        Assert.Equal([2, 4, 4, 2, 2], statuses);
        var rule = (await world.ToolAsync(HttpMethod.Get, "/sandbox/scenarios")).Json.GetProperty("rules")[0];
        Assert.Equal(
            (1, 2, "decline", "charge"),
            (rule.Int("id"), rule.Int("fired"), rule.Text("action"), rule.Text("operation")));
    }

    [Theory]
    [InlineData("""{"operation":"charge","action":"explode"}""")]
    [InlineData("""{"operation":"pay","action":"decline"}""")]
    [InlineData("""{"operation":"charge","action":"decline","amout":5}""")]
    [InlineData("""{"action":"decline"}""")]
    public async Task a_rule_that_is_not_understood_is_refused(string rule)
    {
        await using var world = await World.StartAsync();

        Assert.Equal(
            HttpStatusCode.BadRequest, (await world.ToolAsync(HttpMethod.Post, "/sandbox/scenarios", rule)).Status);
        Assert.Equal(
            0,
            (await world.ToolAsync(HttpMethod.Get, "/sandbox/scenarios")).Json.GetProperty("rules").GetArrayLength());
    }

    [Theory]
    [InlineData("""{"operation":"charge","action":"explode"}""", "act_then_timeout", "notify_forged")]
    [InlineData("""{"operation":"pay","action":"decline"}""", "read_payment", "notify")]
    public async Task an_unknown_name_is_answered_with_the_known_ones(string rule, params string[] known)
    {
        await using var world = await World.StartAsync();

        var refused = await world.ToolAsync(HttpMethod.Post, "/sandbox/scenarios", rule);

        Assert.All(known, name => Assert.Contains(name, refused.Text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("read", "decline")]
    [InlineData("find", "lose_notification")]
    [InlineData("charge", "not_found")]
    [InlineData("create", "pending_then_success")]
    [InlineData("notify", "act_then_500")]
    [InlineData("change", "notify_twice")]
    public async Task a_rule_that_could_do_nothing_is_refused(string operation, string action)
    {
        await using var world = await World.StartAsync();

        var refused = await world.ToolAsync(
            HttpMethod.Put, "/sandbox/scenarios",
            $$"""{"rules":[{"operation":"{{operation}}","action":"{{action}}"}]}""");

        Assert.Equal(
            (HttpStatusCode.BadRequest, $$"""{"message":"{{action}} does nothing to {{operation}}."}"""),
            (refused.Status, refused.Text));
    }

    [Theory]
    [InlineData("jdoe@*", 4)]
    [InlineData("*@GMAIL.com", 4)]
    [InlineData("doe@*", 2)]
    public async Task an_address_is_matched_by_its_beginning_or_its_end(string email, int status)
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.RuleAsync($$"""{"operation":"charge","action":"decline","email":"{{email}}"}""");

        Assert.Equal(status, StatusOf(await world.ChargeAsync(open)));
    }

    private static int StatusOf(Reply reply) => reply.Payment.GetProperty("Status").Int("ID");
}
